"""Use cases: an officer enters or changes a version of a register entry, another person confirms it (ING-11).

A month's gate is held open while a version is written or confirmed: a freeze waits for everybody inside, so what was confirmed
before the deadline is in the snapshot.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from services.gateway.access import tenancy
from services.gateway.access.four_eyes import require_another
from services.gateway.http.runtime import Runtime
from services.gateway.http.words import require_reason
from services.gateway.registers.refused import EntryMoved, MeetingNotInForce, RegisterIncomplete
from services.gateway.registers.rules import PREFIXES, Kind, Standing, closing_faults, speaks_of, summoned
from services.gateway.registers.store import registers as stored
from services.gateway.registers.store.records import Entry
from shared.audit import Actor, record
from shared.calendar import enter_gate
from shared.database import Connection
from shared.errors import NotFound, SamePerson
from shared.ids import new_id
from shared.period import Period


@dataclass(frozen=True)
class Version:
    """What a person says: the kind's content and the digest of what it is taken from."""

    content: Mapping[str, Any]
    evidence_digest: str
    withdrawn: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class About:
    """What an entry is about, for ever: its month, and of attendance and speeches the meeting and the body."""

    period: str
    meeting_id: str | None = None
    agency: str | None = None


@dataclass(frozen=True)
class Office:
    """Where somebody of a national office works on the registers."""

    given: Runtime
    actor: Actor

    @property
    def body(self) -> str:
        """The body the person belongs to, as it is kept beside what they write."""
        return self.actor.agency or tenancy.OFFICE

    @asynccontextmanager
    async def transaction(self, period: str) -> AsyncIterator[Connection]:
        """Within the month's gate; the clock is read after it."""
        async with tenancy.transaction(self.given.database, self.actor) as connection:
            await enter_gate(connection, Period.parse(period))
            yield connection

    @asynccontextmanager
    async def transaction_about(self, kind: Kind, entry_id: str) -> AsyncIterator[tuple[Connection, str]]:
        """As ``transaction``, in the month of an entry, which is its own for ever. Raises NotFound."""
        async with tenancy.transaction(self.given.database, self.actor) as connection:
            period = (await find(connection, kind, entry_id)).period
            await enter_gate(connection, Period.parse(period))
            yield connection, period

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        async with tenancy.read(self.given.database, self.actor) as connection:
            yield connection


async def find(connection: Connection, kind: Kind, entry_id: str) -> Entry:
    """Raises NotFound."""
    found = await stored.find(connection, kind, entry_id)
    if found is None:
        raise NotFound(f"no {kind} has the id {entry_id}")
    return found


async def summoned_to(connection: Connection, meeting_id: str) -> frozenset[str]:
    """The bodies that a meeting summons. Raises NotFound or MeetingNotInForce."""
    found = await find(connection, "meeting", meeting_id)
    if found.version_in_force is None or found.content_in_force is None:
        raise MeetingNotInForce(f"{meeting_id} awaits its confirmation or was withdrawn", hint="Have it confirmed first.")
    return summoned(found.content_in_force)


async def enter(connection: Connection, office: Office, kind: Kind, about: About, version: Version) -> str:
    """The id of a new entry. Raises OwnBody. What may be entered of this kind is the caller's to have checked."""
    entry_id = new_id(PREFIXES[kind])
    _require_other_bodies(office, kind, about.agency, before=None, after=version.content)
    await _write(connection, office, kind, about, entry_id, 1, version)
    return entry_id


async def change(office: Office, kind: Kind, entry_id: str, version: Version) -> Entry:
    """The entry with its next version: a correction, or a withdrawal. Raises NotFound, OwnBody or ReasonMissing."""
    reason = require_reason(version.reason or "")
    async with office.transaction_about(kind, entry_id) as (connection, period):
        await stored.lock(connection, entry_id)
        found = await find(connection, kind, entry_id)
        after = None if version.withdrawn else version.content
        _require_other_bodies(office, kind, found.agency, before=found.content_in_force, after=after)
        about = About(period, found.meeting_id, found.agency)
        kept = Version(found.content, version.evidence_digest, withdrawn=True) if version.withdrawn else version
        said = Version(kept.content, kept.evidence_digest, kept.withdrawn, reason)
        await _write(connection, office, kind, about, entry_id, found.version + 1, said)
        return await find(connection, kind, entry_id)


