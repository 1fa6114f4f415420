"""Assignments by the month they fall due in: one wave a month, and the standing duties without a deadline.

A wave is made once from (seed, variant, month) and never changes, so a task that stays open is the same task, id and
facts, in every later month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from deploy.sandbox.bodies import quality, quiet, spelled, style_of
from deploy.sandbox.dice import between, roll
from deploy.sandbox.leads import Lead
from deploy.sandbox.months import Month
from deploy.sandbox.system57.life import Fate, Life, draw, live
from deploy.sandbox.system57.plan import PlanRow, due_in, kept_collective, plan

SHARD_MARK = "~~~~~~"
"""Stands in a task id for the shard's six digits until the bytes are sent."""

_ASSIGNERS = ("Ban Chỉ đạo Trung ương", "Chính phủ", "Thủ tướng Chính phủ")
_STANDING_FROM = Month(2025 * 12 + 6)
_FORCED_EVERY = 9


@dataclass(frozen=True, slots=True)
class Assignment:
    """One task given to one body; ``code`` is None for a lead left as a collective phrase. ``life`` None = never ends."""

    task_id: str
    agency: str
    code: str | None
    role: str
    row: PlanRow
    assigned_by: str
    assigned_on: date
    due_on: date | None
    classified: bool
    life: Life | None
    fate: Fate | None


@lru_cache(maxsize=96)
def wave(seed: int, variant: int, month: Month) -> tuple[Assignment, ...]:
    """Everything due in one month, in the order of the contract (task id, spelling)."""
    kept = kept_collective(month.index)
    made: list[Assignment] = []
    for row in due_in(month.index):
        made += sorted(_assignments(seed, variant, month, row, row.number in kept), key=lambda one: one.agency)
    return tuple(_with_every_fate(made, (seed, variant, month.index)))


@lru_cache(maxsize=8)
def standing(seed: int, variant: int) -> tuple[Assignment, ...]:
    """Duties without a deadline: tracked in every month, never due."""
    made: list[Assignment] = []
    for row in plan():
        if row.standing:
            made += sorted(_standing_row(seed, variant, row), key=lambda one: one.agency)
    return tuple(made)


def _standing_row(seed: int, variant: int, row: PlanRow) -> Iterator[Assignment]:
    words = (seed, variant, "standing", row.number)
    assigned = _STANDING_FROM.day(between(1, 28, *words, "assigned"))
    for lead in row.leads.bodies:
        if any(quiet(lead.code, index) for index in range(6)):
            continue
        agency = _spelling(lead, assigned, words)
        yield Assignment(
            f"NV57-{SHARD_MARK}-000000-{row.number:03d}", agency, lead.code, "lead", row, _assigner(words), assigned, None,
            classified=False, life=None, fate=None,
        )  # fmt: skip


def _assignments(seed: int, variant: int, month: Month, row: PlanRow, collective: bool) -> Iterator[Assignment]:
    words = (seed, variant, month.index, row.number)
    task_id = f"NV57-{SHARD_MARK}-{month.year:04d}{month.number:02d}-{row.number:03d}"
    due = _due(row, month)
    classified = not collective and roll("classified", *words) % 100 < 3
    if collective:
        assigned = month.first
        life = live(Fate.ON_TIME, due_on=due, assigned_on=assigned, words=words, documents=True)
        phrase = row.leads.phrase or row.title
        yield Assignment(task_id, phrase, None, "lead", row, _assigner(words), assigned, due, False, life, Fate.ON_TIME)
        return
    assigned = _assigned(row, month, words)
    named = [(lead, "lead") for lead in row.leads.bodies] + [(lead, "coordinator") for lead in row.coordinators]
    for lead, role in named:
        own = (*words, lead.code)
        fate = draw(roll("fate", *own), quality=quality(seed, lead.code), recurring=row.deadline.every is not None)
        life = live(fate, due_on=due, assigned_on=assigned, words=own, documents=not classified)
        if _meets_quiet(lead.code, assigned, max(life.ends_on, due)):
            continue
        agency = _spelling(lead, assigned, words)
        yield Assignment(
            task_id, agency, lead.code, role, row, _assigner(words), assigned, due, classified, life, fate
        )  # fmt: skip


def _with_every_fate(made: list[Assignment], words: tuple[int, ...]) -> Iterator[Assignment]:
    """Small waves could miss a rare fate: every ninth plain assignment is given the next one in turn, once each."""
    fates, plain = iter(Fate), 0
    for one in made:
        if one.code is not None and one.role == "lead" and not one.classified and one.row.deadline.every is None:
            plain += 1
            fate = next(fates, None) if plain % _FORCED_EVERY == 0 and not _ever_quiet(one.code) else None
            yield one if fate is None else _refated(one, fate, words)
        else:
            yield one


def _refated(one: Assignment, fate: Fate, words: tuple[int, ...]) -> Assignment:
    due = one.due_on or one.assigned_on
    life = live(fate, due_on=due, assigned_on=one.assigned_on, words=(*words, one.task_id, one.code), documents=True)
    return Assignment(
        one.task_id, one.agency, one.code, one.role, one.row, one.assigned_by, one.assigned_on, one.due_on, False, life, fate
    )


def _due(row: PlanRow, month: Month) -> date:
    """Re-dated: an explicit day keeps its number, everything else ends with the month."""
    day = row.deadline.due_on
    return month.day(day.day) if day is not None and row.deadline.precision == "day" else month.last


def _assigned(row: PlanRow, month: Month, words: tuple[object, ...]) -> date:
    if row.deadline.every is not None:
        return month.first
    return month.first - timedelta(days=between(15, 75, "assigned", *words))


def _assigner(words: tuple[object, ...]) -> str:
    return _ASSIGNERS[roll("assigner", *words) % len(_ASSIGNERS)]


def _spelling(lead: Lead, on: date, words: tuple[object, ...]) -> str:
    """The plan's own words for most named leads and all abbreviations, otherwise any spelling a source may use."""
    if lead.words is not None and (lead.words.isupper() or roll("own words", *words, lead.code) % 100 < 70):
        return lead.words
    return spelled(lead.code, on, style_of(*words, lead.code))


def _ever_quiet(code: str) -> bool:
    return any(quiet(code, index) for index in range(6))


def _meets_quiet(code: str, first: date, last: date) -> bool:
    """Whether the assignment would show in a month in which the body is to have none."""
    return any(quiet(code, index) for index in range(Month.of(first).index, Month.of(last).index + 1))
