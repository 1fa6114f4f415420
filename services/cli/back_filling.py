"""`bangdiem back-fill`: a range of months frozen and scored, a line for each at its end, then a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.acting import at_desk
from services.cli.options import HERE, AsJson, DataDir, Key, Reason, period_of
from shared.errors import DomainError, Fault

if TYPE_CHECKING:
    from rich.table import Table

    from services.cli.executing import Desk
    from services.gateway.operations.back_fills import Month, Step, Whole

STATES = {
    "waiting": "chờ",
    "running": "đang thực hiện",
    "scored": "đã chấm điểm",
    "incomplete": "đã chấm điểm, còn bước chưa xong",
    "not_scored": "chưa chấm điểm được",
}
ENDS = ("scored", "incomplete", "not_scored")


class BackFillIncomplete(DomainError):
    """Every month has come to its end, and some steps failed; what was done stays."""

    slug = "back-fill-incomplete"
    title_vi = "Chưa chốt và chấm điểm bù đủ các tháng"
    title_en = "Back-fill incomplete"


def register(app: typer.Typer) -> None:
    app.command(
        "back-fill",
        help="Chốt và chấm điểm bù nhiều tháng; bản đã chốt giữ nguyên, không công bố; gõ lại lệnh thì làm tiếp.",
    )(back_fill)


def back_fill(
    first: Annotated[str, typer.Option("--from", metavar="PERIOD", help="tháng đầu, ví dụ 2026-01")],
    last: Annotated[str, typer.Option("--to", metavar="PERIOD", help="tháng cuối")],
    key: Key,
    reason: Reason,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Freeze what is missing of every month of a range and score it. What has not ended of it goes on."""
    from services.cli import tables

    months = str(period_of(first)), str(period_of(last))
    done = at_desk(data_dir, key, lambda at: carried_out(at, *months, reason, quiet=as_json))
    if as_json:
        typer.echo(json.dumps(document(done), ensure_ascii=False))
    else:
        tables.console().print(table(done))
    if done.state == "failed":
        left = [fault for month in done.months for fault in faults(month)]
        ready = sum(month.state == "scored" for month in done.months)
        raise BackFillIncomplete(
            f"{ready} of {len(done.months)} months are complete",
            faults=left,
            hint="Give the same command again once the cause is gone: what is done stays.",
        )


async def carried_out(at: Desk, first: str, last: str, reason: str, *, quiet: bool) -> Whole:
    """Ask for the back-fill, or go on with the one that has not ended, and say each month as it comes to its end."""
    import asyncio

    from services.cli.executing import POLL_SECONDS, start_workers
    from services.gateway.operations import back_fills

    at.need("operator")
    at.prove_second_factor()
    asked: dict[str, Any] = {"first": first, "last": last, "reason": reason, "clock": at.site.platform.clock}
    command_id = await back_fills.request_back_fill(at.database, queue=at.queue, actor=at.actor, **asked)
    told: set[str] = set()
    before = True
    while True:
        whole = await back_fills.find_back_fill(at.database, command_id)
        for month in whole.months:
            if month.state in ENDS and month.period not in told:
                told.add(month.period)
                if not quiet:
                    typer.echo(f"{line(month)}{' · đã xong từ trước' if before else ''}")
        if whole.state in back_fills.ENDED:
            return whole
        # Our workers start once what was done before is said.
        at.workers = at.workers or start_workers(at.site, at.ingest_settings)
        before = False
        await asyncio.sleep(POLL_SECONDS * 10)


def line(month: Month) -> str:
    """What came of a month."""
    run = month.score.made or "-"
    return f"{month.period} · {STATES[month.state]} · {run} · {'; '.join(counted(month))}"


def counted(month: Month) -> Iterator[str]:
    """How many sources were frozen now, and before; and which were not."""
    from services.gateway.operations.back_fills import freeze_state

    states = [freeze_state(step) for step in month.freezes]
    if now := states.count("frozen"):
        yield f"chốt {now} nguồn"
    if earlier := states.count("already_frozen"):
        yield f"giữ nguyên {earlier} nguồn đã chốt"
    if missing := [str(step.source) for step in month.freezes if step.state == "failed"]:
        yield f"chưa chốt {', '.join(missing)}"
    if any(step.state == "failed" for step in month.looks):
        yield "chưa đối chiếu lại"
    if month.score.made and month.score.provisional:
        yield "tạm tính"


def faults(month: Month) -> Iterator[Fault]:
    """Why each failed step of the month failed, in the worker's own words."""
    for step in month.failed:
        problem = step.problem or {}
        yield Fault(f"{month.period} {step.source or 'score'}", str(problem.get("detail", "")), hint=problem.get("hint"))


def table(done: Whole) -> Table:
    """The months and what came of each."""
    from rich import box
    from rich.table import Table

    made = Table(title=f"Chốt và chấm điểm bù · {done.asked.command_id}", header_style="bold", box=box.SIMPLE_HEAD, padding=0)
    for name in ("Tháng", "Kết quả", "Lần chấm điểm", "Các nguồn"):
        made.add_column(name, overflow="fold")
    for month in done.months:
        made.add_row(month.period, STATES[month.state], month.score.made or "-", "; ".join(counted(month)))
    return made


def document(done: Whole) -> dict[str, Any]:
    """As GET /back-fills/{id} answers it, each problem as the worker kept it."""
    from services.gateway.operations.back_fills import freeze_state, score_state

    def told(step: Step, state: str) -> dict[str, Any]:
        return {"source": step.source, "state": state, "made": step.made, "problem": step.problem}

    months = [
        {
            "period": month.period,
            "state": month.state,
            "freezes": [told(step, freeze_state(step)) for step in month.freezes],
            "second_looks": [told(step, step.state) for step in month.looks],
            "score": told(month.score, score_state(month.score)),
        }
        for month in done.months
    ]
    return {"command_id": done.asked.command_id, "state": done.state, "months": months}
