"""What becomes of one assignment, told with the instants at which System 57 learned each thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from deploy.sandbox.dice import roll
from deploy.sandbox.months import Month, instant


class Fate(StrEnum):
    """The kinds of lives; every month has each of them."""

    EARLY = "early"
    ON_TIME = "on_time"
    RECORDED_LATE = "recorded_late"
    EXTENDED = "extended"
    LATE = "late"
    LONG_OPEN = "long_open"
    EXTENDED_TOO_LATE = "extended_too_late"
    EXTENDED_WITHOUT_DOCUMENT = "extended_without_document"
    SENT_BACK = "sent_back"
    SENT_BACK_AFTER_FREEZE = "sent_back_after_freeze"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Completion:
    """One report that the task is done, and what was said of it later."""

    completed_on: date
    reported_at: datetime
    confirmed_at: datetime | None
    sent_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A new due day, when it was approved and with which document, if any."""

    due_on: date
    approved_on: date
    document: str | None

    @property
    def known_at(self) -> datetime:
        return instant(self.approved_on, 16 * 60)


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that will ever be known of an assignment; ``ends_on`` is the last day any of it happens."""

    completions: tuple[Completion, ...]
    extension: Extension | None = None
    returned_on: date | None = None
    late_reason: str | None = None

    @property
    def ends_on(self) -> date:
        days = [done.completed_on for done in self.completions]
        days += [self.returned_on] if self.returned_on else []
        days += [self.extension.due_on] if self.extension else []
        return max(days)


# By then everything done inside a month is recorded, and what was sent back after its lock is sent back.
RECORDED_WITHIN = timedelta(days=8)
_LATEST_HOURS = 190

_REASONS = (
    "Chờ ý kiến của cơ quan phối hợp (demo)",
    "Chưa được bố trí kinh phí (demo)",
    "Thay đổi tổ chức bộ máy (demo)",
    "Phải lấy lại ý kiến thẩm định (demo)",
)
_GOOD = {Fate.ON_TIME: 66, Fate.EARLY: 24, Fate.RECORDED_LATE: 4, Fate.EXTENDED: 6}
_BAD = {
    Fate.LATE: 54,
    Fate.LONG_OPEN: 16,
    Fate.EXTENDED_TOO_LATE: 6,
    Fate.EXTENDED_WITHOUT_DOCUMENT: 6,
    Fate.SENT_BACK: 8,
    Fate.SENT_BACK_AFTER_FREEZE: 3,
    Fate.RETURNED: 7,
}
_RECURRING = {
    Fate.EARLY: Fate.ON_TIME,
    Fate.RETURNED: Fate.ON_TIME,
    Fate.EXTENDED: Fate.ON_TIME,
    Fate.LONG_OPEN: Fate.LATE,
    Fate.EXTENDED_TOO_LATE: Fate.LATE,
    Fate.EXTENDED_WITHOUT_DOCUMENT: Fate.LATE,
}


def draw(number: int, *, quality: int, recurring: bool) -> Fate:
    """The fate a throw gives a body of this quality (per mille of tasks that go well)."""
    table = _GOOD if number % 1000 < quality else _BAD
    left = (number >> 16) % 100
    fate = next(fate for fate, reached in zip(table, accumulate(table.values()), strict=True) if left < reached)
    return _RECURRING.get(fate, fate) if recurring else fate


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a life is told from: the due day, the first day it may be done, and a throw of the dice."""

    due_on: date
    assigned_on: date
    number: int

    @property
    def month(self) -> Month:
        return Month.of(self.due_on)

    def spread(self, low: int, high: int, shift: int) -> int:
        return low + (self.number >> shift) % (high - low + 1)

    def before_due(self, days: int) -> date:
        """Inside the due month, never before the assignment nor on its first day."""
        floor = max(self.month.first, self.assigned_on)
        return max(self.due_on - timedelta(days=days), min(floor, self.due_on))

    def done(self, day: date, *, reported_at: datetime | None = None) -> Completion:
        told = reported_at or instant(day, 8 * 60 + self.spread(0, 540, 8))
        return Completion(day, told, told + timedelta(days=self.spread(2, 6, 20), minutes=17))


