"""Reports handed in by made-up people, row by row and byte by byte as the gateway writes them; every figure is demo data."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from services.gateway.reports.form.canonical_report import document_of, section_digests
from services.gateway.reports.form.form import form_named
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.reading import read
from services.gateway.reports.submissions.stored import pack_sent, packed
from shared.audit import record
from shared.calendar import deadline_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Database
from shared.ids import new_id
from shared.period import Period
from shared.tables import control, intake
from tests.decided_before import moved_alone

ACTOR = "local:tests"
FORM = "monthly-report/1"
_STATED = text("""
SELECT f.new_records FROM intake.acceptance a,
       jsonb_to_recordset(convert_from(a.content, 'UTF8')::jsonb -> 'reported_databases')
         AS f (database text, new_records bigint)
 WHERE a.submission_id = :submission AND f.database = :database
""")
_REACH = text("SELECT set_config('bangdiem.reads', :agency, true), set_config('bangdiem.acts', :agency, true)")
# What is decided about a body is decided for none.
_OFFICE = text("SELECT set_config('bangdiem.reads', '*', true), set_config('bangdiem.acts', '', true)")


def task(code: str, *, accepted_on: str | None = None) -> dict[str, Any]:
    given = {"task_code": code, "title": f"Nhiệm vụ {code} (demo)", "registered_on": "2026-01-05", "accepted_on": accepted_on}
    return {**given, "acceptance_document": None if accepted_on is None else "1/BB-DEMO"}


def records(database: str, new_records: int) -> dict[str, Any]:
    return {"database": database, "database_name": f"CSDL {database} (demo)", "new_records": new_records}


@dataclass(frozen=True)
class HandingIn:
    """Writes as the gateway: a whole workflow in one transaction, lateness by the deadline that holds then."""

    database: Database
    superuser_url: str | None = None

    async def report(
        self,
        agency: str,
        period: Period,
        at: datetime,
        *,
        tasks: Sequence[Mapping[str, Any]] = (),
        databases: Sequence[Mapping[str, Any]] = (),
        narratives: Sequence[Mapping[str, Any]] = (),
        sequence: int = 1,
    ) -> str:
        """The id of a submission accepted at an instant."""
        submission_id = new_id("sub")
        made_of = {
            "report": {"form": FORM, "agency": agency, "period": str(period), "document": "1/BC-DEMO"},
            "registered_tasks": [dict(row) for row in tasks],
            "reported_databases": [dict(row) for row in databases],
            "narratives": [dict(row) for row in narratives],
        }
        body = canonical_bytes(made_of)
        sent = read(body, media_type=JSON)
        report, found = understand(sent, form_named(FORM))
        if report is None:
            raise ValueError(f"nobody could have handed this in: {found}")
        content, file_digest = canonical_bytes(document_of(report)), sha256_hex(body)
        digest = sha256_hex(content)
        async with self.database.transaction() as connection:
            await connection.execute(_REACH, {"agency": agency})
            due = await deadline_of(connection, period, agency)
            whole = {"submission_id": submission_id, "agency": agency}
            made = {**whole, "period": str(period), "sequence": sequence, "form": FORM, "test": False}
            await connection.execute(intake.submission.insert().values(**made, created_by="key:drafter"))
            steps = (
                ("create", "none", "draft", "drafter"),
                ("hand_over", "draft", "in_review", "drafter"),
                ("approve", "in_review", "approved", "approver"),
                ("sign", "approved", "accepted", "signer"),
            )
            for number, (action, before, after, who) in enumerate(steps, 1):
                step = {"transition_id": new_id("step"), "number": number, "action": action, "from_state": before}
                taken = {"to_state": after, "actor": f"key:{who}", "revision": 1, "digest": digest}
                await connection.execute(intake.transition.insert().values(**whole, **step, **taken))
                if action == "create":
                    revision = {"number": 1, "scope": "whole", "media_type": JSON, "file_digest": file_digest}
                    written = {"body": packed(body), "assembled": pack_sent(sent), "digest": digest, "author": "key:drafter"}
                    written["section_digests"] = section_digests(report)
                    await connection.execute(intake.revision.insert().values(**whole, **revision, **written))
            accepted = {**whole, "period": str(period), "sequence": sequence, "revision": 1, "digest": digest}
            accepted |= {"file_digest": file_digest, "content": content, "submitted_at": at, "deadline": due.falls_at}
            accepted |= {"late": at >= due.falls_at, "approved_by": "key:approver", "signed_by": "key:signer"}
            await connection.execute(intake.acceptance.insert().values(**accepted))
            await record(connection, ACTOR, "submission.sign", submission_id)
        return submission_id

    async def review(
        self, submission: str, agency: str, period: Period, database: str, at: datetime, *, verdict: str = "confirmed"
    ) -> str:
        review_id = new_id("rev")
        about = {"review_id": review_id, "submission_id": submission, "agency": agency, "period": str(period)}
        word = {"database": database, "verdict": verdict, "reason": "demo", "reviewed_at": at}
        async with self.database.transaction() as connection:
            await connection.execute(_OFFICE)
            word["new_records"] = await connection.scalar(_STATED, {"submission": submission, "database": database})
            who = {"reviewer": "key:reviewer", "reviewer_agency": "G01" if agency != "G01" else "H38"}
            await connection.execute(intake.records_review.insert().values(**about, **word, **who))
            await record(connection, ACTOR, "records_review.record", review_id)
        return review_id

    async def accept_late(self, submission: str, agency: str, period: Period) -> None:
        about = {"submission_id": submission, "agency": agency, "period": str(period)}
        async with self.database.transaction() as connection:
            await connection.execute(_OFFICE)
            row = {**about, "document": "2/QĐ-DEMO", "reason": "demo", "actor": ACTOR}
            await connection.execute(control.late_acceptance.insert().values(**row))
            await record(connection, ACTOR, "late_acceptance.record", submission)

    async def extend(
        self, agency: str, period: Period, until: datetime, *, effect: str = "in_time", decided_at: datetime | None = None
    ) -> str:
        extension_id = new_id("ext")
        about = {"extension_id": extension_id, "agency": agency, "period": str(period), "until": until, "effect": effect}
        async with self.database.transaction() as connection:
            await connection.execute(_OFFICE)
            row = {**about, "document": "3/QĐ-DEMO", "reason": "demo", "actor": ACTOR}
            await connection.execute(control.extension.insert().values(**row))
            agreed = {
                "extension_id": extension_id,
                "actor": "local:second",
                "reason": "demo",
            }
            agreed |= {"decided_at": decided_at or until - timedelta(hours=1)}
            await connection.execute(control.extension_approval.insert().values(**agreed))
            await record(connection, ACTOR, "extension.propose", extension_id)
        return extension_id

    async def move(self, period: Period, falls_at: datetime) -> str:
        """Wherever the instant lies: needs the superuser's address."""
        assert self.superuser_url is not None
        return await asyncio.to_thread(moved_alone, self.superuser_url, period, to=falls_at)
