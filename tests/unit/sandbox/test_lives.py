"""Tasks over the months: every kind in every month, the same task as long as it lives, only what was known by then."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

import pytest

from deploy.sandbox.bodies import codes
from deploy.sandbox.months import FIRST, Month
from deploy.sandbox.system57.life import Fate
from deploy.sandbox.system57.state import rows
from deploy.sandbox.system57.waves import Assignment, wave

SEED = 4585
MONTHS = [FIRST.plus(shift) for shift in range(13)]
Pair = tuple[Assignment, dict[str, object]]
IDENTITY = (
    "title",
    "role",
    "assigned_by",
    "assigned_on",
    "due_on",
    "due_text",
    "due_precision",
    "source_document",
    "classified",
)


@cache
def month_rows(period: Month, as_of: datetime | None = None) -> list[Pair]:
    return list(rows(SEED, 0, period, as_of or period.freeze))


def kinds(period: Month) -> Iterator[str]:
    """The kinds of tasks the scoring rules tell apart, found in one frozen month from the rows' own columns."""
    first, last = period.first, period.last
    for one, row in month_rows(period):
        due, done = one.due_on, row["completed_on"] if row["sent_back_at"] is None else None
        yield from _marks(one, row)
        if due is None:
            yield "no deadline"
        elif first <= due <= last:
            yield "due"
            if done is not None and done < first:  # type: ignore[operator]
                yield "early"
            elif done is not None and done <= due:  # type: ignore[operator]
                yield "on time"
            elif done is None:
                yield "open"
        elif due < first:
            yield "late" if done is not None and first <= done <= last else "carried over"  # type: ignore[operator]
        else:
            yield "not due yet"


def _marks(one: Assignment, row: dict[str, object]) -> Iterator[str]:
    marks = {
        "coordinator": one.role == "coordinator",
        "collective": one.code is None,
        "classified": row["classified"],
        "sent back": row["sent_back_at"] is not None,
        "returned": row["returned_accepted_on"] is not None,
    }
    yield from (name for name, there in marks.items() if there)
    if row["classified"]:
        assert not any(row[name] for name in ("title", "due_text", "late_reason", "source_document", "extension_document"))
    if row["extension_approved_on"] is not None and one.due_on is not None:
        yield _extension_kind(row, one.due_on)


def _extension_kind(row: dict[str, object], due: object) -> str:
    if row["extension_document"] is None:
        return "extended without document"
    return "extended in time" if row["extension_approved_on"] <= due else "extended too late"  # type: ignore[operator]


@pytest.mark.parametrize("period", MONTHS, ids=str)
def test_every_month_has_every_kind(period: Month) -> None:
    found = set(kinds(period))
    assert found == {
        "due",
        "early",
        "on time",
        "late",
        "open",
        "carried over",
        "not due yet",
        "no deadline",
        "coordinator",
        "classified",
        "collective",
        "sent back",
        "returned",
        "extended in time",
        "extended too late",
        "extended without document",
    }


@pytest.mark.parametrize("period", MONTHS, ids=str)
def test_every_month_has_tasks_done_inside_it_but_recorded_after_the_freeze(period: Month) -> None:
    later = {(one.task_id, one.agency): row for one, row in month_rows(period, period.freeze + timedelta(days=20))}
    late_news = 0
    for one, row in month_rows(period):
        now = later.get((one.task_id, one.agency), row)
        if row["completed_on"] is None and now["completed_on"] is not None and now["completed_on"] <= period.last:  # type: ignore[operator]
            assert now["completed_on"] <= one.due_on  # type: ignore[operator]
            assert now["reported_at"] >= period.freeze  # type: ignore[operator]
            late_news += 1
    assert late_news >= 3


@pytest.mark.parametrize("period", MONTHS, ids=str)
def test_every_fate_is_in_every_wave(period: Month) -> None:
    assert {one.fate for one in wave(SEED, 0, period)} == set(Fate)


@pytest.mark.parametrize("period", MONTHS, ids=str)
def test_some_body_has_no_task_at_all(period: Month) -> None:
    named = {one.code for one, row in month_rows(period) if not of_the_month_before(row, period)}
    assert 1 <= len(set(codes()) - named) <= 3


def of_the_month_before(row: dict[str, object], period: Month) -> bool:
    """Done before the month, and recorded after the month before it was locked."""
    done, told = row["completed_on"], row["reported_at"]
    before = period.plus(-1)
    return done is not None and before.first <= done <= before.last and told >= before.freeze  # type: ignore[operator]


