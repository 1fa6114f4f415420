"""Quarters and years at the terminal: a draft computed from published months, and how far it came (RUL-14)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.acting import show
from services.cli.options import HERE, AsJson, DataDir, Key, Reason, instant_of
from services.cli.reading import on_database

if TYPE_CHECKING:
    from services.cli.executing import Desk
    from services.gateway.operations.roll_ups import Whole
    from shared.database import Database

STATES = {
    "open": "đang để các cơ quan kiểm tra", "checked": "đã hết thời hạn kiểm tra",
    "replaced": "đã có bản tổng hợp khác thay thế", "published": "đã công bố",
}  # fmt: skip
SpanArgument = Annotated[str, typer.Argument(metavar="SPAN", help="quý hoặc năm, ví dụ 2026-Q1 hoặc 2026")]
app = typer.Typer(help="Tổng hợp quý, năm từ các tháng đã công bố; không xếp loại.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="roll-up")


@app.command("compute", help="Tổng hợp một quý hoặc năm; các cơ quan kiểm tra trước khi người khác công bố.")
def compute(
    span: SpanArgument,
    check_until: Annotated[str, typer.Option(metavar="INSTANT", help="hạn để các cơ quan kiểm tra, có múi giờ")],
    key: Key,
    reason: Reason,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """A draft of the months' latest versions."""
    from services.gateway.operations import roll_ups

    until = instant_of(check_until)

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("operator")
        made = await roll_ups.compute_roll_up(at.database, actor=at.actor, span=span, check_until=until, reason=reason)
        return _said(made)

    show(data_dir, key, act, as_json=as_json)


@app.command("show", help="In bản tổng hợp mới nhất của một quý hoặc năm, dù chưa công bố.")
def show_(span: SpanArgument, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Every body's mean with how far the draft came; a missing month is named and is no zero."""
    from services.gateway.operations import roll_ups

    named = roll_ups.read_span(span)

    async def read(database: Database) -> dict[str, Any]:
        found = await roll_ups.latest_roll_up(database, named)
        return {**_said(found), "lines": [each.line for each in found.lines]}

    found = on_database(data_dir, "gateway", read)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for words in _lines(found):
        typer.echo(words)


def _said(whole: Whole) -> dict[str, Any]:
    """A draft in the words of the terminal."""
    from services.gateway.operations.roll_ups import state_of
    from services.gateway.publication.roll_ups import stale_in
    from shared.period import in_vietnam

    found = whole.roll_up
    rests_on = [f"{each['period']} phiên bản {each['version']}" for each in found.months]
    return {
        "roll_up_id": found.roll_up_id,
        "span": found.span,
        "state": STATES[state_of(found)],
        "version": found.version,
        "months": rests_on,
        "stale": [each["period"] for each in stale_in(found.months, found.months_now)],
        "check_until": in_vietnam(found.check_until),
        "silent": len(whole.silent),
        "unanswered": whole.unanswered,
        "digest": found.digest,
    }


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['span']}: {found['state']}; từ {', '.join(found['months'])}"
    if found["stale"]:
        yield f"đã đính chính sau khi tổng hợp: {', '.join(found['stale'])}; cần tổng hợp lại"
    yield f"hạn kiểm tra {found['check_until']}; {found['silent']} cơ quan chưa có ý kiến (hết hạn: như không phản đối)"
    if found["unanswered"]:
        yield f"ý kiến không đồng ý chưa được trả lời: {', '.join(found['unanswered'])}"
    for line in found["lines"]:
        if line["mean"] is None:
            lacking = ", ".join(each["period"] for each in line["missing"])
            yield f"{line['agency']}  {line['name_vi']}  thiếu tổng điểm của {lacking}"
        else:
            exact = f"{line['mean_exact']} = {line['shown_total'].replace('.', ',')}"
            yield f"{line['agency']}  {line['name_vi']}  {line['mean']} điểm ({exact})"
    yield f"mã băm: {found['digest']}"
