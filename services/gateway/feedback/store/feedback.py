"""Feedback with its steps. Row security keeps bodies apart even here (SEC-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.feedback.store.records import Feedback, FeedbackCount, FeedbackStep, Sender
from shared.database import every, one
from shared.tables.feedback import feedback, feedback_contact, feedback_forwarding, feedback_step

# A feedback in its state, the body it was last forwarded to, and the day by which it should be answered. Of a body's: what it
# sent and what was forwarded to it.
_WHOLE = """
SELECT f.*, last.to_state AS state, last.number AS step, due.due_on,
       (SELECT forwarded_to FROM intake.feedback_step AS s WHERE s.feedback_id = f.feedback_id AND s.action = 'forward'
         ORDER BY s.number DESC LIMIT 1) AS forwarded_to
  FROM intake.feedback AS f
  JOIN LATERAL (SELECT to_state, number FROM intake.feedback_step AS s
                 WHERE s.feedback_id = f.feedback_id ORDER BY s.number DESC LIMIT 1) AS last ON true
  JOIN LATERAL (SELECT due_on FROM intake.feedback_step AS s
                 WHERE s.feedback_id = f.feedback_id AND s.due_on IS NOT NULL ORDER BY s.number DESC LIMIT 1) AS due ON true
 WHERE (CAST(:agency AS text) IS NULL OR f.agency = :agency OR EXISTS (
          SELECT FROM intake.feedback_forwarding AS w WHERE w.feedback_id = f.feedback_id AND w.agency = :agency))
"""
_ONE = text(_WHOLE + " AND f.feedback_id = :feedback_id").columns(evidence=JSONB)
_LIST = text(
    _WHOLE
    + """ AND (CAST(:about AS text) IS NULL OR f.about_agency = :about)
          AND (CAST(:period AS text) IS NULL OR f.period = :period) AND (CAST(:kind AS text) IS NULL OR f.kind = :kind)
          AND (CAST(:state AS text) IS NULL OR last.to_state = :state)
          AND (CAST(:after AS text) IS NULL OR f.feedback_id > :after)
        ORDER BY f.feedback_id LIMIT :limit"""
).columns(evidence=JSONB)
_COUNT = text(
    f"""SELECT state, kind, count(*) AS count,
               count(*) FILTER (WHERE state = ANY(:open_states) AND due_on < :today) AS overdue,
               min(due_on) FILTER (WHERE state = ANY(:open_states)) AS first_due_on
          FROM ({_WHOLE}) AS whole GROUP BY state, kind"""
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('feedback:' || CAST(:feedback_id AS text), 0))")


async def lock(connection: AsyncConnection, feedback_id: str) -> None:
    """One step of a feedback at a time."""
    await connection.execute(_LOCK, {"feedback_id": feedback_id})


async def find(connection: AsyncConnection, feedback_id: str, *, agency: str | None) -> Feedback | None:
    return await one(connection, Feedback, _ONE, {"feedback_id": feedback_id, "agency": agency})


async def list_feedback(connection: AsyncConnection, *, limit: int, **only: str | None) -> list[Feedback]:
    """In the order they came in. ``only``: agency (sent by it or forwarded to it), about, period, kind, state, after."""
    wanted = dict.fromkeys(("agency", "about", "period", "kind", "state", "after"))
    return await every(connection, Feedback, _LIST, {**wanted, **only, "limit": limit})


async def count(connection: AsyncConnection, *, open_states: list[str], today: date) -> list[FeedbackCount]:
    """By state and kind; ``first_due_on`` is the earliest day by which an open one should be answered."""
    return await every(connection, FeedbackCount, _COUNT, {"agency": None, "open_states": open_states, "today": today})


async def steps_of(connection: AsyncConnection, names: list[str]) -> dict[str, list[FeedbackStep]]:
    """Steps in order, by feedback."""
    wanted = select(feedback_step).where(feedback_step.c.feedback_id.in_(names))
    found = await every(connection, FeedbackStep, wanted.order_by(feedback_step.c.feedback_id, feedback_step.c.number))
    return {name: [line for line in found if line.feedback_id == name] for name in names}


async def contacts_of(connection: AsyncConnection, names: list[str]) -> dict[str, Sender]:
    wanted = select(feedback_contact).where(feedback_contact.c.feedback_id.in_(names))
    return {line.feedback_id: line for line in await every(connection, Sender, wanted)}


async def next_number(connection: AsyncConnection) -> int:
    """Never given twice; one that was drawn and not used leaves a gap."""
    return int(await connection.scalar(text("SELECT nextval('intake.feedback_sequence_seq')")))


async def insert_feedback(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(feedback.insert().inline().values(**values))


async def insert_contact(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(feedback_contact.insert().inline().values(**values))


async def insert_step(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(feedback_step.insert().inline().values(**values))


async def insert_forwarding(connection: AsyncConnection, feedback_id: str, *, agency: str, sender: str | None) -> None:
    """Once per body, however often it is forwarded to it."""
    values = {"feedback_id": feedback_id, "agency": agency, "sender": sender}
    await connection.execute(insert(feedback_forwarding).inline().values(**values).on_conflict_do_nothing())
