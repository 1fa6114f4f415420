"""Commands by which a person acts. Each needs a key with the role, and a reason where the act is an operator's."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from services.cli.options import HERE, AsJson, DataDir, Key, PeriodArgument, Reason, instant_of, period_of
from shared.errors import Fault, InputInvalid

if TYPE_CHECKING:
    from services.cli.executing import Desk

    Act = Callable[[Desk], Awaitable[Mapping[str, Any]]]
    Lines = Callable[[Mapping[str, Any]], Iterable[str]]

Made = TypeVar("Made")
NETWORK_SOURCES = ("system57", "public_service_portal", "ndxp", "national_database", "finance")
SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="mã nguồn: system57, public_service_portal, ndxp, …")]


class FreezeIncomplete(InputInvalid):
    slug = "freeze-incomplete"
    title_vi = "Chưa chốt đủ các nguồn"
    title_en = "Not all sources are frozen"


def register(app: typer.Typer) -> None:
    app.command("pull", help="Lấy thử và kiểm tra số liệu của một nguồn; không dùng để chấm điểm.")(pull)
    app.command("freeze", help="Chốt số liệu các nguồn theo thời điểm chốt; nguồn đã chốt giữ nguyên.")(freeze)
    app.command(
        "look", help="Hỏi lại nguồn về một kỳ đã chốt, theo thời điểm của lịch; nêu dòng ghi nhận muộn hoặc bị trả lại."
    )(look)
    app.command("score", help="Chấm điểm một kỳ từ các bản chốt; cùng dữ liệu đầu vào thì cùng một lần chấm điểm.")(score)
    app.command(
        "restore",
        help="Đề nghị lấy lại một phiên bản đã công bố trước đây làm phiên bản kế tiếp; người khác phê duyệt bằng --approve.",
    )(restore)
    app.command(
        "supersede",
        help="Đề nghị bản thay thế một bản chốt (lý do được công bố); người khác phê duyệt bằng --approve.",
    )(supersede)
    app.command("import", help="Nhập số liệu một kỳ của một nguồn từ văn bản chính thức.")(import_)


def pull(
    source: SourceArgument,
    period: PeriodArgument,
    key: Key,
    reason: Reason,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Rehearse: fetch and check a source's period now; nothing of it can enter a score."""
    month = str(period_of(period))
    arguments = {"source": source, "period": month}
    show(data_dir, key, lambda at: at.carry_out("pull", period=month, arguments=arguments, reason=reason), as_json=as_json)


def freeze(
    period: PeriodArgument,
    key: Key,
    reason: Reason,
    source: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE...]", help="cả năm nguồn tự động, nếu không nêu")
    ] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Freeze sources as of the cutoff. What is frozen already stays as it is."""
    from services.cli.executing import CommandFailed

    month = str(period_of(period))

    async def act(at: Desk) -> Mapping[str, Any]:
        """Every source is tried; those that were refused are said at the end, after what was done."""
        done: dict[str, Any] = {}
        refused: list[Fault] = []
        for each in source or NETWORK_SOURCES:
            try:
                arguments = {"source": each, "period": month}
                done[each] = await at.carry_out("freeze", period=month, arguments=arguments, reason=reason)
            except CommandFailed as error:
                refused.append(Fault(place=each, message=error.detail, hint=error.hint))
        if refused:
            kept = ", ".join(f"{name} {made['snapshot_id']}" for name, made in done.items()) or "chưa có nguồn nào"
            raise FreezeIncomplete(f"{month}: {len(refused)} not frozen; frozen: {kept}", faults=refused)
        return done

    show(data_dir, key, act, as_json=as_json)


def look(
    source: SourceArgument,
    period: PeriodArgument,
    key: Key,
    reason: Reason,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="INSTANT", help="thời điểm đối chiếu, nếu khác lịch")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask a source for a frozen month once more; what was recorded late or taken back since holds the first version."""
    month = str(period_of(period))
    arguments = {"source": source, "period": month}
    if as_of is not None:
        arguments["as_of"] = instant_of(as_of).isoformat()
    show(
        data_dir, key, lambda at: at.carry_out("second_look", period=month, arguments=arguments, reason=reason), as_json=as_json
    )


