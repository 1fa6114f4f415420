"""Submissions, their revisions, steps and what was accepted. Row security keeps bodies apart even here (SEC-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Table, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.deadlines.store.counting import COUNTS, FIRST_IN_FORCE
from services.gateway.reports.store.records import Confirmation, ReportInForce, Revision, Submission, Transition
from shared.database import every, one, rows
from shared.errors import Conflict, SamePerson
from shared.tables.intake import acceptance, confirmation, revision, submission, transition

ANOTHER_PERSON = "Ask somebody who neither wrote, handed over nor approved it."
# Of intake.check_transition: a hand in the report; no such move, or a step with this number already taken.
_FRAME_HEADER = 18
_NOT_ALLOWED, _NO_MOVE = "42501", ("23000", "23505")


class StepRefused(Conflict):
    """The submission is no longer in the state the step begins from; `context` says in which it is."""

    slug = "step-refused"
    title_vi = "Trạng thái của báo cáo không cho phép bước này"
    title_en = "The submission's state does not allow this step"


# A submission with its last step, its last revision and, once signed, its acceptance.
_WHOLE = """
SELECT s.submission_id, s.agency, s.period, s.sequence, s.form, s.test, s.created_by, s.recorded_at AS created_at,
       t.number AS step, t.to_state AS state, t.actor AS moved_by, t.recorded_at AS state_since,
       t.action AS last_action, t.from_state AS last_from, t.reason AS last_reason, t.basis, t.changes,
       t.revision AS agreed_revision, t.digest AS agreed_digest, t.catalogue_digest AS agreed_rules,
       r.number AS revision, r.scope, r.media_type, r.file_digest, r.digest, r.section_digests, r.author AS edited_by,
       r.recorded_at AS edited_at,
       a.submitted_at, a.deadline AS accepted_deadline, a.late, a.approved_by, a.signed_by
  FROM intake.submission AS s
  JOIN LATERAL (SELECT * FROM intake.transition WHERE submission_id = s.submission_id ORDER BY number DESC LIMIT 1) AS t ON true
  LEFT JOIN LATERAL (SELECT submission_id, number, scope, media_type, file_digest, digest, section_digests, author, recorded_at
                       FROM intake.revision WHERE submission_id = s.submission_id ORDER BY number DESC LIMIT 1) AS r ON true
  LEFT JOIN intake.acceptance AS a ON a.submission_id = s.submission_id
 WHERE s.agency = :agency AND s.period = :period
"""
_TYPES = {
    "section_digests": revision.c.section_digests.type,
    "basis": transition.c.basis.type,
    "changes": transition.c.changes.type,
    "submitted_at": acceptance.c.submitted_at.type,
}
_LIST = text(
    _WHOLE + " AND s.sequence > :after AND (NOT :accepted OR t.to_state = 'accepted') ORDER BY s.sequence LIMIT :limit"
).columns(**_TYPES)
_ONE = text(_WHOLE + " AND s.sequence = :sequence").columns(**_TYPES)
_BY_ID = text(_WHOLE.replace("s.agency = :agency AND s.period = :period", "s.submission_id = :submission_id")).columns(**_TYPES)
_OPEN = text(
    _WHOLE + " AND NOT s.test AND t.to_state NOT IN ('accepted', 'reverted') ORDER BY s.sequence DESC LIMIT 1"
).columns(**_TYPES)
_LAST = text("SELECT coalesce(max(sequence), 0) FROM intake.submission WHERE agency = :agency AND period = :period")
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('submissions:' || CAST(:agency AS text) || CAST(:period AS text), 0))"
)

# Who wrote, a section of a unit too, or handed over: none of them approves or signs; and who approved does not sign, but may
# approve again what came back since (APR-03, APR-09). intake.check_transition holds the same.
_HANDS = text("""
SELECT created_by AS actor FROM intake.submission WHERE submission_id = :submission_id
 UNION SELECT author FROM intake.revision WHERE submission_id = :submission_id
 UNION SELECT actor FROM intake.transition WHERE submission_id = :submission_id
                                                      AND (action = 'hand_over' OR action = 'approve' AND :step = 'sign')
 UNION SELECT s.actor FROM intake.unit_assembly AS m JOIN intake.unit_assembly_section AS p USING (assembly_id)
         JOIN intake.unit_section AS s USING (section_id) WHERE m.submission_id = :submission_id
""")

# The report in force is the latest signed that counts, whatever stands in draft (INT-11).
_IN_FORCE = text(f"""
SELECT a.*, r.receipt_number, {COUNTS} AS counts
  FROM intake.acceptance AS a LEFT JOIN intake.receipt AS r ON r.submission_id = a.submission_id
 WHERE a.agency = :agency AND a.period = :period ORDER BY {FIRST_IN_FORCE} LIMIT 1
""")


async def lock_month(connection: AsyncConnection, *, agency: str, period: str) -> None:
    """What changes a body's submissions of a month is done one after the other, until this transaction ends."""
    await connection.execute(_LOCK, {"agency": agency, "period": period})


