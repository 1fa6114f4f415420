"""The month that a body reports: how its report stands, whose turn it is, how long is left, what waits for this person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from services.gateway.pages.board.months import Month, Months
from services.gateway.pages.board.put_off import put_off_of, still_counts, time_of
from services.gateway.pages.board.reports import TURNS, Report, report_of, tasks_of
from services.gateway.pages.board.stake import Stake, stake_of
from services.gateway.pages.board.words import Tag, Task
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import Page
from services.gateway.pages.page_words import Words, month_words
from services.gateway.pages.registers.roster import LONGEST
from services.gateway.pages.reports.desk import or_none
from services.gateway.pages.scores.law import law_of
from services.gateway.reports.form.form import form_named
from services.gateway.reports.formats.media_types import JSON

# Work also waits in the month that runs and in late reports of the one before: those are looked through too,
# and older ones whose deadline was put off.
_LOOKED: Final = 3
_DRAFTER: Final = "agency_drafter"


@dataclass(frozen=True)
class Standing:
    """``state`` and ``turn`` of the report that is being made, else of the one in force; ``turn`` None where nobody's is.
    ``unbegun``: no report is made and none is in force."""

    period: str
    path: str
    state: Tag
    in_force: Tag | None
    turn: Words | None
    left: Words
    over: bool
    unbegun: bool
    stake: Stake | None = None


@dataclass(frozen=True)
class OwnMonth:
    """``current`` is the month that is being reported; ``others``, oldest first, are older ones that may still be reported."""

    current: Standing
    others: Sequence[Standing]
    tasks: Sequence[Task]


async def own_month_of(page: Page, months: Months) -> OwnMonth | None:
    """None for who may not see the body's reports whole."""
    due = await _due(page, months.current.period)
    if due is None:
        return None
    older = await _put_off(page, months, due["now"])
    looked = [each for at, each in enumerate(months.all) if at < _LOOKED or each.period in older]
    open_ones = await _open_reports(page, looked)
    current = standing_of(due, open_ones)
    others = [standing_of(older[each], open_ones) for each in sorted(older)]
    begins = [_begin(each) for each in (*others, current) if each.unbegun and page.has(_DRAFTER)]
    tasks = [*begins, *tasks_of(open_ones, page.actor.roles)]
    law = await law_of(page, months.current.scheme)
    current, *others = [replace(each, stake=await stake_of(page, each.period, law)) for each in (current, *others)]
    return OwnMonth(current, others, tasks)


async def _due(page: Page, period: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await or_none(page, f"/agencies/{page.actor.agency}/periods/{period}/reporting")
    return found


async def _put_off(page: Page, months: Months, now: str) -> dict[str, dict[str, Any]]:
    """Months before the one being reported in which the body's report would still count, each with what it owes there."""
    candidates = await put_off_of(page, now)
    before = [each.period for each in months.all if each.period < months.current.period and each.period in candidates]
    found = {period: await _due(page, period) for period in before}
    return {period: due for period, due in found.items() if due is not None and still_counts(due)}


def standing_of(due: dict[str, Any], open_ones: Sequence[Report]) -> Standing:
    """``due`` is the body's own month as the API tells it. Pure."""
    period = due["period"]
    own = next((each for each in reversed(open_ones) if each.period == period and not each.test), None)
    in_force = _in_force(due)
    done = in_force or Tag(("chưa có báo cáo", "no report yet"), "warn")
    holder = own.holder if own else None if in_force else _DRAFTER
    return Standing(
        period, f"/agencies/{due['agency']}/periods/{period}/submissions", own.tag if own else done,
        in_force if own else None, TURNS[holder] if holder else None, time_of(due), due["seconds_left"] <= 0,
        own is None and in_force is None,
    )  # fmt: skip


def _in_force(due: dict[str, Any]) -> Tag | None:
    number = due["sequence"]
    if number is None:
        return None
    if due["late"]:
        return Tag((f"báo cáo số {number} đã tiếp nhận, nộp muộn", f"report {number} accepted, late"), "bad")
    return Tag((f"báo cáo số {number} đã tiếp nhận đúng hạn", f"report {number} accepted in time"), "good")


def _begin(month: Standing) -> Task:
    vi, en = month_words(month.period)
    return Task((f"Tạo báo cáo {vi}", f"Begin the report of {en}"), month.path, "warn")


async def _open_reports(page: Page, months: Sequence[Month]) -> list[Report]:
    """Those that somebody's turn it is, oldest month first; a drafter's with what is left to do."""
    found = []
    for each in reversed(months):
        path = f"/agencies/{page.actor.agency}/periods/{each.period}/submissions"
        listed = await page.api.get(path, limit=LONGEST)
        for document in listed["items"]:
            if document["holder"] is not None:
                report = report_of(document)
                drafts = page.has(_DRAFTER) and report.state == "draft"
                found.append(await _with_work(page, report, document["form"]) if drafts else report)
    return found


async def _with_work(page: Page, report: Report, form: str) -> Report:
    last = await page.api.get(f"{report.path}/transitions/{report.step}")
    returned = last["reason"] if last["action"] == "reject" else None
    if not report.has_content:
        return replace(report, returned=returned)
    unstated = () if report.whole else await _unstated(page, report, form)
    return replace(report, returned=returned, unstated=unstated, open_count=await _open_count(page, report))


async def _unstated(page: Page, report: Report, form: str) -> list[tuple[str, Words]]:
    answer = await page.api.ask("GET", f"{report.path}/content", headers={"accept": JSON})
    stated = msgspec.json.decode(answer.body)
    return [(each.name, (each.label.vi, each.label.en)) for each in form_named(form).sections if each.name not in stated]


async def _open_count(page: Page, report: Report) -> int | None:
    """None while nothing was checked, or nothing that still holds."""
    try:
        found = await page.api.get(f"{report.path}/findings", limit=1)
    except Refused as refused:
        if refused.slug in ("validation-outdated", "content-missing"):
            return None
        raise
    count: int = found["counts"]["open"]
    return count
