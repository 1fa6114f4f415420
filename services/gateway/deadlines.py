"""Use cases about late reports: extensions, and reports that count although they came late (APR-10, G-12).

There is no switch that forces a report in: both are facts with a document, a reason and an author, and take effect only by a
superseding version of the month's snapshot, which needs two more people (APR-11).
"""

from __future__ import annotations

from datetime import datetime

from services.gateway.errors import AgencyUnknown
from services.gateway.periods import ruled_period
from services.gateway.queries import control
from services.gateway.queries import deadlines as stored
from services.gateway.tenancy import require_other_body, transaction
from services.gateway.words import require_reason
from shared.audit import Actor, record
from shared.calendar import REPORTS, cutoff_of
from shared.database import Database, Row
from shared.errors import Conflict, Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.period import VIETNAM
from shared.registry_store import load_registry
from shared.tables.control import extension, late_acceptance


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


async def grant_extension(
    database: Database,
    *,
    actor: Actor,
    agency: str,
    period: str,
    until: datetime,
    effect: str,
    reason: str,
    document: str,
) -> Row:
    """Puts one body's deadline off. What was handed in before keeps the deadline it had.

    Raises OwnBody, AgencyUnknown, ReasonMissing, or InputInvalid when ``until`` is not after the deadline that holds for all.
    """
    reason = require_reason(reason)
    month = ruled_period(period)
    require_other_body(actor, agency)
    extension_id = new_id("ext")
    values = {"extension_id": extension_id, "agency": agency, "period": period, "until": until, "effect": effect}
    async with transaction(database, actor) as connection:
        if agency not in (await load_registry(connection, month.last_day)).agencies:
            raise AgencyUnknown(f"no scored body has the code {agency!r} in {month}", hint="GET /api/v1/agencies lists them.")
        due = await cutoff_of(connection, month, REPORTS)
        if until <= due:
            said = due.astimezone(VIETNAM).isoformat()
            fault = Fault("/until", "is not after the deadline", seen=until.isoformat(), expected=f"later than {said}")
            raise InputInvalid("an extension puts a deadline off", faults=[fault])
        row = {**values, "document": document, "reason": reason, "actor": actor.id}
        written = await control.insert_row(connection, extension, row)
        detail = {**values, "until": until.isoformat(), "document": document}
        await record(connection, actor.id, "extension.grant", extension_id, reason=reason, detail=detail)
    return written


async def accept_late(database: Database, *, actor: Actor, submission_id: str, reason: str, document: str) -> Row:
    """Lets one late report count in the month's next version. Raises NotFound, OwnBody, NotLate or AlreadyAcceptedLate."""
    reason = require_reason(reason)
    async with transaction(database, actor) as connection:
        found = await stored.find_acceptance(connection, submission_id)
        if found is None:
            raise NotFound(f"no accepted report has the id {submission_id}")
        require_other_body(actor, found["agency"])
        if not found["late"]:
            raise NotLate(f"{submission_id} was handed in before its deadline")
        values = {name: found[name] for name in ("submission_id", "agency", "period")} | {"document": document}
        if await stored.find_late_acceptance(connection, submission_id) is not None:
            raise AlreadyAcceptedLate(f"{submission_id} was accepted late before")
        row = {**values, "reason": reason, "actor": actor.id}
        written = await control.insert_row(connection, late_acceptance, row)
        await record(connection, actor.id, "late_acceptance.record", submission_id, reason=reason, detail=values)
    return written
