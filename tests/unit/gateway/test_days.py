"""Days typed into forms: day before month, always, whatever the browser's own language is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.gateway.eform.days import read_day, with_days, written_day
from services.gateway.eform.posted import Posted


@pytest.mark.parametrize("typed", ["5/11/2026", "05/11/2026", "5-11-2026", "05.11.2026", "2026-11-05"])
def test_a_day_is_read_however_it_is_written(typed: str) -> None:
    assert read_day(typed) == "2026-11-05"


@pytest.mark.parametrize("typed", ["31/02/2026", "11/31/2026", "5/11-2026", "5/11/26", "0/1/2026", "nay", "", "5/11/2026 9h"])
def test_what_is_no_day_stays_as_it_was_typed(typed: str) -> None:
    assert read_day(typed) == written_day(typed) == typed


@given(some.dates(min_value=date(1000, 1, 1)))
def test_a_day_shown_is_read_again(day: date) -> None:
    assert read_day(written_day(day.isoformat())) == day.isoformat()


def test_other_fields_of_a_form_stay_as_they_are() -> None:
    posted = Posted({"held_on": ["8/1/2026"], "topic": ["8/1/2026"]})
    assert with_days(posted, ["held_on", "nowhere"]).values == {"held_on": ["2026-01-08"], "topic": ["8/1/2026"]}
