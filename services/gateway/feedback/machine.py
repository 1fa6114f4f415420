"""The workflow of a feedback: received, dealt with, answered, declined or forwarded, reopened, closed. Pure.

The database holds every step against the same list (`intake.feedback_move`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

# office: a national office; sender: the body that sent it, an office on behalf of anybody else; either: sender or office;
# addressee: the body it was last forwarded to.
Side = Literal["office", "sender", "either", "addressee"]
SENDERS: Final = frozenset({"agency_drafter", "agency_approver"})
HANDLERS: Final = frozenset({"officer", "assessor"})
EXPLAINER: Final = frozenset({"agency_approver"})


@dataclass(frozen=True)
class Move:
    action: str
    from_state: str
    to_state: str
    side: Side
    text_required: bool = True

    @property
    def inside_roles(self) -> frozenset[str]:
        """Of people of the body whose step it is; of national offices it is always ``HANDLERS``."""
        if self.side == "office":
            return frozenset()
        return EXPLAINER if self.side == "addressee" else SENDERS


MOVES: Final = (
    Move("receive", "none", "received", "sender", text_required=False),
    Move("accept", "received", "in_progress", "office", text_required=False),
    Move("accept", "reopened", "in_progress", "office", text_required=False),
    Move("answer", "in_progress", "answered", "office"),
    Move("answer", "forwarded", "answered", "office"),
    Move("decline", "received", "declined", "office"),
    Move("decline", "in_progress", "declined", "office"),
    Move("decline", "forwarded", "declined", "office"),
    Move("forward", "in_progress", "forwarded", "office"),
    Move("forward", "forwarded", "forwarded", "office"),
    Move("explain", "forwarded", "in_progress", "addressee"),
    Move("reopen", "answered", "reopened", "sender"),
    Move("reopen", "declined", "reopened", "sender"),
    Move("close", "answered", "closed", "either", text_required=False),
    Move("close", "declined", "closed", "either", text_required=False),
)
STATES: Final = tuple(dict.fromkeys(move.to_state for move in MOVES))
# Somebody still has to answer: the others can no longer be overdue.
OPEN: Final = frozenset({"received", "in_progress", "forwarded", "reopened"})


@dataclass(frozen=True)
class About:
    """What decides whose step it is: the sending body (None for others), the body it is about, and whom it lies with."""

    agency: str | None
    about_agency: str | None
    forwarded_to: str | None


@dataclass(frozen=True)
class Caller:
    """``agency`` is the body the person belongs to; ``inside`` whether they act for it or for a national office."""

    roles: frozenset[str]
    agency: str | None
    inside: bool


def move_of(action: str, state: str) -> Move | None:
    """The move an action makes in a state; None where the machine has none."""
    return next((each for each in MOVES if (each.action, each.from_state) == (action, state)), None)


def is_own_body(caller: Caller, about: About) -> bool:
    """Whether somebody of a national office belongs to the body that asks or that is asked about."""
    return not caller.inside and caller.agency is not None and caller.agency in (about.agency, about.about_agency)


def may(move: Move, caller: Caller, about: About) -> bool:
    if caller.inside:
        body = about.forwarded_to if move.side == "addressee" else about.agency
        return bool(move.inside_roles & caller.roles) and body == caller.agency
    if move.side == "addressee" or not HANDLERS & caller.roles:
        return False
    if move.side == "sender":
        return about.agency is None
    return not is_own_body(caller, about)


def allowed_actions(state: str, caller: Caller, about: About) -> list[str]:
    """What the caller may do now, in the order of the machine."""
    return [each.action for each in MOVES if each.from_state == state and may(each, caller, about)]
