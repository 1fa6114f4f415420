"""The workflow of an initiative: body proposes, standing agency assesses, a decision gives the points (F-2). Pure.

The database holds every step against the same list (`intake.initiative_move`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from services.gateway.workflow import Machine, Move

DRAFTER, APPROVER = "agency_drafter", "agency_approver"
ASSESSOR: Final = frozenset({"assessor"})
DECIDERS: Final = frozenset({"officer", "publisher"})


@dataclass(frozen=True)
class InitiativeMove(Move):
    """One step. ``national``: taken by somebody of another body than the one that proposes."""

    roles: frozenset[str]
    national: bool = False
    reason_required: bool = False


MOVES: Final = (
    InitiativeMove("propose", "none", "proposed", frozenset({DRAFTER})),
    InitiativeMove("approve", "proposed", "submitted", frozenset({APPROVER})),
    InitiativeMove("withdraw", "proposed", "withdrawn", frozenset({DRAFTER}), reason_required=True),
    InitiativeMove("withdraw", "submitted", "withdrawn", frozenset({DRAFTER}), reason_required=True),
    InitiativeMove("assess", "submitted", "assessed", ASSESSOR, national=True, reason_required=True),
    InitiativeMove("assess", "assessed", "assessed", ASSESSOR, national=True, reason_required=True),
    InitiativeMove("decide", "assessed", "decided", DECIDERS, national=True, reason_required=True),
    InitiativeMove("decide", "decided", "decided", DECIDERS, national=True, reason_required=True),
)
MACHINE: Final = Machine(MOVES)
# Steps that another person takes than those who took the step they rest on (RUL-15, APR-03).
RESTS_ON: Final = {"approve": "propose", "decide": "assess"}


@dataclass(frozen=True)
class Caller:
    """Who asks: roles, whether the body is theirs, and on which actions' steps they had a hand."""

    roles: frozenset[str]
    own: bool
    hands: Collection[str] = ()


def allowed_actions(state: str, caller: Caller) -> list[str]:
    """What the caller may do now, in the order of the machine."""
    return MACHINE.actions(state, lambda move: _may(move, caller))


def _may(move: InitiativeMove, caller: Caller) -> bool:
    return bool(move.roles & caller.roles) and move.national != caller.own and RESTS_ON.get(move.action) not in caller.hands
