"""Which versions count at an instant, who speaks for a body at a meeting, and when a body's month is unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.ingest.from_intake.register_choice import Decision, Entry, choose, decided_by, in_force, who_counts

AT = datetime(2026, 2, 4, 17, tzinfo=UTC)
TICK = timedelta(microseconds=1)
BODIES = ("G06", "H38")


def entry(entry_id: str, kind: str, content: dict[str, Any], *, at: datetime = AT - TICK, **words: Any) -> Entry:
    given = {"version": 1, "meeting_id": None, "agency": None, "withdrawn": False, "evidence_digest": "sha256:" + "1" * 64}
    return Entry(entry_id=entry_id, kind=kind, content=content, confirmed_at=at, **{**given, **words})


def meeting(entry_id: str, *agencies: str, **words: Any) -> Entry:
    called = [{"agency": body, "required_role": "head", "online_allowed": False} for body in agencies]
    content = {"held_on": "2026-01-08", "chair": "minh họa", "topic": "minh họa", "summons": called}
    return entry(entry_id, "meeting", content, **words)


def attendance(entry_id: str, of: str, body: str, *roles: str, **words: Any) -> Entry:
    people = [{"role": role, "mode": "in_person"} for role in roles]
    return entry(entry_id, "attendance", {"attendees": people}, meeting_id=of, agency=body, **words)


def closing(meetings: int, **words: Any) -> Entry:
    return entry("close_1", "closing", {"meetings": meetings}, **words)


def decision(step: int, points: int, *, at: datetime = AT - TICK) -> Decision:
    return Decision("init_1", step, "H38", "minh họa", points, "7/QĐ", date(2026, 2, 1), "sha256:" + "2" * 64, at)


def test_the_last_version_confirmed_before_the_instant_counts() -> None:
    old, new = attendance("a", "m", "G06"), attendance("a", "m", "G06", "head", version=2, at=AT)
    assert in_force([new, old], as_of=AT) == [old]
    assert in_force([new, old], as_of=AT + TICK) == [new]
    gone = attendance("a", "m", "G06", version=3, withdrawn=True, at=AT)
    assert in_force([old, new, gone], as_of=AT + TICK) == []


def test_a_later_decision_replaces_and_one_to_come_does_not_count() -> None:
    assert [each.points for each in decided_by([decision(5, 0, at=AT), decision(4, 3)], as_of=AT)] == [3]
    assert [each.points for each in decided_by([decision(5, 0, at=AT), decision(4, 3)], as_of=AT + TICK)] == [0]


@pytest.mark.parametrize(
    ("online", "people", "counts"),
    [
        (False, [], (None, None)),
        (False, ["head/online"], ("head", "online")),
        (False, ["head/online", "officer/in_person"], ("officer", "in_person")),
        (True, ["head/online", "deputy/in_person"], ("head", "online")),
        (True, ["deputy/online", "deputy/in_person"], ("deputy", "in_person")),
        (False, ["acting_head/in_person", "head/in_person", "deputy/in_person"], ("head", "in_person")),
    ],
)
def test_the_highest_role_in_an_allowed_mode_speaks_for_the_body(
    online: bool,  # noqa: FBT001 - a fact of the case
    people: list[str],
    counts: tuple[str | None, str | None],
) -> None:
    came = [{"role": role, "mode": mode} for role, mode in (person.split("/") for person in people)]
    assert who_counts({"online_allowed": online}, came) == counts
    assert who_counts({"online_allowed": online}, came[::-1]) == counts, "in whatever order they are written"


def test_nothing_is_said_of_anybody_until_the_month_is_closed_with_as_many_meetings_as_stand() -> None:
    month = [meeting("m", "G06"), attendance("a", "m", "G06", "head")]
    for entries in (month, [*month, closing(2)], [*month, closing(1, at=AT)]):
        choice = choose(entries, [decision(4, 3)], agencies=BODIES, as_of=AT)
        assert (choice.closed, [len(rows) for rows in choice.rows.values()]) == (False, [0, 0, 0, 0])
    whole = choose([*month, closing(1)], [decision(4, 3)], agencies=BODIES, as_of=AT)
    assert whole.rows["registers"] == [
        {"agency": "G06", "summonses": 1, "speeches": 0, "initiatives": 0},
        {"agency": "H38", "summonses": 0, "speeches": 0, "initiatives": 1},
    ]


def test_a_body_whose_coming_nobody_recorded_is_left_out() -> None:
    month = [meeting("m", "G06", "H38"), attendance("a", "m", "H38"), closing(1)]
    choice = choose(month, [], agencies=BODIES, as_of=AT)
    assert choice.incomplete == {"G06": ["m"]}
    assert [row["agency"] for row in choice.rows["registers"]] == ["H38"]
    assert [row["attended_role"] for row in choice.rows["summonses"]] == [None]


def test_what_stands_under_no_meeting_is_named_and_not_counted() -> None:
    month = [
        meeting("m", "G06"),
        attendance("a", "m", "G06"),
        attendance("b", "m", "H38"),
        attendance("c", "gone", "G06"),
        closing(1),
    ]
    choice = choose(month, [], agencies=BODIES, as_of=AT)
    assert (choice.stray, choice.incomplete) == (("b", "c"), {})
    assert len(choice.rows["summonses"]) == 1


def test_a_refusal_gives_no_row_and_stays_in_the_evidence() -> None:
    choice = choose([closing(0)], [decision(4, 0)], agencies=BODIES, as_of=AT)
    assert (choice.rows["initiatives"], len(choice.decisions)) == ([], 1)