async def insert_step(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """One step of a workflow. The database holds it against the machine and the law of four eyes by itself.

    Raises SamePerson or StepRefused for what it refuses; the transaction is lost then.
    """
    try:
        await insert(connection, transition, values)
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        words = str(getattr(getattr(error.orig, "diag", None), "message_primary", ""))
        if state == _NOT_ALLOWED and "had a hand" in words:
            raise SamePerson(words, hint=ANOTHER_PERSON) from error
        if state in _NO_MOVE:
            raise StepRefused("another step was taken first", hint="Read the submission again.") from error
        raise


async def insert(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> None:
    await connection.execute(table.insert().inline().values(dict(values)))


async def instant(connection: AsyncConnection) -> datetime:
    """The database's clock, by which facts are dated."""
    found: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    return found


async def last_sequence(connection: AsyncConnection, *, agency: str, period: str) -> int:
    return int(await connection.scalar(_LAST, {"agency": agency, "period": period}) or 0)


async def find(connection: AsyncConnection, *, agency: str, period: str, sequence: int) -> Submission | None:
    return await one(connection, Submission, _ONE, {"agency": agency, "period": period, "sequence": sequence})


async def find_by_id(connection: AsyncConnection, submission_id: str) -> Submission | None:
    return await one(connection, Submission, _BY_ID, {"submission_id": submission_id})


async def find_open(connection: AsyncConnection, *, agency: str, period: str) -> Submission | None:
    """The one submission that is under way and no test."""
    return await one(connection, Submission, _OPEN, {"agency": agency, "period": period})


async def list_of_month(
    connection: AsyncConnection, *, agency: str, period: str, accepted_only: bool, after: int, limit: int
) -> list[Submission]:
    """By sequence number; ``accepted_only`` leaves out what was never signed."""
    key = {"agency": agency, "period": period, "accepted": accepted_only, "after": after, "limit": limit}
    return await every(connection, Submission, _LIST, key)


async def contributors_of(connection: AsyncConnection, submission_id: str, *, step: str) -> frozenset[str]:
    """Actors who wrote, a unit's section that went in too, or handed over; of a signature also those who approved."""
    return frozenset(line["actor"] for line in await rows(connection, _HANDS, {"submission_id": submission_id, "step": step}))


async def require_revision(connection: AsyncConnection, submission_id: str, number: int) -> Revision:
    """With its bytes. Raises LookupError: what a submission names is there."""
    same = (revision.c.submission_id == submission_id, revision.c.number == number)
    found = await one(connection, Revision, select(revision).where(*same))
    if found is None:
        raise LookupError(f"{submission_id} has no revision {number} in this session's reach")
    return found


async def size_of_revision(connection: AsyncConnection, submission_id: str, number: int) -> int:
    """Bytes of the body as sent; the frame of a compressed body tells without unpacking it."""
    same = (revision.c.submission_id == submission_id, revision.c.number == number)
    head = await connection.scalar(select(func.substring(revision.c.body, 1, _FRAME_HEADER)).where(*same))
    return zstandard.frame_content_size(bytes(head)) if head else 0


async def list_transitions(connection: AsyncConnection, submission_id: str, *, after: int, limit: int) -> list[Transition]:
    """In the order they were taken."""
    statement = select(transition).where(transition.c.submission_id == submission_id, transition.c.number > after)
    return await every(connection, Transition, statement.order_by(transition.c.number).limit(limit))


async def last_transition(connection: AsyncConnection, submission_id: str, action: str) -> Transition | None:
    """The latest step of a kind."""
    same = (transition.c.submission_id == submission_id, transition.c.action == action)
    return await one(connection, Transition, select(transition).where(*same).order_by(transition.c.number.desc()).limit(1))


async def list_confirmations(
    connection: AsyncConnection, submission_id: str, *, after: str | None = None, limit: int | None = None
) -> list[Confirmation]:
    statement = select(confirmation).where(confirmation.c.submission_id == submission_id)
    if after is not None:
        statement = statement.where(confirmation.c.confirmation_id > after)
    return await every(connection, Confirmation, statement.order_by(confirmation.c.confirmation_id).limit(limit))


async def find_confirmation(connection: AsyncConnection, confirmation_id: str) -> Confirmation | None:
    return await one(connection, Confirmation, select(confirmation).where(confirmation.c.confirmation_id == confirmation_id))


async def require_confirmation(connection: AsyncConnection, confirmation_id: str) -> Confirmation:
    """Raises LookupError."""
    found = await find_confirmation(connection, confirmation_id)
    if found is None:
        raise LookupError(f"there is no confirmation {confirmation_id} in this session's reach")
    return found


async def report_in_force(connection: AsyncConnection, *, agency: str, period: str) -> ReportInForce | None:
    """The acceptance that counts, else the last late one, with `counts` and its receipt's number."""
    return await one(connection, ReportInForce, _IN_FORCE, {"agency": agency, "period": period})


async def find_submission_id(connection: AsyncConnection, *, agency: str, period: str, sequence: int) -> str | None:
    same = (submission.c.agency == agency, submission.c.period == period, submission.c.sequence == sequence)
    found: str | None = await connection.scalar(select(submission.c.submission_id).where(*same))
    return found
