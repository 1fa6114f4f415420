"""Feedback as its readers see it, with what this caller may do next. Who sent it, of others than bodies, only handlers see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.gateway.access.tenancy import AGENCY_ROLES
from services.gateway.feedback.machine import HANDLERS, OPEN, STATES, About, Caller, allowed_actions
from services.gateway.feedback.store import feedback as stored
from services.gateway.feedback.store.records import Feedback
from services.gateway.http.answers import chosen
from services.gateway.http.runtime import Runtime
from shared.audit import Actor
from shared.database import Connection
from shared.period import VIETNAM

_PLAIN = ("feedback_id", "number", "kind", "sender", "channel", "agency", "about_agency", "period", "indicator", "subject",
          "text", "evidence", "received_at", "state", "forwarded_to", "due_on")  # fmt: skip
_STEP = ("number", "action", "to_state", "actor", "actor_agency", "text", "evidence", "forwarded_to", "due_on", "taken_at")
_CONTACT = ("name", "address", "phone", "mail")


async def shown(connection: Connection, given: Runtime, actor: Actor, found: Sequence[Feedback]) -> list[dict[str, Any]]:
    names = [line.feedback_id for line in found]
    steps = await stored.steps_of(connection, names)
    contacts = await stored.contacts_of(connection, names) if actor.roles & HANDLERS else {}
    caller = Caller(actor.roles, actor.agency, inside=bool(actor.roles & set(AGENCY_ROLES)))
    today = given.clock().astimezone(VIETNAM).date()
    documents = []
    for line in found:
        contact = contacts.get(line.feedback_id)
        about = About(line.agency, line.about_agency, line.forwarded_to)
        documents.append({
            **chosen(line, _PLAIN),
            "overdue": line.state in OPEN and line.due_on < today,
            "contact": None if contact is None else chosen(contact, _CONTACT),
            "allowed_actions": allowed_actions(line.state, caller, about),
            "steps": [chosen(each, _STEP) for each in steps[line.feedback_id]],
        })  # fmt: skip
    return documents


async def shown_one(connection: Connection, given: Runtime, actor: Actor, found: Feedback) -> dict[str, Any]:
    return (await shown(connection, given, actor, [found]))[0]


async def statistics(connection: Connection, given: Runtime) -> dict[str, Any]:
    """Of everything that ever came in: counts by state and kind, and how many should have been answered by now."""
    now = given.clock().astimezone(VIETNAM)
    counted = await stored.count(connection, open_states=sorted(OPEN), today=now.date())
    by_state, by_kind = dict.fromkeys(STATES, 0), dict.fromkeys(("feedback", "proposal", "verification"), 0)
    for line in counted:
        by_state[line.state] += line.count
        by_kind[line.kind] += line.count
    return {
        "now": now,
        "total": sum(by_state.values()),
        "by_state": by_state,
        "by_kind": by_kind,
        "overdue": sum(line.overdue for line in counted),
        "first_due_on": min((line.first_due_on for line in counted if line.first_due_on is not None), default=None),
    }
