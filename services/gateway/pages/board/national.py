"""What waits in the months that are closing, for operators and publishers; readers and auditors see the same.

Runs nobody published, what holds a publication, what awaits a second person, and bodies that have not reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.administration.whole_lists import whole_list
from services.gateway.pages.board.months import Month, Months
from services.gateway.pages.board.words import Tag, Task, left_words, seconds_between
from services.gateway.pages.page import Page
from services.gateway.pages.page_words import Words, month_words
from services.gateway.pages.registers.roster import LONGEST, names

_WAITING: Final = "/waiting-requests"
_DECISIONS: Final[Mapping[str, Words]] = {
    "ruling": ("quyết định xử lý", "rulings"),
    "applicability": ("không áp dụng chỉ số", "exemptions from an indicator"),
    "calendar_entry": ("thay đổi lịch", "changes of the calendar"),
    "rule_activation": ("quy tắc kiểm tra báo cáo", "rules of reports"),
}


@dataclass(frozen=True)
class Owing:
    """A body without a report in time; ``late``: it has handed in a late one."""

    agency: str
    name: str
    late: bool


@dataclass(frozen=True)
class Awaited:
    """A body without a report whose own deadline, ``hard_at``, lies ahead."""

    agency: str
    name: str
    hard_at: str


@dataclass(frozen=True)
class Unpublished:
    """A month's last run that nobody published, with what the API says of its readiness."""

    period: str
    run_id: str
    ready: Mapping[str, Any]


@dataclass(frozen=True)
class National:
    """``owing`` is told from the deadline on; ``awaited`` are those who still have time."""

    period: str
    left: Words
    over: bool
    state: Tag
    owing: Sequence[Owing]
    awaited: Sequence[Awaited]
    tasks: Sequence[Task]
    runs: Sequence[Unpublished]
    path: str


async def national_of(page: Page, months: Months) -> National:
    current = months.current
    tasks, runs = [], []
    for each in months.closing:
        waiting, found = await _publishing(page, each)
        tasks += found
        if waiting is not None:
            runs.append(Unpublished(each.period, waiting, await page.api.get(f"/score-runs/{waiting}/readiness")))
    tasks += await _awaiting(page)
    reporting = await page.api.get(f"/periods/{current.period}/reporting")
    clock = await page.api.get(f"/periods/{current.period}")
    seconds = seconds_between(reporting["now"], clock["report_deadline_at"])
    in_time, bodies = reporting["in_time"], reporting["bodies"]
    said = f"{in_time} trong {bodies} cơ quan đã nộp đúng hạn", f"{in_time} of {bodies} bodies have reported in time"
    known = await names(page, current.period)
    owing = owing_of(reporting["items"], reporting["now"], known)
    awaited = awaited_of(reporting["items"], reporting["now"], known)
    return National(
        current.period, left_words(seconds, clock["report_deadline_at"]), seconds <= 0,
        Tag(said, "bad" if owing else "good" if in_time == bodies else ""), owing, awaited, tasks, runs,
        f"/periods/{current.period}/reporting",
    )  # fmt: skip


def owing_of(items: Sequence[Mapping[str, Any]], now: str, known: Mapping[str, str]) -> list[Owing]:
    """Whose own deadline is past, an extended one as it was extended. Pure."""
    return [
        Owing(each["agency"], known.get(each["agency"], each["agency"]), each["state"] == "late")
        for each in items
        if each["state"] != "in_time" and seconds_between(now, each["hard_at"]) <= 0
    ]


def awaited_of(items: Sequence[Mapping[str, Any]], now: str, known: Mapping[str, str]) -> list[Awaited]:
    """Who has not reported and still has time. Pure."""
    return [
        Awaited(each["agency"], known.get(each["agency"], each["agency"]), each["hard_at"])
        for each in items
        if each["state"] != "in_time" and seconds_between(now, each["hard_at"]) > 0
    ]


async def _publishing(page: Page, closing: Month) -> tuple[str | None, list[Task]]:
    """The run that waits to be published, and what waits around it."""
    period = closing.period
    vi, en = month_words(period)
    runs = (await page.api.get("/score-runs", period=period, limit=LONGEST))["items"]
    holds = (await page.api.get(f"/periods/{period}/holds"))["holds"]
    waiting = unpublished(runs)
    found = []
    if waiting is not None:
        words = f"Lần chấm điểm {vi} chưa công bố", f"A run of {en} is not published"
        found.append(Task(words, f"/score-runs/{waiting}", "warn"))
    where = f"/score-runs/{waiting}" if waiting else f"/periods/{period}/publishing"
    for hold in holds:
        told = f"{len(hold['bodies'])} cơ quan", f"{len(hold['bodies'])} bodies"
        words = (
            f"Đang giữ việc công bố {vi}: {hold['title']} ({told[0]})",
            f"Holds the publication of {en}: {hold['title']} ({told[1]})",
        )
        found.append(Task(words, where, "bad"))
    omissions = (await page.api.get(f"/periods/{period}/omissions", limit=LONGEST))["items"]
    if count := sum(1 for each in omissions if each["approved_by"] is None):
        words = (
            f"{count} đề nghị để ngoài số liệu của {vi} chờ người thứ hai",
            f"{count} requests to leave facts out of {en} await a second person",
        )
        found.append(Task(words, _WAITING, "warn"))
    return waiting, found


def unpublished(runs: Sequence[Mapping[str, Any]]) -> str | None:
    """The last run, if it is of a later time than every published one. Runs come in the order they were asked for. Pure."""
    if not runs or runs[-1]["publication"] is not None:
        return None
    run: str = runs[-1]["run_id"]
    return run


async def _awaiting(page: Page) -> list[Task]:
    """Decisions and extensions that one person asked for."""
    extensions = await whole_list(page, "/extensions")
    found = [_extension(each) for each in extensions if each["state"] == "proposed"]
    decisions = (await page.api.get("/decisions", state="proposed", limit=LONGEST))["items"]
    for kind, count in Counter(each["kind"] for each in decisions).items():
        vi, en = _DECISIONS[kind]
        words = f"{count} đề nghị về {vi} chờ người thứ hai", f"{count} requests about {en} await a second person"
        found.append(Task(words, _WAITING, "warn"))
    return found


def _extension(each: Mapping[str, Any]) -> Task:
    vi, en = month_words(each["period"])
    words = (
        f"Gia hạn cho {each['agency']}, {vi}, chờ người thứ hai duyệt",
        f"An extension for {each['agency']}, {en}, awaits a second person",
    )
    return Task(words, f"/extensions/{each['extension_id']}/approvals", "warn")
