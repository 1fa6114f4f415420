"""Register entries and initiatives as their readers see them, with what this caller may do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Any

from services.gateway.http.answers import chosen
from services.gateway.registers.entries import Office
from services.gateway.registers.rules import CONFIRMERS, KEEPER, Kind, speaks_of, summoned
from services.gateway.registers.store import registers as stored
from services.gateway.registers.store.records import Entry
from shared.database import Connection
from shared.people import same_among

_PLAIN = ("entry_id", "version", "period", "version_in_force", "evidence_digest", "reason", "entered_by", "entered_at",
          "confirmed_by", "confirmed_at", "content")  # fmt: skip


async def shown(connection: Connection, office: Office, kind: Kind, found: Sequence[Entry]) -> list[dict[str, Any]]:
    """Documents of entries of one kind."""
    own = await same_among(connection, office.actor.id, (line.entered_by for line in found))
    documents = [_document(office, kind, line, own) for line in found]
    if kind == "meeting":
        heard = await stored.attended(connection, [line.entry_id for line in found])
        for line, document in zip(found, documents, strict=True):
            called = frozenset() if line.content_in_force is None else summoned(line.content_in_force)
            document["attendance_missing"] = sorted(called - heard[line.entry_id])
    return documents


async def shown_one(connection: Connection, office: Office, kind: Kind, found: Entry) -> dict[str, Any]:
    return (await shown(connection, office, kind, [found]))[0]


def _document(office: Office, kind: Kind, line: Entry, own: Set[str]) -> dict[str, Any]:
    of = {"meeting_id": line.meeting_id, "agency": line.agency} if line.meeting_id is not None else {}
    return {
        **chosen(line, _PLAIN),
        **of,
        "state": _state(line),
        "withdraws": line.withdrawn,
        "allowed_actions": list(_actions(office, kind, line, own)),
    }


def _state(line: Entry) -> str:
    if line.confirmed_by is None:
        return "awaiting_confirmation"
    return "withdrawn" if line.withdrawn else "in_force"


def _actions(office: Office, kind: Kind, line: Entry, own: Set[str]) -> Iterable[str]:
    actor = office.actor
    after = None if line.withdrawn else line.content
    about = speaks_of(kind, line.agency, before=line.content_in_force, after=after)
    same = line.entered_by in own
    if line.confirmed_by is None and actor.roles & CONFIRMERS and actor.agency not in about and not same:
        yield "confirm"
    if KEEPER in actor.roles and (line.agency is None or actor.agency != line.agency):
        yield "correct"
        if not line.withdrawn:
            yield "withdraw"
