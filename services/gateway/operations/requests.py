"""Requests that wait for a second person: all of them in one list, and ending one before anybody approved it (ADR 39)."""

from __future__ import annotations

from typing import Any, Final

from services.gateway.access.four_eyes import Act, once
from services.gateway.access.permits import PUBLISHING
from services.gateway.access.store.decisions import hold_decisions
from services.gateway.http.answers import API
from services.gateway.http.errors import AlreadyApproved, DecisionEnded
from services.gateway.http.words import require_reason
from services.gateway.operations.store import control
from services.gateway.operations.store.records import Command
from services.gateway.operations.store.records import WaitingRequest as WaitingRequest
from services.gateway.operations.store.waiting import list_waiting
from shared.audit import Actor
from shared.database import Connection, Database
from shared.errors import NotAllowed, NotFound
from shared.people import same_among
from shared.tables.control import command_end

# By the kind of request: where it stands, where a second person agrees, and where it is ended; None where it only waits.
_DECISION: Final = ("/decisions/{id}", "/decisions/{id}/approvals", "/decisions/{id}/refusals")
_PLACES: Final = {
    "ruling": _DECISION,
    "applicability": _DECISION,
    "calendar_entry": _DECISION,
    "rule_activation": _DECISION,
    "extension": ("/extensions/{id}", "/extensions/{id}/approvals", None),
    "omission": ("/omissions/{id}", "/omissions/{id}/approvals", None),
    "supersession": tuple(f"/snapshots/{{about}}/supersessions/{{id}}{rest}" for rest in ("", "/approvals", "/refusals")),
    "restoration": tuple(f"/publications/{{id}}{rest}" for rest in ("", "/approvals", "/refusals")),
}


def shown(line: WaitingRequest) -> dict[str, Any]:
    """A request as a document: what it is, where it stands, who can end its waiting."""
    names = ("place", "approvals", "refusals")
    found = zip(names, _PLACES[line.kind], strict=True)
    places = {name: path and API + path.format(id=line.request_id, about=line.about) for name, path in found}
    return {**vars(line), **places, "waits_for": {"roles": sorted(PUBLISHING.roles), "other_than": line.actor}}


async def waiting(database: Database) -> list[WaitingRequest]:
    """What waits and is no decision (those: operations.decisions.waiting)."""
    async with database.read() as connection:
        return [each for each in await list_waiting(connection) if _PLACES[each.kind] is not _DECISION]


async def end(
    database: Database, *, actor: Actor, command_id: str, reason: str, kind: str | None = None, snapshot_id: str | None = None
) -> str:
    """Who asked takes it back, a publisher else refuses it; nothing has happened and nothing will. Answers `taken_back` or
    `refused`. ``kind`` is `supersede` or `restore`, None for either; ``snapshot_id`` the snapshot of which it must be.

    Raises NotFound, NotAllowed, AlreadyApproved, DecisionEnded or ReasonMissing.
    """
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await hold_decisions(connection)
        asked = await control.find_command(connection, command_id, *((kind,) if kind else ("supersede", "restore")))
        if asked is None or snapshot_id not in (None, asked.arguments.get("snapshot_id")):
            raise NotFound(f"no request has the id {command_id}")
        require_not_ended(asked)
        if asked.approver is not None:
            raise AlreadyApproved(f"{command_id} was approved before")
        how = await _how(connection, actor, asked)
        act = Act(command_end, "command_id", f"request.{how}")
        about = {"command_id": command_id, "kind": how}
        await once(connection, act, actor, about, _ended(command_id), reason=reason, detail={"period": asked.period})
    return how


def require_not_ended(asked: Command) -> None:
    """Raises DecisionEnded."""
    if asked.ended is not None:
        raise _ended(asked.command_id)


async def _how(connection: Connection, actor: Actor, asked: Command) -> str:
    if await same_among(connection, actor.id, [asked.actor]):
        return "taken_back"
    if "publisher" not in actor.roles:
        hint = "Who asked takes it back; a publisher refuses it."
        raise NotAllowed("only a publisher refuses what another person asked for", hint=hint)
    return "refused"


def _ended(command_id: str) -> DecisionEnded:
    return DecisionEnded(f"{command_id} was refused or taken back before")
