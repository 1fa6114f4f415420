"""Use cases: a feedback is received, dealt with, answered, declined or forwarded, reopened and closed (Art. 17.2, 18.1).

The law sets no term for answering. TERM is ours (docs/adr/0015): it is written beside each feedback when it comes in and when
it is reopened, so another term later leaves former ones as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.gateway.access import tenancy
from services.gateway.access.missing_roles import role_missing
from services.gateway.feedback.machine import HANDLERS, MACHINE, About, Caller, FeedbackMove, is_own_body, may
from services.gateway.feedback.refused import AnothersStep, FeedbackStepRefused
from services.gateway.feedback.store import feedback as stored
from services.gateway.feedback.store.records import Feedback, Stage
from services.gateway.feedback.views import shown_one
from services.gateway.http.periods import ruled_period
from services.gateway.http.runtime import Runtime
from services.gateway.reports.classification.markers import refuse_classified_words
from shared.audit import Actor, record
from shared.database import Connection
from shared.errors import Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.law.scheme import scheme_for
from shared.period import VIETNAM, Period
from shared.registry_store import is_registered

TERM: Final = timedelta(days=15)
_TOLD: Final = ("subject", "text", "name", "address", "phone", "mail")


@dataclass(frozen=True)
class Sent:
    """What came in. ``contact`` is who an organisation or individual is; None for a body (``agency``)."""

    said: Mapping[str, Any]
    sender: str
    channel: str
    agency: str | None = None
    contact: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Taken:
    """A step to be taken. ``forwarded_to`` is a body, for a forwarding."""

    action: str
    text: str | None = None
    evidence: Sequence[Mapping[str, Any]] = field(default=())
    forwarded_to: str | None = None


async def receive(given: Runtime, actor: Actor, sent: Sent) -> dict[str, Any]:
    """The feedback with its number. Raises Classified, InputInvalid, or NotFound for another body."""
    refuse_classified_words([*_words(sent.said), *_words(sent.contact or {})])
    now = given.clock()
    feedback_id = new_id("fb")
    async with tenancy.transaction(given.database, actor) as connection:
        await _require_subject(connection, sent, now)
        sequence = await stored.next_number(connection)
        number = f"PA-{now.astimezone(VIETNAM).year}-{sequence:06d}"
        key = {"feedback_id": feedback_id, "sequence": sequence, "number": number, "agency": sent.agency}
        of = {"sender": sent.sender, "channel": sent.channel, "created_by": actor.id, "received_at": now}
        await stored.insert_feedback(connection, {**sent.said, **key, **of})
        if sent.contact is not None:
            await stored.insert_contact(connection, {"feedback_id": feedback_id, **sent.contact})
        blank = Stage(feedback_id=feedback_id, agency=sent.agency, state="none", step=0)
        await _write(connection, given, actor, blank, Taken("receive"), MACHINE.require("receive", blank.state))
        return await shown_one(connection, given, actor, await found(connection, feedback_id, sent.agency))


async def take(given: Runtime, actor: Actor, feedback_id: str, taken: Taken, *, agency: str | None = None) -> dict[str, Any]:
    """The feedback after the step; ``agency`` is the body that takes it, None for a national office.

    Raises NotFound, FeedbackStepRefused, OwnBody, AnothersStep, NotAllowed, Classified or InputInvalid.
    """
    refuse_classified_words(_words({"text": taken.text, "evidence": taken.evidence}))
    async with tenancy.transaction(given.database, actor) as connection:
        await stored.lock(connection, feedback_id)
        before = await found(connection, feedback_id, agency)
        move = _require_move(actor, before, taken, agency)
        if taken.forwarded_to is not None:
            await _require_addressee(connection, given, before, taken.forwarded_to)
        await _write(connection, given, actor, before, taken, move)
        return await shown_one(connection, given, actor, await found(connection, feedback_id, agency))


async def found(connection: Connection, feedback_id: str, agency: str | None) -> Feedback:
    """Of a body, what it sent or what was forwarded to it. Raises NotFound."""
    line = await stored.find(connection, feedback_id, agency=agency)
    if line is None:
        raise NotFound(f"no feedback has the id {feedback_id}")
    return line


def _require_move(actor: Actor, line: Feedback, taken: Taken, agency: str | None) -> FeedbackMove:
    move = MACHINE.move(taken.action, line.state)
    if move is None:
        words = f"{taken.action} is no step of a feedback that is {line.state}"
        raise FeedbackStepRefused(words, hint="Read it again.", state=line.state)
    about = About(line.agency, line.about_agency, line.forwarded_to)
    caller = Caller(actor.roles, actor.agency, inside=agency is not None)
    if may(move, caller, about):
        return move
    if move.side in ("office", "either") and is_own_body(caller, about):
        tenancy.require_other_body(actor, actor.agency)
    roles = move.inside_roles if caller.inside else HANDLERS
    if roles and not roles & actor.roles:
        raise role_missing(actor, roles)
    raise AnothersStep(f"{taken.action} of {line.number} is a step of its {move.side}", hint="See allowed_actions.")


async def _write(connection: Connection, given: Runtime, actor: Actor, line: Stage, taken: Taken, move: FeedbackMove) -> None:
    now = given.clock()
    key = {"feedback_id": line.feedback_id, "number": line.step + 1, "agency": line.agency}
    moved = {"action": taken.action, "from_state": line.state, "to_state": move.to_state}
    said = {"text": taken.text, "evidence": list(taken.evidence), "forwarded_to": taken.forwarded_to}
    due = (now.astimezone(VIETNAM) + TERM).date() if taken.action in ("receive", "reopen") else None
    who = {"actor": actor.id, "actor_agency": actor.agency or tenancy.OFFICE}
    await stored.insert_step(connection, {**key, **moved, **said, **who, "due_on": due, "taken_at": now})
    if taken.forwarded_to is not None:
        await stored.insert_forwarding(connection, line.feedback_id, agency=taken.forwarded_to, sender=line.agency)
    # Neither the text nor who sent it: those stand in the register, for those who may read it there.
    detail = {"step": key["number"], "to_state": move.to_state, "forwarded_to": taken.forwarded_to}
    await record(connection, actor.id, f"feedback.{taken.action}", line.feedback_id, detail=detail)


async def _require_subject(connection: Connection, sent: Sent, now: datetime) -> None:
    """Body, month and indicator are such as there are."""
    period = None if sent.said["period"] is None else ruled_period(sent.said["period"])
    indicators = scheme_for(period or Period.holding(now)).indicators
    faults = []
    if sent.said["indicator"] is not None and sent.said["indicator"] not in indicators:
        expected = ", ".join(indicators)
        faults.append(Fault("/indicator", "no such indicator", seen=sent.said["indicator"], expected=expected))
    about = sent.said["about_agency"]
    if about is not None and not await is_registered(connection, about, period.last_day if period else _today(now)):
        faults.append(Fault("/about_agency", "no scored body has this code", seen=about))
    if faults:
        raise InputInvalid("the feedback is about nothing there is", faults=faults)


async def _require_addressee(connection: Connection, given: Runtime, line: Feedback, agency: str) -> None:
    if not await is_registered(connection, agency, _today(given.clock())):
        fault = Fault("/agency", "no scored body has this code", seen=agency)
        raise InputInvalid("there is no such body to forward it to", faults=[fault])
    if agency == line.agency:
        fault = Fault("/agency", "has sent it itself", seen=agency, expected="another body")
        raise InputInvalid("a feedback is not forwarded to who sent it", faults=[fault], hint="Answer it instead.")


def _today(now: datetime) -> date:
    return now.astimezone(VIETNAM).date()


def _words(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything somebody wrote, with its place in the request."""
    yield from ((f"/{name}", line) for name in _TOLD if said.get(name) is not None for line in said[name].splitlines())
    for at, each in enumerate(said.get("evidence") or ()):
        yield from ((f"/evidence/{at}/{name}", each[name]) for name in ("title", "link") if each.get(name) is not None)
