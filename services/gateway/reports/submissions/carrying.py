"""Which check of the former revision a replaced section's check may rest on (INT-07)."""

from __future__ import annotations

import asyncio

import msgspec

from services.gateway.reports.form.report import Unapplied
from services.gateway.reports.rules.rechecking import Before
from services.gateway.reports.store import validations as stored
from services.gateway.reports.submissions.known import Known
from services.gateway.reports.submissions.stored import unpack_findings
from shared.database import Connection, Row


async def before_of(connection: Connection, found: Row, known: Known) -> Before | None:
    """The latest check of the latest revision, where it was made by the rules and from the figures and reports that hold now.

    None where there is none yet, where something is another since, or where a cell could not be read: then nothing is to be
    carried over and the whole report is checked.
    """
    if found["digest"] is None:
        return None
    checked = await stored.latest_validation(connection, found["submission_id"], found["revision"])
    if checked is None or checked["catalogue_digest"] != known.catalogue.digest or checked["context"] != known.basis:
        return None
    idle = checked["summary"].get("not_applicable")
    if idle is None:
        # Recorded before this was said.
        return None
    data = await stored.findings_of(connection, checked["validation_id"])
    findings = await asyncio.to_thread(unpack_findings, data)
    return Before(findings, tuple(msgspec.convert(each, Unapplied) for each in idle))
