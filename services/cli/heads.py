"""Heads of bodies at the terminal: entered, approved and withdrawn by two people, each with a key of their own (G-16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.acting import show
from services.cli.options import HERE, AsJson, DataDir, Key, Reason
from shared.errors import Fault, InputInvalid

if TYPE_CHECKING:
    from services.cli.executing import Desk

STATES = {
    "requested": "chờ phê duyệt", "to_come": "chưa đến ngày", "in_force": "đương nhiệm", "ended": "đã kết thúc",
    "replaced": "đã được thay bằng bản sửa", "withdrawn": "đã thu hồi",
}  # fmt: skip
MOST = 1000
WITHDRAWAL_WAITS = "chờ người khác phê duyệt thu hồi"
AgencyArgument = Annotated[str, typer.Argument(metavar="AGENCY", help="mã cơ quan, ví dụ H38")]
HeadArgument = Annotated[str, typer.Argument(metavar="HEAD", help="mã của lần nhập, dạng head_…")]
app = typer.Typer(help="Người đứng đầu các cơ quan: nhập, phê duyệt, thu hồi, xem lịch sử.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="head")


@app.command("enter", help="Đề nghị ghi nhận người đứng đầu; có hiệu lực khi người khác phê duyệt.")
def enter(
    agency: AgencyArgument,
    name: Annotated[str, typer.Argument(help="họ và tên")],
    valid_from: Annotated[str, typer.Option("--from", metavar="DAY", help="ngày đầu, ví dụ 2026-01-15")],
    document: Annotated[str, typer.Option(help="văn bản bổ nhiệm, giao quyền")],
    key: Key,
    reason: Reason,
    valid_to: Annotated[str | None, typer.Option("--to", metavar="DAY", help="ngày cuối; bỏ trống nếu chưa biết")] = None,
    title_vi: Annotated[str | None, typer.Option(help="chức danh, nếu khác chức danh của cơ quan")] = None,
    title_en: Annotated[str | None, typer.Option(help="chức danh đó bằng tiếng Anh")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask that somebody be entered; an entry of the same first day corrects an earlier one."""
    from services.gateway.operations import heads

    first, last = _day("--from", valid_from), None if valid_to is None else _day("--to", valid_to)

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("operator", "publisher")
        wanted = heads.HeadWanted(agency, name, title_vi, title_en, first, last, document, reason)
        made = await heads.request_head(at.database, actor=at.actor, wanted=wanted)
        return said_of(heads.told(made, at.site.platform.clock()))

    show(data_dir, key, act, as_json=as_json)


@app.command("approve", help="Phê duyệt đề nghị của người khác; --withdrawal để phê duyệt việc thu hồi.")
def approve(
    agency: AgencyArgument,
    head: HeadArgument,
    key: Key,
    reason: Reason,
    withdrawal: Annotated[bool, typer.Option("--withdrawal", help="phê duyệt việc thu hồi")] = False,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """The second person's agreement."""
    from services.gateway.operations import heads

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        at.prove_second_factor()
        agree = heads.approve_withdrawal if withdrawal else heads.approve_head
        made = await agree(at.database, actor=at.actor, agency=agency, head_id=head, reason=reason)
        return said_of(heads.told(made, at.site.platform.clock()))

    show(data_dir, key, act, as_json=as_json)


@app.command("withdraw", help="Thu hồi một đề nghị, hoặc đề nghị thu hồi điều đã được phê duyệt.")
def withdraw(
    agency: AgencyArgument,
    head: HeadArgument,
    document: Annotated[str, typer.Option(help="văn bản làm căn cứ")],
    key: Key,
    reason: Reason,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Of an approved entry it counts when a second person approves it."""
    from services.gateway.operations import heads

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("operator", "publisher")
        words = {"agency": agency, "head_id": head, "document": document, "reason": reason}
        made = await heads.withdraw_head(at.database, actor=at.actor, **words)
        return said_of(heads.told(made, at.site.platform.clock()))

    show(data_dir, key, act, as_json=as_json)


@app.command("list", help="Mọi người đứng đầu đã được nhập của một cơ quan.")
def list_(agency: AgencyArgument, key: Key, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """The body's heads with their history, by id in the order they were asked for."""
    from services.gateway.operations import heads

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("reader", "operator", "publisher", "auditor")
        found = await heads.list_heads(at.database, at.actor, agency=agency, after=None, limit=MOST)
        return {each.head_id: said_of(heads.told(each, at.site.platform.clock())) for each in found}

    show(data_dir, key, act, as_json=as_json)


def said_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry in the words of the terminal."""
    from shared.writing import day

    state = STATES[entry["state"]] + (f", {WITHDRAWAL_WAITS}" if entry["withdrawal_waits"] else "")
    names = {name: entry[name] for name in ("head_id", "agency", "name")}
    return {**names, "first_day": day(entry["first_day"]), "last_day": day(entry["last_day"]), "state": state}


def _day(place: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        fault = Fault(place, "is no day", seen=text, expected="YYYY-MM-DD")
        raise InputInvalid(f"{place}: {text!r} is no day", faults=[fault], hint="Write it like 2026-01-15.") from error
