"""The board of a body's month, and a unit's section: written, checked, sent, returned, sent again (APR-02; seed 001 §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.own_api import Refused, as_json
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.desk import as_refused, at_fields, every
from services.gateway.pages.reports.place import Month, month_of
from services.gateway.pages.units.directory import AtPage
from services.gateway.pages.units.section_cells import (
    Known,
    Typed,
    asked_of,
    begun,
    form_rows,
    held_in,
    places_of,
    typed_figures,
    typed_rows,
    unplaced,
    with_state,
)
from services.gateway.pages.units.section_files import PLACES, FileNote, is_too_long, note_before, read_file, require_file
from services.gateway.reports.form.form import FormSection, form_for
from shared.errors import DomainError, NotFound
from shared.period import Period
from shared.source_names import source_name

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ALL = "/agencies/{agency}/periods/{period}/sections"
ONE = ALL + "/{indicator}"
AtMonth = Annotated[Month, Depends(month_of)]
_MORE_ROWS: Final = 5
# Findings that no field shows, at most.
_SHOWN: Final = 50
_NO_PLAN: Final = "unit-plan-missing"
_REPORTERS: Final = ("agency_drafter", "agency_approver", "agency_signer")


@dataclass(frozen=True)
class Line:
    """``board`` is the board's line of the indicator, ``sent`` its section with its history, None before the first;
    ``known`` what the API knows of its rows beforehand, ``figures`` of its figures."""

    page: Page
    month: Month
    board: dict[str, Any]
    line: dict[str, Any]
    sent: dict[str, Any] | None
    known: Sequence[Known]
    figures: Sequence[Known]

    @property
    def path(self) -> str:
        return f"{self.month.path}/sections/{self.line['indicator']}"

    @property
    def table(self) -> FormSection | None:
        """The table of the report that the section feeds; none for a monitoring one."""
        feeds = self.line["feeds"]
        return form_for(Period.parse(self.month.period)).section(feeds) if feeds else None


@router.get(ALL)
async def get_board(page: AtPage, month: AtMonth) -> Response:
    try:
        board = await page.api.get(f"{month.path}/sections")
    except Refused as refused:
        if refused.slug != _NO_PLAN:
            raise
        plans = await every(page, f"/agencies/{month.agency}/unit-plans")
        waiting = [each for each in plans if each["state"] == "requested"]
        return page.show("units/no_plan.html", place=month, waiting=waiting, may_ask=page.has("agency_admin"))
    drafts = await drafts_of(page, month) if page.has(*_REPORTERS) else []
    return page.show("units/board.html", place=month, board=board, drafts=drafts, source_name=source_name)


@router.get(ONE)
async def get_section(page: AtPage, month: AtMonth, indicator: str) -> Response:
    line = await _line(page, month, indicator)
    return _as_sent(line)


@router.post(ONE)
async def post_section(page: AtPage, month: AtMonth, indicator: str) -> Response:
    """``act`` is more (rows), read (a file into the form), check (nothing is kept) or send."""
    posted = await page.posted()
    line = await _line(page, month, indicator)
    typed, act, note = _typed(line, posted), posted.text("act"), note_before(posted)
    try:
        file = await read_file(page, line.path, posted)
        if act == "read":
            require_file(file)
        if file is not None:
            typed, note = replace(typed, rows=file.rows, none=typed.none and not file.rows), file.note
        # What the form does not know is looked at before anything is sent.
        if act in ("more", "read") or (act == "send" and file is not None and file.note.strays):
            return _section(line, typed, [], file=note, spare=_MORE_ROWS if act == "more" else 0)
        return await _said(line, typed, posted, note)
    except (Refused, DomainError) as error:
        return _section(line, typed, [], refused=at_fields(as_refused(page, error), PLACES), file=note)


async def _said(line: Line, typed: Typed, posted: Posted, note: FileNote | None) -> Response:
    """Checked or sent. Raises Refused."""
    asked = asked_of(line.line["indicator"], line.line["kind"], typed)
    query = {"dry_run": "true"} if posted.text("act") != "send" else {}
    headers = {} if query else {"idempotency-key": posted.once}
    path = f"{line.month.path}/sections"
    answer = await line.page.api.ask("POST", path, query=query, body=as_json(asked), headers=headers)
    if query:
        return _section(line, typed, answer.json()["findings"], tried=answer.json(), file=note)
    return line.page.go(line.path, done="sent")


@router.get(ONE + "/versions/{version}")
async def get_version(page: AtPage, month: AtMonth, indicator: str, version: str) -> Response:
    line = await _line(page, month, indicator)
    found = await page.api.get(f"{line.path}/versions/{version}")
    return page.show(
        "units/version.html",
        **_context(line),
        found=found,
        held=held_in(found["content"]),
        may=may_not,
        findings=[with_state(each) for each in found["findings"]],
    )


@router.post(ONE + "/returns")
async def post_return(page: AtPage, month: AtMonth, indicator: str) -> Response:
    posted = await page.posted()
    line = await _line(page, month, indicator)
    version = posted.text("version")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < len("1000000000") else version
    asked = {"version": number, "reason": posted.text("reason")}
    try:
        await page.api.post(f"{line.path}/returns", asked, once=posted.once)
    except Refused as refused:
        return _as_sent(line, refused=refused, posted=posted)
    return page.go(line.path, done="returned")


async def drafts_of(page: Page, month: Month) -> list[dict[str, Any]]:
    """Reports of the month that may still be written."""
    listed = await page.api.get(month.submissions, limit=100)
    return [each for each in listed["items"] if each["state"] == "draft"]


async def _line(page: Page, month: Month, indicator: str) -> Line:
    """Raises Refused, or NotFound for an indicator that the person's board does not have."""
    board = await page.api.get(f"{month.path}/sections")
    line = next((each for each in board["items"] if each["indicator"] == indicator), None)
    if line is None:
        # The API knows whether it is another unit's, and whom to call there.
        await page.api.get(f"{month.path}/sections/{indicator}")
        raise NotFound(f"no indicator is called {indicator[:20]!r}")
    sent = await page.api.get_or_none(f"{month.path}/sections/{indicator}")
    # For those who may send.
    known: Mapping[str, list[Known]] = {"items": [], "figures": []}
    if "send" in line["allowed_actions"]:
        known = await page.api.get(f"{month.path}/sections/{indicator}/prefill")
    return Line(page, month, board, line, sent, known["items"], known["figures"])


