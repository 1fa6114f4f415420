"""Use cases of the bonus: a body proposes, the standing agency assesses, a decision gives whole points (F-1 to F-3, RUL-15).

Never by the proposing body itself, never a step and the one it rests on by one person. A decision is credited to the
initiative's month; where that month is frozen, the answer says after which snapshot another version is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.gateway.access import tenancy
from services.gateway.access.four_eyes import require_another
from services.gateway.access.missing_roles import role_missing
from services.gateway.http.answers import chosen
from services.gateway.http.errors import AgencyUnknown, PeriodUnknown
from services.gateway.http.periods import known_period
from services.gateway.http.runtime import Runtime
from services.gateway.http.words import require_reason
from services.gateway.registers.initiative_machine import MACHINE, RESTS_ON, Caller, InitiativeMove, allowed_actions
from services.gateway.registers.refused import InitiativeStepRefused
from services.gateway.registers.store import initiatives as stored
from services.gateway.registers.store.records import Initiative, Stage
from shared.audit import Actor, record
from shared.calendar import enter_gate
from shared.database import Connection
from shared.errors import Fault, InputInvalid, NotFound, SamePerson
from shared.ids import new_id
from shared.people import same_among
from shared.period import VIETNAM, Period
from shared.registry_store import is_registered

_STEP = ("number", "action", "to_state", "actor", "reason", "points", "decision_number", "decided_on", "decision_digest",
         "taken_at")  # fmt: skip
_SHOWN = ("initiative_id", "agency", "period", "title", "explanation", "document", "document_digest", "state",
          "proposed_points", "points", "needs_version_after")  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """A step to be taken. ``said`` are the columns that assessments and decisions fill."""

    action: str
    reason: str | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


async def propose(given: Runtime, actor: Actor, *, agency: str, proposal: Mapping[str, Any]) -> dict[str, Any]:
    """``proposal`` holds period, title, explanation, document and its digest. Raises InputInvalid or AgencyUnknown."""
    period = _month(given, proposal["period"])
    initiative_id = new_id("init")
    async with tenancy.transaction(given.database, actor) as connection:
        if not await is_registered(connection, agency, period.last_day):
            raise AgencyUnknown(f"no scored body has the code {agency!r} in {period}")
        about = {"initiative_id": initiative_id, "agency": agency, "created_by": actor.id}
        await stored.insert_proposal(connection, {**proposal, **about})
        blank = Stage(initiative_id=initiative_id, agency=agency, period=str(period), state="none", step=0)
        await _write(connection, given, actor, blank, Taken("propose"), MACHINE.require("propose", blank.state))
        return await shown_one(connection, actor, await _found(connection, initiative_id, agency))


async def step(given: Runtime, actor: Actor, initiative_id: str, taken: Taken, *, agency: str | None = None) -> dict[str, Any]:
    """The initiative after the step; ``agency`` for steps of the body itself.

    Raises NotFound, InitiativeStepRefused, OwnBody, SamePerson, ReasonMissing, or InputInvalid for a decision of a day to come.
    """
    _refuse_future(given, taken)
    async with tenancy.transaction(given.database, actor) as connection:
        await stored.lock(connection, initiative_id)
        found = await _found(connection, initiative_id, agency)
        await enter_gate(connection, Period.parse(found.period))
        move, reason = await _require_move(connection, actor, found, taken)
        await _write(connection, given, actor, found, Taken(taken.action, reason, taken.said), move)
        return await shown_one(connection, actor, await _found(connection, initiative_id, agency))


async def find_shown(connection: Connection, actor: Actor, initiative_id: str, agency: str | None = None) -> dict[str, Any]:
    """Raises NotFound; outside the body also while the body has not approved it."""
    found = await _found(connection, initiative_id, agency)
    if agency is None and found.state == "proposed":
        raise NotFound(f"no initiative has the id {initiative_id}")
    return await shown_one(connection, actor, found)


async def shown(connection: Connection, actor: Actor, found: Sequence[Initiative]) -> list[dict[str, Any]]:
    """Documents of initiatives, with what this caller may do next."""
    steps = await stored.steps_of(connection, [line.initiative_id for line in found])
    own = await same_among(connection, actor.id, (each.actor for taken in steps.values() for each in taken))
    documents = []
    for line in found:
        taken = steps[line.initiative_id]
        hands = {each.action for each in taken if each.actor in own}
        caller = Caller(actor.roles, own=actor.agency == line.agency, hands=hands)
        document = chosen(line, _SHOWN)
        history = [chosen(each, _STEP) for each in taken]
        documents.append({**document, "allowed_actions": allowed_actions(line.state, caller), "steps": history})
    return documents


async def shown_one(connection: Connection, actor: Actor, found: Initiative) -> dict[str, Any]:
    return (await shown(connection, actor, [found]))[0]


async def _found(connection: Connection, initiative_id: str, agency: str | None) -> Initiative:
    found = await stored.find(connection, initiative_id, agency=agency)
    if found is None:
        raise NotFound(f"no initiative has the id {initiative_id}")
    return found


async def _require_move(
    connection: Connection, actor: Actor, found: Initiative, taken: Taken
) -> tuple[InitiativeMove, str | None]:
    """The move, and the reason to be kept. Raises InitiativeStepRefused, OwnBody, NotAllowed, SamePerson or ReasonMissing."""
    move = MACHINE.move(taken.action, found.state)
    if move is None:
        words = f"{taken.action} is no step of an initiative that is {found.state}"
        raise InitiativeStepRefused(words, hint="Read it again.", state=found.state)
    if move.national:
        tenancy.require_other_body(actor, found.agency)
    if not move.roles & actor.roles:
        raise role_missing(actor, move.roles)
    await _require_second(connection, actor, found, RESTS_ON.get(taken.action))
    if taken.reason is None and not move.reason_required:
        return move, None
    return move, require_reason(taken.reason or "")


async def _require_second(connection: Connection, actor: Actor, found: Initiative, rests_on: str | None) -> None:
    steps = (await stored.steps_of(connection, [found.initiative_id]))[found.initiative_id]
    hands = [each.actor for each in steps if each.action == rests_on]
    own = SamePerson(f"{found.initiative_id}: {rests_on} was by the same person", hint="Ask a colleague.")
    await require_another(connection, actor, hands, own)


async def _write(
    connection: Connection, given: Runtime, actor: Actor, found: Stage, taken: Taken, move: InitiativeMove
) -> None:
    place = {"initiative_id": found.initiative_id, "number": found.step + 1, "agency": found.agency,
             "period": found.period}  # fmt: skip
    moved = {"action": taken.action, "from_state": found.state, "to_state": move.to_state}
    who = {"actor": actor.id, "actor_agency": actor.agency or tenancy.OFFICE, "reason": taken.reason}
    await stored.insert_step(connection, {**place, **moved, **who, **taken.said, "taken_at": given.clock()})
    detail = {"period": found.period, "agency": found.agency, **{name: str(value) for name, value in taken.said.items()}}
    await record(connection, actor.id, f"initiative.{taken.action}", found.initiative_id, reason=taken.reason, detail=detail)


def _month(given: Runtime, period: str) -> Period:
    try:
        return known_period(period, now=given.clock())
    except PeriodUnknown as error:
        fault = Fault("/period", "is no scored month, or has not begun", seen=period)
        raise InputInvalid(error.detail, faults=[fault]) from error


def _refuse_future(given: Runtime, taken: Taken) -> None:
    decided_on = taken.said.get("decided_on")
    today = given.clock().astimezone(VIETNAM).date()
    if decided_on is not None and decided_on > today:
        fault = Fault("/decided_on", "has not come yet", seen=str(decided_on), expected=f"{today} or before")
        raise InputInvalid("a decision is recorded once it was taken", faults=[fault])
