"""Use cases about late reports: extensions, and reports that count although they came late (APR-10, G-12).

There is no switch that forces a report in. An extension is proposed by one person and approved by another, and holds from the
approval on. Reports that came late count only by a superseding version of the month's snapshot, which needs two more people
(APR-11).
"""

from __future__ import annotations

from datetime import datetime

from services.gateway.access.four_eyes import Act, agree, require_another
from services.gateway.access.tenancy import require_other_body, transaction
from services.gateway.deadlines.store import deadlines as stored
from services.gateway.deadlines.store.records import Extension, LateAcceptance
from services.gateway.http.errors import AgencyUnknown, AlreadyApproved
from services.gateway.http.periods import ruled_period
from services.gateway.http.words import require_reason
from shared.audit import Actor, record
from shared.calendar import deadline_of
from shared.database import Connection, Database, insert_record, insert_row
from shared.errors import Conflict, Fault, InputInvalid, NotFound, SamePerson
from shared.ids import new_id
from shared.period import VIETNAM, Period, in_vietnam
from shared.registry_store import is_registered
from shared.tables.control import extension, extension_approval, late_acceptance

_APPROVAL = Act(extension_approval, "extension_id", "extension.approve")


class ExtensionAddsNothing(Conflict):
    """The extension would not lengthen what holds by now: it ends in the past, or not after what is in force."""

    slug = "extension-adds-nothing"
    title_vi = "Gia hạn không kéo dài thêm"
    title_en = "The extension lengthens nothing"


class NotLate(Conflict):
    """The report was handed in before its deadline; it counts without a decision."""

    slug = "not-late"
    title_vi = "Báo cáo nộp đúng hạn"
    title_en = "The report is not late"


class AlreadyAcceptedLate(Conflict):
    """The report was accepted late before; that is decided once."""

    slug = "already-accepted-late"
    title_vi = "Báo cáo muộn đã được chấp nhận"
    title_en = "Late report already accepted"


async def propose_extension(
    database: Database,
    *,
    actor: Actor,
    agency: str,
    period: str,
    until: datetime,
    effect: str,
    reason: str,
    document: str,
    now: datetime,
) -> Extension:
    """Asks that one body's deadline be put off; nothing moves before another person approves it.

    Raises OwnBody, AgencyUnknown, ReasonMissing, or InputInvalid when ``until`` is past or not after what holds for the body.
    """
    reason = require_reason(reason)
    month = ruled_period(period)
    require_other_body(actor, agency)
    extension_id = new_id("ext")
    values = {"extension_id": extension_id, "agency": agency, "period": period, "until": until, "effect": effect}
    async with transaction(database, actor) as connection:
        if not await is_registered(connection, agency, month.last_day):
            raise AgencyUnknown(f"no scored body has the code {agency!r} in {month}", hint="GET /api/v1/agencies lists them.")
        held = await _held(connection, month, agency=agency, effect=effect)
        if until <= max(held, now):
            later = f"later than {max(held, now).astimezone(VIETNAM).isoformat()}"
            fault = Fault("/until", "is not after the deadline", seen=until.isoformat(), expected=later)
            if held < now:
                fault = Fault("/until", "lies in the past", seen=until.isoformat(), expected=later)
            raise InputInvalid("an extension puts a deadline off", faults=[fault])
        row = {**values, "document": document, "reason": reason, "actor": actor.id}
        await insert_row(connection, extension, row)
        detail = {**values, "until": until.isoformat(), "document": document}
        await record(connection, actor.id, "extension.propose", extension_id, reason=reason, detail=detail)
        return await find_extension(connection, extension_id)


async def approve_extension(database: Database, *, actor: Actor, extension_id: str, reason: str, now: datetime) -> Extension:
    """From the commit on the extension holds; what was handed in before keeps the deadline it had.

    Raises NotFound, OwnBody, SamePerson, ReasonMissing, AlreadyApproved or ExtensionAddsNothing.
    """
    reason = require_reason(reason)
    async with transaction(database, actor) as connection:
        found = await find_extension(connection, extension_id)
        require_other_body(actor, found.agency)
        own = SamePerson("nobody approves their own request", hint="Ask another person to approve it.")
        await require_another(connection, actor, [found.actor], own)
        await stored.lock_extensions(connection, agency=found.agency, period=found.period)
        found = await find_extension(connection, extension_id)
        if found.alone or found.approved_by is not None:
            raise AlreadyApproved(f"{extension_id} was approved before")
        await _require_longer(connection, found, now)
        detail = {"agency": found.agency, "period": found.period, "until": found.until.isoformat()}
        about = {"extension_id": extension_id, "decided_at": now}
        await agree(connection, _APPROVAL, actor, about, reason=reason, detail=detail)
        return await find_extension(connection, extension_id)


async def _held(connection: Connection, month: Period, *, agency: str, effect: str) -> datetime:
    """What an extension of an effect has to go beyond: the body's deadline, or until when its late reports count."""
    due = await deadline_of(connection, month, agency)
    return due.falls_at if effect == "in_time" else due.counts_until


async def _require_longer(connection: Connection, proposed: Extension, now: datetime) -> None:
    """Raises ExtensionAddsNothing where the proposal was overtaken by the clock, the calendar or another extension."""
    month = Period.parse(proposed.period)
    held = await _held(connection, month, agency=proposed.agency, effect=proposed.effect)
    if proposed.until <= max(held, now):
        until, said = (in_vietnam(each) for each in (proposed.until, max(held, now)))
        raise ExtensionAddsNothing(
            f"{proposed.extension_id} ends at {until}, not after {said}",
            hint="Propose another extension that ends later than what holds now.",
        )


async def find_extension(connection: Connection, extension_id: str) -> Extension:
    """With its approval, where there is one. Raises NotFound."""
    found = await stored.find_extension(connection, extension_id)
    if found is None:
        raise NotFound(f"no extension has the id {extension_id}")
    return found


async def accept_late(database: Database, *, actor: Actor, submission_id: str, reason: str, document: str) -> LateAcceptance:
    """Lets one late report count in the month's next version. Raises NotFound, OwnBody, NotLate or AlreadyAcceptedLate."""
    reason = require_reason(reason)
    async with transaction(database, actor) as connection:
        found = await stored.find_acceptance(connection, submission_id)
        if found is None:
            raise NotFound(f"no accepted report has the id {submission_id}")
        require_other_body(actor, found.agency)
        if not found.late:
            raise NotLate(f"{submission_id} was handed in before its deadline")
        values = {"submission_id": submission_id, "agency": found.agency, "period": found.period, "document": document}
        if await stored.find_late_acceptance(connection, submission_id) is not None:
            raise AlreadyAcceptedLate(f"{submission_id} was accepted late before")
        row = {**values, "reason": reason, "actor": actor.id}
        written = await insert_record(connection, late_acceptance, LateAcceptance, row)
        await record(connection, actor.id, "late_acceptance.record", submission_id, reason=reason, detail=values)
    return written
