"""The workflow of a submission: its states, the only moves there are, and what a caller may do next (APR-12).

The database holds every step against the same list (`intake.move`); `GET /submission-machine` publishes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.gateway.workflow import Machine, Move

State = Literal["none", "draft", "in_review", "approved", "accepted", "reverted"]
Action = Literal["create", "hand_over", "approve", "reject", "sign", "revert", "lapse"]

STATES: Final[tuple[State, ...]] = ("none", "draft", "in_review", "approved", "accepted", "reverted")
FINAL: Final[frozenset[str]] = frozenset({"accepted", "reverted"})
DRAFTER, APPROVER, SIGNER = "agency_drafter", "agency_approver", "agency_signer"
ANYONE = "anyone"


@dataclass(frozen=True)
class ReportMove(Move):
    """One step. ``role`` may take it; ``anyone`` is the system, when what was agreed to is no longer so (APR-09)."""

    role: str
    reason_required: bool = False


MOVES: Final = (
    ReportMove("create", "none", "draft", DRAFTER),
    ReportMove("hand_over", "draft", "in_review", DRAFTER),
    ReportMove("approve", "in_review", "approved", APPROVER),
    ReportMove("reject", "in_review", "draft", APPROVER, reason_required=True),
    ReportMove("reject", "approved", "draft", SIGNER, reason_required=True),
    ReportMove("sign", "approved", "accepted", SIGNER),
    ReportMove("revert", "draft", "reverted", DRAFTER, reason_required=True),
    ReportMove("revert", "in_review", "reverted", DRAFTER, reason_required=True),
    ReportMove("revert", "approved", "reverted", DRAFTER, reason_required=True),
    ReportMove("lapse", "in_review", "draft", ANYONE, reason_required=True),
    ReportMove("lapse", "approved", "draft", ANYONE, reason_required=True),
)

MACHINE: Final = Machine(MOVES)

# Work that is no step by itself: who may do it, and in which states.
WORK: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    # Of what is approved the approval lapses with the edit (APR-09); under review it is locked (APR-04).
    "edit": (frozenset({DRAFTER}), frozenset({"draft", "approved"})),
    "validate": (frozenset({DRAFTER, APPROVER, SIGNER}), frozenset({"draft", "in_review", "approved"})),
    "confirm": (frozenset({DRAFTER}), frozenset({"draft"})),
    "attach": (frozenset({DRAFTER}), frozenset({"draft"})),
}

# Whose turn it is.
HOLDERS: Final[dict[str, str]] = {"draft": DRAFTER, "in_review": APPROVER, "approved": SIGNER}
# Steps that need another person than those who had a hand in the report (APR-03).
SECOND_PERSON: Final[frozenset[str]] = frozenset({"approve", "sign"})


def agreeing_step(state: str) -> str:
    """Which step agrees next in a state: what stood against somebody approving is less than what stands against signing."""
    return "sign" if state == "approved" else "approve"


@dataclass(frozen=True)
class Caller:
    """Who asks: the roles inside the body, and whether this person had a hand in the report that bars the next agreement."""

    roles: frozenset[str]
    had_a_hand: bool = False


def allowed_actions(state: str, *, caller: Caller, test: Literal["test", "real"] = "real") -> tuple[str, ...]:
    """What the caller may do now, in the order of the machine; a test is never signed (INT-03)."""

    def may(move: ReportMove) -> bool:
        barred = caller.had_a_hand and move.action in SECOND_PERSON
        return move.role in caller.roles and not barred and not (move.action == "sign" and test == "test")

    work = [action for action, (roles, states) in WORK.items() if state in states and roles & caller.roles]
    return (*work, *MACHINE.actions(state, may))
