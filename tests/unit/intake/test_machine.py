"""The machine as data: what leads where, who may do what next."""

from __future__ import annotations

import pytest

from services.gateway.reports.workflow.machine import FINAL, HOLDERS, MACHINE, MOVES, STATES, Caller, allowed_actions

DRAFTER = Caller(frozenset({"agency_drafter"}), had_a_hand=True)
APPROVER = Caller(frozenset({"agency_approver"}))
SIGNER = Caller(frozenset({"agency_signer"}))


def test_every_state_is_reached_from_nothing_and_only_final_ones_lead_nowhere() -> None:
    reached = {"none"}
    while more := {each.to_state for each in MOVES if each.from_state in reached} - reached:
        reached |= more
    assert reached == set(STATES)
    assert {state for state in STATES if not any(each.from_state == state for each in MOVES)} == FINAL


def test_an_action_in_a_state_is_one_move() -> None:
    assert len({(each.action, each.from_state) for each in MOVES}) == len(MOVES)
    assert MACHINE.move("sign", "in_review") is None
    signed = MACHINE.move("sign", "approved")
    assert signed is not None
    assert signed.to_state == "accepted"


def test_whoever_holds_a_report_can_pass_it_on() -> None:
    for state, role in HOLDERS.items():
        assert any(each.from_state == state and each.role == role for each in MOVES)


@pytest.mark.parametrize(
    ("state", "caller", "expected"),
    [
        ("draft", DRAFTER, ("edit", "validate", "confirm", "attach", "hand_over", "revert")),
        ("draft", APPROVER, ("validate",)),
        ("in_review", DRAFTER, ("validate", "revert")),
        ("in_review", APPROVER, ("validate", "approve", "reject")),
        ("in_review", SIGNER, ("validate",)),
        ("approved", SIGNER, ("validate", "reject", "sign")),
        ("approved", APPROVER, ("validate",)),
        ("accepted", SIGNER, ()),
        ("reverted", DRAFTER, ()),
        ("draft", Caller(frozenset({"operator"})), ()),
        ("draft", Caller(frozenset({"agency_admin"})), ()),
    ],
)
def test_what_a_caller_may_do_next(state: str, caller: Caller, expected: tuple[str, ...]) -> None:
    assert allowed_actions(state, caller=caller) == expected


def test_nobody_agrees_to_what_they_had_a_hand_in() -> None:
    everything = Caller(frozenset({"agency_drafter", "agency_approver", "agency_signer"}), had_a_hand=True)
    assert "approve" not in allowed_actions("in_review", caller=everything)
    assert "reject" in allowed_actions("in_review", caller=everything)
    assert "sign" not in allowed_actions("approved", caller=everything)


def test_a_test_is_never_signed() -> None:
    assert "sign" in allowed_actions("approved", caller=SIGNER, test="real")
    assert "sign" not in allowed_actions("approved", caller=SIGNER, test="test")
