"""The workflow of a feedback: received, dealt with, answered, declined or forwarded, reopened, closed. Pure.

The database holds every step against the same list (`intake.feedback_move`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.gateway.workflow import Machine, Move

# office: a national office; sender: the body that sent it, an office on behalf of anybody else; either: sender or office;
# addressee: the body it was last forwarded to.
Side = Literal["office", "sender", "either", "addressee"]
SENDERS: Final = frozenset({"agency_drafter", "agency_approver"})
HANDLERS: Final = frozenset({"officer", "assessor"})
EXPLAINER: Final = frozenset({"agency_approver"})


@dataclass(frozen=True)
class FeedbackMove(Move):
    side: Side
    text_required: bool = True

    @property
    def inside_roles(self) -> frozenset[str]:
        """Of people of the body whose step it is; of national offices it is always ``HANDLERS``."""
        if self.side == "office":
            return frozenset()
        return EXPLAINER if self.side == "addressee" else SENDERS


MOVES: Final = (
    FeedbackMove("receive", "none", "received", "sender", text_required=False),
    FeedbackMove("accept", "received", "in_progress", "office", text_required=False),
    FeedbackMove("accept", "reopened", "in_progress", "office", text_required=False),
    FeedbackMove("answer", "in_progress", "answered", "office"),
    FeedbackMove("answer", "forwarded", "answered", "office"),
    FeedbackMove("decline", "received", "declined", "office"),
    FeedbackMove("decline", "in_progress", "declined", "office"),
    FeedbackMove("decline", "forwarded", "declined", "office"),
    FeedbackMove("forward", "in_progress", "forwarded", "office"),
    FeedbackMove("forward", "forwarded", "forwarded", "office"),
    FeedbackMove("explain", "forwarded", "in_progress", "addressee"),
    FeedbackMove("reopen", "answered", "reopened", "sender"),
    FeedbackMove("reopen", "declined", "reopened", "sender"),
    FeedbackMove("close", "answered", "closed", "either", text_required=False),
    FeedbackMove("close", "declined", "closed", "either", text_required=False),
)
MACHINE: Final = Machine(MOVES)
STATES: Final = MACHINE.states
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


def is_own_body(caller: Caller, about: About) -> bool:
    """Whether somebody of a national office belongs to the body that asks or that is asked about."""
    return not caller.inside and caller.agency is not None and caller.agency in (about.agency, about.about_agency)


def may(move: FeedbackMove, caller: Caller, about: About) -> bool:
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
    return MACHINE.actions(state, lambda move: may(move, caller, about))