def import_(
    source: SourceArgument,
    period: PeriodArgument,
    file: Annotated[list[Path], typer.Argument(metavar="FILE...", help="tệp JSON, hoặc các tệp .csv kèm manifest.json")],
    document: Annotated[str, typer.Option(help="số và ngày của văn bản chính thức")],
    author: Annotated[str, typer.Option(help="cơ quan ban hành")],
    key: Key,
    reason: Reason,
    signed_for: Annotated[
        str | None, typer.Option(metavar="CODE", help="cơ quan đã ký; chữ ký tách rời đặt cạnh mỗi tệp, tên FILE.jws")
    ] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Take a source's period from an official file: same checks, same snapshot, marked as such."""
    month = period_of(period)

    async def act(at: Desk) -> Mapping[str, Any]:
        words = {"document": document, "author": author, "reason": reason}
        return await at.take_file(source, month, file, **words, signed_for=signed_for)

    show(data_dir, key, act, as_json=as_json)


def score(
    period: PeriodArgument,
    key: Key,
    reason: Reason,
    plan: Annotated[
        str | None, typer.Option(metavar="PLAN", help="chỉ chấm điểm khi số liệu đầu vào còn đúng như kế hoạch này (splan_…)")
    ] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Score a period from its frozen snapshots; the same inputs give the run that is there."""
    month = str(period_of(period))

    async def act(at: Desk) -> Mapping[str, Any]:
        if plan is None:
            return await at.carry_out("score", period=month, arguments={"period": month}, reason=reason)
        return await at.go_by_plan(plan, period=month, reason=reason)

    show(data_dir, key, act, as_json=as_json)


def restore(
    publication_id: Annotated[str, typer.Argument(metavar="PUBLICATION")],
    key: Key,
    reason: Reason,
    approve: Annotated[str | None, typer.Option(metavar="COMMAND", help="phê duyệt đề nghị này của người khác")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask that a former version stand again as its month's next one; another publisher approves it, which publishes."""
    from services.gateway.operations import commands

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        at.prove_second_factor()
        if approve is None:
            asked = await commands.request_restoration(
                at.database, actor=at.actor, publication_id=publication_id, reason=reason
            )
            return {"command": asked, "next": f"người khác thực hiện: bangdiem restore {publication_id} --approve {asked}"}
        await commands.approve_restoration(
            at.database, queue=at.queue, actor=at.actor, command_id=approve, reason=reason, publication_id=publication_id
        )
        return await at.finish(approve)

    show(data_dir, key, act, as_json=as_json)


def supersede(
    snapshot_id: Annotated[str, typer.Argument(metavar="SNAPSHOT")],
    key: Key,
    reason: Reason,
    approve: Annotated[str | None, typer.Option(metavar="COMMAND", help="phê duyệt đề nghị này của người khác")] = None,
    changed: Annotated[
        bool, typer.Option("--changed-completions", help="chỉ đưa vào các dòng ghi nhận muộn hoặc bị trả lại đã tìm thấy")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="INSTANT", help="lấy đúng những gì nguồn có vào thời điểm này")
    ] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask for a superseding version of a snapshot; a second person approves it with --approve COMMAND."""
    from services.gateway.operations import commands

    async def act(at: Desk) -> Mapping[str, Any]:
        if approve is None:
            at.need("operator")
            takes = "changed_completions" if changed else "all"
            instant = None if as_of is None else instant_of(as_of)
            asked = await commands.request_supersession(
                at.database, actor=at.actor, snapshot_id=snapshot_id, reason=reason, takes=takes, as_of=instant
            )
            return {"command": asked, "next": "người khác thực hiện: bangdiem supersede … --approve " + asked}
        at.need("operator", "publisher")
        at.prove_second_factor()
        await commands.approve_supersession(
            at.database, queue=at.queue, actor=at.actor, snapshot_id=snapshot_id, command_id=approve, reason=reason
        )
        return await at.finish(approve)

    show(data_dir, key, act, as_json=as_json)


def show(data_dir: Path, key: str, act: Act, *, as_json: bool, lines: Lines | None = None) -> None:
    """Carry an act out and print what came of it, a field a line where no other ``lines`` are named."""
    from rich.console import Console

    from services.cli import tables

    async def waited(at: Desk) -> Mapping[str, Any]:
        with Console(stderr=True).status("đang thực hiện"):
            return await act(at)

    result = at_desk(data_dir, key, waited)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, default=str))
        return
    for line in (lines or tables.result_lines)(result):
        typer.echo(line)


def at_desk(data_dir: Path, key: str, act: Callable[[Desk], Awaitable[Made]]) -> Made:
    """What came of an act of whoever has the key."""
    import asyncio

    from services.cli.executing import desk
    from services.cli.settings import platform_settings
    from services.cli.site import opened
    from services.ingest.settings import IngestSettings
    from shared.ending import to_the_end
    from shared.settings import read

    with opened(platform_settings(data_dir)) as site:

        async def run() -> Made:
            async with desk(site, key, read(IngestSettings)) as at:
                return await act(at)

        return asyncio.run(to_the_end(run()))
