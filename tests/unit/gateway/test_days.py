"""Days typed into forms: day before month, always, whatever the browser's own language is."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.gateway.pages.days import read_day, read_moment, with_days, written_day
from services.gateway.pages.own_api import Answer, Refused
from services.gateway.pages.posted import Posted
from services.gateway.pages.problems import problem_context


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


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("10/2/2026 17:30", "2026-02-10T17:30:00+07:00"),
        ("10/02/2026 9h05", "2026-02-10T09:05:00+07:00"),
        ("2026-02-10T17:30", "2026-02-10T17:30:00+07:00"),
        ("10/02/2026", "10/02/2026"),
        ("31/02/2026 17:30", "31/02/2026 17:30"),
    ],
)
def test_an_hour_is_of_vietnam(typed: str, instant: str) -> None:
    assert read_moment(typed) == instant


def test_a_refusal_asks_for_a_day_as_the_form_does() -> None:
    fault = {"pointer": "/expires_at", "detail": "chưa ghi múi giờ", "expected": "ngày theo dạng NĂM-THÁNG-NGÀY"}
    problem = {"type": "…/input-invalid", "title": "…", "errors": [fault]}
    told = problem_context(Refused(Answer(422, {}, json.dumps(problem).encode())), "vi")["faults"]["/expires_at"][0]
    assert told["detail"] == "không phải là ngày đọc được"
    assert told["expected"] == "ngày/tháng/năm, ví dụ 05/02/2026"
