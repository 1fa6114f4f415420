"""Jobs at the terminal: what waits, runs or failed; one that failed is done again, one that waits is called off (OPS-06)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from services.cli.acting import at_desk, show
from services.cli.options import HERE, AsJson, DataDir, Key, Reason

if TYPE_CHECKING:
    from rich.table import Table

    from services.cli.executing import Desk
    from services.gateway.operations.jobs import Execution

STATES = {"waiting": "đang chờ", "running": "đang thực hiện", "failed": "không thực hiện được", "succeeded": "đã xong"}
JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="mã của việc, dạng cmd_… (xem `bangdiem job list`)")]
app = typer.Typer(help="Các việc trong hàng chờ: xem, thực hiện lại, hủy.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="job")


@app.command("list", help="Các việc đang chờ, đang thực hiện và không thực hiện được; mới nhất đứng đầu.")
def list_(
    key: Key,
    state: Annotated[
        Literal["open", "waiting", "running", "failed", "succeeded", "all"],
        typer.Option(help="open: mọi việc chưa xong; all: mọi việc"),
    ] = "open",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="nhiều nhất bao nhiêu việc")] = 50,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """What has not succeeded, or the named state, with the problem of each."""
    from services.cli import tables
    from services.gateway.operations import jobs

    wanted = {"open": jobs.STATES[:3], "all": jobs.STATES}.get(state, (state,))

    async def act(at: Desk) -> list[Execution]:
        at.need("reader", "operator", "publisher", "auditor")
        return await jobs.list_jobs(at.database, states=wanted, limit=limit)

    found = at_desk(data_dir, key, act)
    if as_json:
        typer.echo(json.dumps([vars(each) for each in found], ensure_ascii=False, default=str))
    elif found:
        tables.console().print(table(found))
    else:
        typer.echo("không có việc nào")


@app.command("retry", help="Thực hiện lại một việc không thực hiện được; phần đã làm giữ nguyên, không làm hai lần.")
def retry(job: JobArgument, key: Key, reason: Reason, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """A failed command's job is done once more, under its own id, and waited for."""
    from services.gateway.operations import jobs

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("operator", "publisher")
        at.prove_second_factor()
        await jobs.retry(at.database, queue=at.queue, actor=at.actor, purpose=job, reason=reason)
        return await at.finish(job)

    show(data_dir, key, act, as_json=as_json)


@app.command("cancel", help="Hủy một việc đang chờ; việc đang thực hiện thì không hủy được.")
def cancel(job: JobArgument, key: Key, reason: Reason, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """A command's job that nobody has begun is called off."""
    from services.gateway.operations import jobs

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("operator", "publisher")
        await jobs.cancel(at.database, queue=at.queue, actor=at.actor, purpose=job, reason=reason)
        return {"command": job, "state": "đã hủy"}

    show(data_dir, key, act, as_json=as_json)


def table(found: list[Execution]) -> Table:
    """A line a job; why it failed stands in the last column."""
    from rich import box
    from rich.table import Table

    from services.gateway.messages.translating import in_vietnamese
    from shared.writing import moment

    made = Table(header_style="bold", box=box.SIMPLE_HEAD, padding=0)
    made.add_column("Mã lệnh", no_wrap=True)
    for name in ("Loại", "Kỳ", "Nguồn", "Trạng thái", "Số lần", "Ghi lúc", "Nguyên nhân"):
        made.add_column(name, overflow="fold")
    for each in found:
        why = in_vietnamese(str((each.problem or {}).get("detail", "")))
        about = (each.kind or each.task, each.period or "-", each.source or "-", STATES[each.state], str(each.attempts))
        made.add_row(each.purpose, *about, moment(each.recorded_at), why)
    return made