def live(fate: Fate, *, due_on: date, assigned_on: date, words: tuple[object, ...], documents: bool) -> Life:
    """The life of one fate. ``documents`` is False for classified tasks, whose rows carry no free text."""
    frame = _Frame(due_on, assigned_on, roll("life", *words))
    life = _TELLERS[fate](frame)
    return life if documents else Life(life.completions, None, life.returned_on, None)


def _reason(frame: _Frame) -> str:
    return _REASONS[frame.spread(0, len(_REASONS) - 1, 30)]


def _document(frame: _Frame) -> str:
    return f"DEMO-{frame.spread(100, 9999, 26)}/VPCP-KGVX"


def _early(frame: _Frame) -> Life:
    latest = frame.month.first - timedelta(days=1)
    day = max(latest - timedelta(days=frame.spread(0, 12, 3)), min(frame.assigned_on, latest))
    return Life((frame.done(day),))


def _on_time(frame: _Frame) -> Life:
    return Life((frame.done(frame.before_due(frame.spread(0, 20, 3))),))


def _recorded_late(frame: _Frame) -> Life:
    told = frame.month.freeze + timedelta(hours=frame.spread(9, _LATEST_HOURS, 3))
    return Life((frame.done(frame.before_due(frame.spread(0, 3, 13)), reported_at=told),))


def _late(frame: _Frame) -> Life:
    return Life((frame.done(frame.due_on + timedelta(days=frame.spread(1, 42, 3))),), late_reason=_reason(frame))


def _long_open(frame: _Frame) -> Life:
    return Life((frame.done(frame.due_on + timedelta(days=frame.spread(75, 160, 3))),), late_reason=_reason(frame))


def _extended(frame: _Frame) -> Life:
    extension = Extension(frame.month.plus(1).last, frame.due_on - timedelta(days=frame.spread(1, 9, 3)), _document(frame))
    return Life((frame.done(extension.due_on - timedelta(days=frame.spread(0, 20, 13))),), extension)


def _too_late(frame: _Frame) -> Life:
    extension = Extension(frame.month.plus(1).last, frame.due_on + timedelta(days=frame.spread(3, 12, 3)), _document(frame))
    return Life((frame.done(extension.due_on - timedelta(days=frame.spread(0, 12, 13))),), extension, None, _reason(frame))


def _without_document(frame: _Frame) -> Life:
    extension = Extension(frame.month.plus(1).last, frame.due_on - timedelta(days=frame.spread(1, 6, 3)), None)
    return Life((frame.done(extension.due_on - timedelta(days=frame.spread(0, 12, 13))),), extension, None, _reason(frame))


def _sent_back(frame: _Frame) -> Life:
    first = frame.done(frame.before_due(frame.spread(2, 15, 3)))
    refused = Completion(first.completed_on, first.reported_at, None, first.reported_at + timedelta(hours=20))
    again = frame.done(frame.due_on + timedelta(days=frame.spread(8, 40, 13)))
    return Life((refused, again), late_reason=_reason(frame))


def _sent_back_after(frame: _Frame) -> Life:
    first = frame.done(frame.before_due(frame.spread(0, 6, 3)))
    refused = Completion(first.completed_on, first.reported_at, None, frame.month.freeze + timedelta(days=3, hours=10))
    again = frame.done(frame.month.plus(1).first + timedelta(days=frame.spread(8, 40, 13)))
    return Life((refused, again), late_reason=_reason(frame))


def _returned(frame: _Frame) -> Life:
    return Life((), returned_on=frame.before_due(frame.spread(3, 15, 3)))


_TELLERS: dict[Fate, Callable[[_Frame], Life]] = {
    Fate.EARLY: _early,
    Fate.ON_TIME: _on_time,
    Fate.RECORDED_LATE: _recorded_late,
    Fate.EXTENDED: _extended,
    Fate.LATE: _late,
    Fate.LONG_OPEN: _long_open,
    Fate.EXTENDED_TOO_LATE: _too_late,
    Fate.EXTENDED_WITHOUT_DOCUMENT: _without_document,
    Fate.SENT_BACK: _sent_back,
    Fate.SENT_BACK_AFTER_FREEZE: _sent_back_after,
    Fate.RETURNED: _returned,
}
