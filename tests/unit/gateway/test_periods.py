"""Which months there are, and what the board says of a source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.gateway.http.errors import PeriodUnknown
from services.gateway.http.periods import closed_last, known_period, known_periods, ruled_period, sources_of
from services.gateway.operations.board import state_of
from services.gateway.operations.store.records import LastPull
from shared.errors import InputInvalid
from shared.law.scheme import packaged_schemes
from shared.period import Period

CUTOFF = datetime(2026, 2, 1, 17, tzinfo=UTC)


def test_the_month_begins_at_midnight_in_vietnam() -> None:
    midnight = datetime(2026, 1, 31, 17, tzinfo=UTC)
    assert known_period("2026-02", now=midnight) == Period(2026, 2)
    with pytest.raises(PeriodUnknown, match="has not begun"):
        known_period("2026-02", now=midnight - timedelta(microseconds=1))
    assert [str(period) for period in known_periods(midnight)] == ["2026-01", "2026-02"]


@pytest.mark.parametrize("text", ["2025-12", "0000-01", "9999-12", "2026-13", "x", ""])
def test_no_such_month(text: str) -> None:
    with pytest.raises(PeriodUnknown):
        known_period(text, now=CUTOFF)
    with pytest.raises(InputInvalid):
        ruled_period(text)


def test_before_the_first_month_has_closed_the_board_shows_it_anyway() -> None:
    assert closed_last(datetime(2026, 1, 10, tzinfo=UTC)) == Period(2026, 1)
    assert closed_last(datetime(2026, 3, 1, tzinfo=UTC)) == Period(2026, 2)


def test_the_sources_are_those_of_the_laws_measures() -> None:
    found = sources_of(packaged_schemes()[0])
    assert len(found) == len(set(found)) == 8
    assert found[0] == "system57"


LAST_PULL = LastPull(
    source="system57", pull_id="pull_1", purpose="freeze", origin="adapter", started_at=CUTOFF, state="running", row_count=None,
    ended_at=None, problem=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("pull", "frozen", "hours", "state"),
    [
        (None, False, -1, "waiting"), (None, False, 0, "overdue"), (None, True, 0, "frozen"), ("running", False, -1, "waiting"),
        ("abandoned", False, -1, "waiting"), ("complete", False, -1, "pulled"), ("failed", False, -1, "failed"),
        ("complete", False, 0, "overdue"), ("failed", False, 1, "overdue"), ("failed", True, -1, "frozen"),
    ],
)  # fmt: skip
def test_the_state_of_a_source(*, pull: str | None, frozen: bool, hours: int, state: str) -> None:
    last = None if pull is None else replace(LAST_PULL, state=pull)
    assert state_of(last, frozen=frozen, cutoff_at=CUTOFF, now=CUTOFF + timedelta(hours=hours)) == state
