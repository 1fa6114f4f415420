"""Confirming a finding as it is: "so it is, because …", kept for ever, and void when the value changes (DQ-07)."""

from __future__ import annotations

from services.gateway.http.words import require_reason
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store import validations
from services.gateway.reports.store.records import Confirmation
from services.gateway.reports.submissions.checking import not_checked
from services.gateway.reports.submissions.desk import Desk, held
from services.gateway.reports.submissions.refused import AlreadyConfirmed, ContentLocked, FindingUnknown, NotToConfirm
from services.gateway.reports.submissions.steps import settled
from services.gateway.reports.submissions.stored import unpack_findings
from shared.audit import record
from shared.ids import new_id
from shared.tables.intake import confirmation


async def confirm(desk: Desk, sequence: int, *, finding_key: str, reason: str) -> Confirmation:
    """Raises ContentLocked, ValidationOutdated, FindingUnknown, NotToConfirm or AlreadyConfirmed."""
    reason = require_reason(reason)
    async with desk.transaction() as connection:
        await desk.lock(connection)
        found = await desk.find_with_content(connection, sequence)
        if found.awaits_record:
            await settled(connection, desk, found)
            found = await desk.find_with_content(connection, sequence)
        if found.state != "draft":
            raise ContentLocked(f"submission {sequence} is {found.state}", **held(found))
        submission_id = found.submission_id
        checked = await validations.latest_validation(connection, submission_id, found.revision)
        if checked is None:
            raise await not_checked(connection, desk, found)
        findings = unpack_findings(await validations.findings_of(connection, checked.validation_id))
        finding = next((each for each in findings if each.key == finding_key), None)
        if finding is None:
            raise FindingUnknown(f"the latest check found nothing with the key {finding_key}", hint="GET …/findings")
        if finding.severity != "confirm":
            raise NotToConfirm(f"{finding.rule} is {finding.severity}", hint="Correct a fatal finding; a notice needs nothing.")
        if finding_key in {line.finding_key for line in await stored.list_confirmations(connection, submission_id)}:
            raise AlreadyConfirmed(f"{finding_key} was confirmed before")
        values = {"confirmation_id": new_id("conf"), "submission_id": submission_id, "agency": found.agency}
        values |= {"finding_key": finding_key, "rule": finding.rule, "reason": reason, "actor": desk.actor.id}
        await stored.insert(connection, confirmation, values)
        detail = {"submission_id": submission_id, "finding_key": finding_key, "rule": finding.rule}
        await record(connection, desk.actor.id, "submission.confirm", values["confirmation_id"], reason=reason, detail=detail)
        return await stored.require_confirmation(connection, values["confirmation_id"])