def _typed(line: Line, posted: Posted) -> Typed:
    table = line.table
    if table is not None:
        return typed_rows(table, posted)
    return typed_figures([each["measure"] for each in line.line["figures"]], posted)


def _as_sent(line: Line, **context: Any) -> Response:
    """The last version; before the first what is known, which is nobody's word yet."""
    sent = line.sent
    if sent is None and (line.known or line.figures):
        return _section(line, begun(line.known, line.figures), [], begins=True, **context)
    return _section(line, held_in(sent["content"] if sent else None), sent["findings"] if sent else [], **context)


def _section(line: Line, typed: Typed, findings: list[dict[str, Any]], *, spare: int = 0, **context: Any) -> Response:
    table = line.table
    findings = [with_state(each) for each in findings]
    too_long = table is not None and is_too_long(table, typed.rows)
    shown = replace(typed, rows=()) if too_long else typed
    rows = form_rows(table, shown, findings, language=line.page.language, spare=spare, known=line.known) if table else []
    apart = unplaced(findings, places_of([] if too_long else rows, typed))
    whole = {
        **_context(line),
        "typed": typed,
        "rows": rows,
        "too_long": too_long,
        "findings": findings,
        "unplaced": apart[:_SHOWN],
        "more_found": len(apart[_SHOWN:]),
        "may": may_not,
        "may_send": "send" in line.line["allowed_actions"],
        "may_return": "return" in line.line["allowed_actions"],
        "tried": None,
        "file": None,
        "begins": False,
        "known_figures": {} if line.sent else {each["measure"]: each for each in line.figures},
    }
    return line.page.show("units/section.html", **{**whole, **context})


def may_not(_action: str) -> bool:
    """What is found in a section is confirmed in the report, not here."""
    return False


def _context(line: Line) -> dict[str, Any]:
    return {
        "place": line.month,
        "path": line.path,
        "board": line.board,
        "line": line.line,
        "sent": line.sent,
        "table": line.table,
    }