@pytest.mark.parametrize("period", MONTHS[1:], ids=str)
def test_what_was_done_in_the_month_before_and_recorded_since_is_served_in_the_next_one(period: Month) -> None:
    """Whatever came after the lock of the month before is seen again, with the same facts; what was in time for it is not."""
    before = period.plus(-1)
    late = {
        (one.task_id, one.agency): row
        for one, row in month_rows(before, period.freeze)
        if of_the_month_before(row, period) and row["sent_back_at"] is None
    }
    served = {(one.task_id, one.agency): row for one, row in month_rows(period) if of_the_month_before(row, period)}
    assert len(late) >= 3
    assert late.items() <= served.items()
    in_time = {
        (one.task_id, one.agency, row["completed_on"])
        for one, row in month_rows(before)
        if one.due_on is not None and before.first <= one.due_on <= before.last and row["extended_due_on"] is None
        and row["completed_on"] is not None and before.first <= row["completed_on"] <= before.last  # type: ignore[operator]
    }  # fmt: skip
    said = {(one.task_id, one.agency, row["completed_on"]) for one, row in month_rows(period) if row["sent_back_at"] is None}
    assert in_time
    assert not in_time & said


def test_in_january_that_body_has_none_through_a_collective_lead_either() -> None:
    phrases = {one.agency for one, _ in month_rows(FIRST) if one.code is None and FIRST.first <= one.due_on <= FIRST.last}  # type: ignore[operator]
    assert phrases
    assert not {phrase for phrase in phrases if "ngành" in phrase or "cơ quan, địa phương" in phrase}


@pytest.mark.parametrize("period", MONTHS[:-1], ids=str)
def test_an_open_task_is_carried_over_with_the_same_id_and_facts(period: Month) -> None:
    following = {(one.task_id, one.agency): row for one, row in month_rows(period.plus(1))}
    carried = 0
    for one, row in month_rows(period):
        closed = row["returned_accepted_on"] or (row["completed_on"] and not row["sent_back_at"])
        overdue = one.due_on is not None and one.due_on <= period.last
        if overdue and not closed and (one.task_id, one.agency) in following:
            carried += 1
            assert [row[name] for name in IDENTITY] == [following[one.task_id, one.agency][name] for name in IDENTITY]
    assert carried > 30


def test_nothing_open_disappears_between_two_months() -> None:
    """A backlog row may be missing next month only when it was closed inside this one, as later news tells."""
    period = FIRST
    news = {(one.task_id, one.agency): row for one, row in month_rows(period, period.freeze + timedelta(days=60))}
    following = {(one.task_id, one.agency) for one, _ in month_rows(period.plus(1))}
    for one, row in month_rows(period):
        if row["completed_on"] is None and row["returned_accepted_on"] is None and (one.task_id, one.agency) not in following:
            assert news[one.task_id, one.agency]["completed_on"] <= period.last  # type: ignore[operator]


def test_nothing_recorded_at_or_after_as_of_is_told() -> None:
    for as_of in (FIRST.freeze, FIRST.freeze - timedelta(days=14), FIRST.freeze + timedelta(days=9)):
        for _, row in month_rows(FIRST, as_of):
            told = [row["reported_at"], row["confirmed_at"], row["sent_back_at"]]
            assert all(moment is None or moment < as_of for moment in told)  # type: ignore[operator]


def test_a_refusal_after_the_freeze_shows_only_to_later_readers() -> None:
    refused = 0
    later = {(one.task_id, one.agency): row for one, row in month_rows(FIRST, FIRST.freeze + timedelta(days=4))}
    for one, row in month_rows(FIRST):
        now = later[one.task_id, one.agency]
        if row["sent_back_at"] is None and row["completed_on"] is not None and now["sent_back_at"] is not None:
            refused += 1
            assert row["percent"] == 100
            assert now["percent"] == 90
    assert refused >= 1


def test_rows_are_strictly_ascending_by_code_point() -> None:
    for period in MONTHS[:3]:
        keys = [(one.task_id, one.agency) for one, _ in month_rows(period)]
        assert all(one < two for one, two in itertools.pairwise(keys))


def test_no_body_stands_twice_in_one_task() -> None:
    pairs = [(one.task_id, one.code) for one, _ in month_rows(FIRST) if one.code]
    assert len(set(pairs)) == len(pairs)


def test_spellings_of_every_sort_are_used() -> None:
    spellings = {one.agency for one, _ in month_rows(FIRST)}
    assert {"VTV", "VOV", "TTXVN", "G06"} <= spellings
    assert any(spelling.startswith("000.00.00.") for spelling in spellings)
    assert any("\u0302" in spelling or "\u0301" in spelling for spelling in spellings), "names in decomposed Unicode"
    assert any("thương" in spelling for spelling in spellings), "Bộ Công thương as the plan writes it"


def test_another_seed_is_another_world_and_the_same_seed_the_same() -> None:
    again = [row for _, row in rows(SEED, 0, FIRST, FIRST.freeze)]
    other = [row for _, row in rows(SEED + 1, 0, FIRST, FIRST.freeze)]
    assert again == [row for _, row in month_rows(FIRST)]
    assert again != other
