"""Soft deadlines and extensions, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.calendar import Added, extended, last_working_day

LEGAL = datetime(2026, 2, 4, 17, tzinfo=UTC)
MARKED = {date(2026, 1, 2): "off", date(2026, 1, 10): "working", date(2026, 9, 1): "off", date(2026, 9, 2): "off"}


@pytest.mark.parametrize(
    ("before", "last"),
    [
        (date(2026, 2, 5), date(2026, 2, 4)),
        (date(2026, 4, 5), date(2026, 4, 3)),
        (date(2026, 1, 5), date(2025, 12, 31)),
        (date(2026, 1, 11), date(2026, 1, 10)),
        (date(2026, 9, 3), date(2026, 8, 31)),
    ],
)
def test_the_last_working_day_knows_weekends_days_off_and_made_up_saturdays(before: date, last: date) -> None:
    marked = {**MARKED, date(2026, 1, 1): "off"}
    assert last_working_day(before, marked) == last


def test_an_extension_in_time_moves_the_deadline_and_one_that_counts_late_does_not() -> None:
    until = LEGAL + timedelta(days=2)
    assert extended(LEGAL, None, []) == (LEGAL, None, LEGAL)
    given = Added(extension_id="ext_1", until=until, effect="in_time")
    assert extended(LEGAL, "cal_1", [given]) == (until, "ext_1", until)
    assert extended(LEGAL, "cal_1", [replace(given, effect="late_counts")]) == (LEGAL, "cal_1", until)


@pytest.mark.parametrize("effect", ["in_time", "late_counts"])
def test_an_extension_never_shortens(effect: str) -> None:
    given = Added(extension_id="ext_1", until=LEGAL - timedelta(microseconds=1), effect=effect)
    assert extended(LEGAL, "cal_1", [given]) == (LEGAL, "cal_1", LEGAL)
