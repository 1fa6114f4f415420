"""The workflow of an initiative: body proposes, standing agency assesses, a decision gives the points (F-2). Pure.

The database holds every step against the same list (`intake.initiative_move`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

DRAFTER, APPROVER = "agency_drafter", "agency_approver"
ASSESSOR: Final = frozenset({"assessor"})
DECIDERS: Final = frozenset({"officer", "publisher"})


@dataclass(frozen=True)
class Move:
    """One step. ``national``: taken by somebody of another body than the one that proposes."""

    action: str
    from_state: str
    to_state: str
    roles: frozenset[str]
    national: bool = False
    reason_required: bool = False


MOVES: Final = (
    Move("propose", "none", "proposed", frozenset({DRAFTER})),
    Move("approve", "proposed", "submitted", frozenset({APPROVER})),
    Move("withdraw", "proposed", "withdrawn", frozenset({DRAFTER}), reason_required=True),
    Move("withdraw", "submitted", "withdrawn", frozenset({DRAFTER}), reason_required=True),
    Move("assess", "submitted", "assessed", ASSESSOR, national=True, reason_required=True),
    Move("assess", "assessed", "assessed", ASSESSOR, national=True, reason_required=True),
    Move("decide", "assessed", "decided", DECIDERS, national=True, reason_required=True),
    Move("decide", "decided", "decided", DECIDERS, national=True, reason_required=True),
)
# Steps that another person takes than those who took the step they rest on (RUL-15, APR-03).
RESTS_ON: Final = {"approve": "propose", "decide": "assess"}


def move_of(action: str, state: str) -> Move | None:
    """The move an action makes in a state; None where the machine has none."""
    return next((each for each in MOVES if (each.action, each.from_state) == (action, state)), None)


@dataclass(frozen=True)
class Caller:
    """Who asks: roles, whether the body is theirs, and on which actions' steps they had a hand."""

    roles: frozenset[str]
    own: bool
    hands: Collection[str] = ()


def allowed_actions(state: str, caller: Caller) -> list[str]:
    """What the caller may do now, in the order of the machine."""
    return [each.action for each in MOVES if each.from_state == state and _may(each, caller)]


def _may(move: Move, caller: Caller) -> bool:
    return bool(move.roles & caller.roles) and move.national != caller.own and RESTS_ON.get(move.action) not in caller.hands
