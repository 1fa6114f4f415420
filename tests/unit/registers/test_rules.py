"""What a version of an entry says about whom, when a month may be closed, and what an initiative's next step may be."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.registers.initiative_machine import MACHINE, MOVES, RESTS_ON, Caller, allowed_actions
from services.gateway.registers.rules import Standing, closing_faults, speaks_of, speech_faults

HEAD = {"agency": "G06", "required_role": "head", "online_allowed": False}
DEPUTY = {**HEAD, "required_role": "deputy"}
OTHER = {**HEAD, "agency": "H38"}


def called(*summons: dict[str, Any]) -> dict[str, Any]:
    return {"summons": list(summons)}


@pytest.mark.parametrize(
    ("before", "after", "about"),
    [
        (None, called(HEAD, OTHER), {"G06", "H38"}),
        (called(HEAD), called(HEAD, OTHER), {"H38"}),
        (called(HEAD, OTHER), called(OTHER, HEAD), set()),
        (called(HEAD, OTHER), called(DEPUTY, OTHER), {"G06"}),
        (called(HEAD, OTHER), None, {"G06", "H38"}),
        (called(HEAD), called({**HEAD, "online_allowed": True}), {"G06"}),
    ],
)
def test_a_meeting_speaks_of_the_bodies_whose_summons_it_changes(before: Any, after: Any, about: set[str]) -> None:
    assert speaks_of("meeting", None, before=before, after=after) == about


def test_what_is_entered_of_a_body_speaks_of_it_and_a_closing_of_none() -> None:
    assert speaks_of("attendance", "G06", before=None, after={"attendees": []}) == {"G06"}
    assert speaks_of("closing", None, before=None, after={"meetings": 3}) == frozenset()


def test_only_a_mark_needs_a_note() -> None:
    assert [fault.place for fault in speech_faults({"qualifying": True, "note": None})] == ["/note"]
    assert speech_faults({"qualifying": False, "note": None}) == []


def test_a_month_is_complete_when_all_is_confirmed_and_everybody_is_accounted_for() -> None:
    both = frozenset({"G06", "H38"})
    whole = [Standing("meet_1", both, both), Standing("meet_2", None, frozenset())]
    assert closing_faults(1, whole) == []
    assert [fault.place for fault in closing_faults(2, whole)] == ["/meetings"]
    short = [Standing("meet_1", both, frozenset({"G06"}), waiting=("att_9",))]
    assert [(fault.place, fault.seen) for fault in closing_faults(1, short)] == [
        ("/meetings/meet_1", None), ("/meetings/meet_1", "H38"),
    ]  # fmt: skip


def test_no_step_rests_on_its_own_hand() -> None:
    for action, before in RESTS_ON.items():
        move = next(each for each in MOVES if each.action == action)
        caller = Caller(move.roles, own=not move.national)
        assert action in allowed_actions(move.from_state, caller)
        same = Caller(move.roles, own=not move.national, hands={before})
        assert action not in allowed_actions(move.from_state, same)


@pytest.mark.parametrize("move", MOVES)
def test_national_steps_are_never_of_the_body_itself(move: Any) -> None:
    assert move.action not in allowed_actions(move.from_state, Caller(move.roles, own=move.national))
    assert MACHINE.move(move.action, move.from_state) == move


def test_an_end_is_an_end() -> None:
    everybody = frozenset().union(*(move.roles for move in MOVES))
    assert {own: allowed_actions("withdrawn", Caller(everybody, own=own)) for own in (True, False)} == {True: [], False: []}
    assert MACHINE.move("assess", "proposed") is None
