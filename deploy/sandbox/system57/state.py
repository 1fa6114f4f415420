"""An assignment as System 57 knew it at one instant, and whether it belongs to a period's answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from deploy.sandbox.months import ICT, Month, instant
from deploy.sandbox.system57.life import Completion, Extension
from deploy.sandbox.system57.waves import Assignment, standing, wave

_WAVES_BACK, _WAVES_AHEAD = 7, 3
_PROGRESS_DAY = 25
"""Bodies report their progress on the 25th: the percentage moves only then."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was recorded of an assignment before one instant."""

    completion: Completion | None
    extension: Extension | None
    returned_on: date | None
    sent_back_at: datetime | None
    confirmed_at: datetime | None

    @property
    def closed_on(self) -> date | None:
        """The day it was done or handed back; None while it is open, also after a refusal."""
        if self.returned_on is not None:
            return self.returned_on
        return self.completion.completed_on if self.completion and self.sent_back_at is None else None


_NOTHING = Known(None, None, None, None, None)


def known(one: Assignment, as_of: datetime) -> Known:
    """The part of the assignment's life recorded strictly before ``as_of``."""
    life = one.life
    if life is None:
        return _NOTHING
    completion = None
    for done in life.completions:
        completion = done if done.reported_at < as_of else completion
    extension = life.extension if life.extension and life.extension.known_at < as_of else None
    returned = life.returned_on if life.returned_on and instant(life.returned_on, 12 * 60) < as_of else None
    if completion is None:
        return Known(None, extension, returned, None, None)
    return Known(
        completion,
        extension,
        returned,
        _before(completion.sent_back_at, as_of),
        _before(completion.confirmed_at, as_of),
    )


def belongs(one: Assignment, state: Known, period: Month) -> bool:
    """The rule of the contract: due in the period, open backlog at its start, done inside it, or not due yet and open; and what
    was done in the month before and recorded since that one was locked."""
    if one.assigned_on > period.last:
        return False
    closed = state.closed_on
    due = [day for day in (one.due_on, state.extension.due_on if state.extension else None) if day is not None]
    if any(period.first <= day <= period.last for day in due):
        return True
    if closed is not None:
        backlog = bool(due) and min(due) < period.first <= closed
        return backlog or period.first <= closed <= period.last or _recorded_since(state, period.plus(-1))
    return True


def _recorded_since(state: Known, before: Month) -> bool:
    """Whether the task was done in ``before`` and that was recorded after the lock of that month."""
    done = state.completion
    return done is not None and before.first <= done.completed_on <= before.last and done.reported_at >= before.freeze


def rows(seed: int, variant: int, period: Month, as_of: datetime) -> Iterator[tuple[Assignment, dict[str, object]]]:
    """The period's rows of one shard as known at ``as_of``, in the order of the contract."""
    months = (wave(seed, variant, period.plus(shift)) for shift in range(-_WAVES_BACK, _WAVES_AHEAD + 1))
    for one in chain(standing(seed, variant), *months):
        if instant(one.assigned_on, 9 * 60) >= as_of:
            continue
        state = known(one, as_of)
        if belongs(one, state, period):
            yield one, _row(one, state, as_of)


def _row(one: Assignment, state: Known, as_of: datetime) -> dict[str, object]:
    done, extension, life = state.completion, state.extension, one.life
    late = life is not None and done is not None and one.due_on is not None and done.completed_on > one.due_on
    return {
        "task_id": one.task_id,
        "agency": one.agency,
        "role": one.role,
        "title": None if one.classified else one.row.title,
        "assigned_by": one.assigned_by,
        "assigned_on": one.assigned_on,
        "due_on": one.due_on,
        "due_text": None if one.classified else one.row.deadline.text,
        "due_precision": one.row.deadline.precision,
        "extended_due_on": extension.due_on if extension else None,
        "extension_approved_on": extension.approved_on if extension else None,
        "extension_document": extension.document if extension else None,
        "completed_on": done.completed_on if done else None,
        "reported_at": done.reported_at if done else None,
        "confirmed_at": state.confirmed_at,
        "sent_back_at": state.sent_back_at,
        "returned_accepted_on": state.returned_on,
        "percent": _percent(one, state, as_of),
        "late_reason": life.late_reason if late and life else None,
        "source_document": None if one.classified else one.row.source_document,
        "classified": one.classified,
    }


def _percent(one: Assignment, state: Known, as_of: datetime) -> int:
    if state.completion is not None:
        return 90 if state.sent_back_at is not None else 100
    end = one.life.ends_on if one.life else one.assigned_on + timedelta(days=1500)
    whole = max((end - one.assigned_on).days, 1)
    return min(95, 100 * max((_last_progress(as_of) - one.assigned_on).days, 0) // whole // 5 * 5)


def _last_progress(as_of: datetime) -> date:
    today = as_of.astimezone(ICT).date()
    month = Month.of(today)
    return month.day(_PROGRESS_DAY) if today.day > _PROGRESS_DAY else month.plus(-1).day(_PROGRESS_DAY)


def _before(moment: datetime | None, as_of: datetime) -> datetime | None:
    return moment if moment is not None and moment < as_of else None
