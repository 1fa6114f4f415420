"""`bangdiem snapshot verify`: frozen snapshots proven again, from their rows and from the bytes they were taken from."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.keys import local_actor
from services.cli.options import HERE, AsJson, DataDir
from shared.errors import Fault, InputInvalid

if TYPE_CHECKING:
    from services.cli.site import Site
    from services.ingest import Verdict

snapshots = typer.Typer(help="Bản chốt số liệu: kiểm tra lại.", no_args_is_help=True)
# A sole command would become the program itself.
snapshots.callback()(lambda: None)


def register(app: typer.Typer) -> None:
    app.add_typer(snapshots, name="snapshot")


@snapshots.command(
    "verify",
    help="Kiểm tra lại bản chốt từ các dòng dữ liệu và dữ liệu gốc lưu trữ, ghi lại kết quả; mã thoát 2 khi không khớp.",
)
def verify(
    snapshot_id: Annotated[str | None, typer.Argument(metavar="SNAPSHOT", help="như snap_…")] = None,
    every: Annotated[bool, typer.Option("--all", help="mọi bản chốt, theo thứ tự chốt")] = False,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Prove snapshots from their rows and their archived bytes, and put the outcome on record; exit 2 when one differs."""
    import asyncio

    from services.cli.settings import platform_settings
    from services.cli.site import opened
    from shared.ending import to_the_end

    if every == (snapshot_id is not None):
        raise InputInvalid("one snapshot, or --all", faults=[Fault("SNAPSHOT", "stands beside --all", expected="one of them")])

    async def run(site: Site) -> list[Verdict]:
        verdicts = []
        async for verdict in _verified(site, snapshot_id):
            verdicts.append(verdict)
            if not as_json:
                typer.echo("\n".join(_lines(verdict)))
        return verdicts

    with opened(platform_settings(data_dir)) as site:
        verdicts = asyncio.run(to_the_end(run(site)))
    failing = sum(not verdict.holds for verdict in verdicts)
    if as_json:
        shown = [{**asdict(verdict), "holds": verdict.holds} for verdict in verdicts]
        typer.echo(json.dumps({"snapshots": shown, "failing": failing}, ensure_ascii=False, indent=1))
    elif every:
        typer.echo(f"Đã kiểm tra {len(verdicts)} bản chốt: {failing} bản không khớp." if verdicts else "Chưa có bản chốt nào.")
    if failing:
        raise typer.Exit(2)


async def _verified(site: Site, snapshot_id: str | None) -> AsyncIterator[Verdict]:
    """Each as it is done, for many take their time."""
    from services import ingest
    from services.ingest.settings import IngestSettings
    from shared.settings import read

    service = ingest.create(site.platform, read(IngestSettings))
    try:
        for one in await service.snapshots() if snapshot_id is None else [snapshot_id]:
            yield await service.verify(one, actor=local_actor().id)
    finally:
        await service.database.close()


def _lines(verdict: Verdict) -> Iterator[str]:
    from shared.source_names import source_name

    year, _, month = verdict.period.partition("-")
    sides = ((verdict.rows_prove, "dòng dữ liệu"), (verdict.archive_proves, "dữ liệu gốc lưu trữ"))
    told = (
        f"{source_name(verdict.source, 'vi')}, tháng {month}/{year}, phiên bản {verdict.version}",
        f"{verdict.row_count} dòng",
        f"gốc Merkle {verdict.root}",
        *(f"{name}: {'khớp' if proves else 'KHÔNG KHỚP'}" for proves, name in sides),
        f"kết luận: {'khớp' if verdict.holds else 'KHÔNG KHỚP'}",
    )
    yield f"{verdict.snapshot_id} · {' · '.join(told)}"
    for each in verdict.differences:
        yield f"  - {each.place}: có {each.found}; phải là {each.stated}"