async def confirm(office: Office, kind: Kind, entry_id: str, *, version: int, reason: str | None) -> Entry:
    """The entry, now in force as the version says. Raises NotFound, EntryMoved, OwnBody, SamePerson or RegisterIncomplete."""
    async with office.transaction_about(kind, entry_id) as (connection, period):
        await stored.lock(connection, entry_id)
        found = await find(connection, kind, entry_id)
        if found.version != version or found.confirmed_by is not None:
            words = f"{entry_id} stands at version {found.version}"
            raise EntryMoved(words, hint="Read it again.", version=found.version, confirmed_by=found.confirmed_by)
        after = None if found.withdrawn else found.content
        _require_other_bodies(office, kind, found.agency, before=found.content_in_force, after=after)
        await _require_second(connection, office, found)
        if kind == "closing" and after is not None:
            await _require_complete(connection, period, after["meetings"])
        key = {"entry_id": entry_id, "version": version, "actor": office.actor.id}
        given = {"actor_agency": office.body, "reason": reason, "confirmed_at": office.given.clock()}
        await stored.insert_confirmation(connection, {**key, **given})
        detail = {"version": version, "kind": kind, "period": period, "agency": found.agency}
        await record(connection, office.actor.id, "register.confirm", entry_id, reason=reason, detail=detail)
        return await find(connection, kind, entry_id)


async def standings(connection: Connection, period: str) -> list[Standing]:
    """Every meeting of a month, withdrawn ones included, with what is said of it and what waits."""
    found = await stored.of_month(connection, period)
    meetings = [line for line in found if line.kind == "meeting"]
    heard = await stored.attended(connection, [line.entry_id for line in meetings])
    waiting: dict[str, list[str]] = {}
    for line in found:
        if line.confirmed_by is None and line.kind != "closing":
            waiting.setdefault(line.meeting_id or line.entry_id, []).append(line.entry_id)
    return [
        Standing(
            line.entry_id,
            None if line.content_in_force is None else summoned(line.content_in_force),
            heard[line.entry_id],
            tuple(waiting.get(line.entry_id, ())),
        )
        for line in meetings
    ]


async def _require_complete(connection: Connection, period: str, stated: int) -> None:
    faults = closing_faults(stated, await standings(connection, period))
    if faults:
        hint = "Enter, confirm or withdraw what is named, then close the month."
        raise RegisterIncomplete(f"the register of {period} is not complete", faults=faults, hint=hint)


async def _require_second(connection: Connection, office: Office, found: Entry) -> None:
    own = SamePerson(f"{found.entry_id} was written by the same person", hint="Ask a colleague to confirm it.")
    await require_another(connection, office.actor, [found.entered_by], own)


def _require_other_bodies(
    office: Office, kind: Kind, agency: str | None, *, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> None:
    for body in speaks_of(kind, agency, before=before, after=after):
        tenancy.require_other_body(office.actor, body)


async def _write(
    connection: Connection, office: Office, kind: Kind, about: About, entry_id: str, number: int, version: Version
) -> None:
    key = {"entry_id": entry_id, "version": number, "kind": kind, "period": about.period}
    of = {"meeting_id": about.meeting_id, "agency": about.agency, "actor": office.actor.id, "actor_agency": office.body}
    said = {"content": dict(version.content), "evidence_digest": version.evidence_digest, "withdrawn": version.withdrawn}
    await stored.insert_version(connection, {**key, **of, **said, "reason": version.reason})
    action = "register.enter" if number == 1 else "register.withdraw" if version.withdrawn else "register.correct"
    detail = {"kind": kind, "version": number, "period": about.period, "agency": about.agency}
    await record(connection, office.actor.id, action, entry_id, reason=version.reason,
                 detail={**detail, "evidence_digest": version.evidence_digest})  # fmt: skip
