"""A submission as its readers see it: state, whose turn it is, what they may do, how much time is left (APR-12, ALR-06)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec

from services.gateway.access.tenancy import AGENCY_ROLES
from services.gateway.http.answers import API
from services.gateway.reports.form.report import Finding
from services.gateway.reports.rules.lapsing import lapsed_at
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store import validations
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.standing import LAPSE, SYSTEM, as_it_stands
from services.gateway.reports.submissions.stored import tag_of
from services.gateway.reports.workflow.machine import HOLDERS, Caller, agreeing_step, allowed_actions
from shared.calendar import Deadline, deadline_of
from shared.database import Connection, Row
from shared.people import same_among
from shared.period import VIETNAM

_PLAIN = ("submission_id", "agency", "period", "sequence", "form", "test", "state", "created_by", "created_at", "moved_by")
_REVISION = ("scope", "media_type", "file_digest", "digest", "section_digests")
_CHECKED = ("validation_id", "revision", "catalogue", "catalogue_digest", "recorded_at")
_ACCEPTED = ("submitted_at", "late", "approved_by", "signed_by")


async def shown(connection: Connection, desk: Desk, found: Sequence[Row]) -> list[dict[str, Any]]:
    """Documents of submissions of the desk's month."""
    due = await deadline_of(connection, desk.period, desk.agency)
    found = [await as_it_stands(connection, line) for line in found]
    hands = {
        line["submission_id"]: await stored.hands_of(connection, line["submission_id"], step=agreeing_step(line["state"]))
        for line in found
    }
    own = await same_among(connection, desk.actor.id, (actor for each in hands.values() for actor in each))
    documents = []
    for line in found:
        checked = await _checked(connection, line)
        had_a_hand = not own.isdisjoint(hands[line["submission_id"]])
        documents.append(_document(desk, line, checked, deadline_shown(due, desk.now), _actions(desk, line, had_a_hand)))
    return documents


async def shown_one(connection: Connection, desk: Desk, found: Row) -> dict[str, Any]:
    return (await shown(connection, desk, [found]))[0]


def deadline_shown(due: Deadline, now: datetime) -> dict[str, Any]:
    """Instants in Vietnam's time with their offset; nothing is left once the hard deadline has come."""
    return {
        "soft_at": _local(due.soft_at),
        "hard_at": _local(due.falls_at),
        "counts_until": _local(due.counts_until),
        "moved_by": due.moved_by,
        "now": _local(now),
        "seconds_to_soft": max(0, int((due.soft_at - now).total_seconds())),
        "seconds_left": max(0, int((due.falls_at - now).total_seconds())),
    }


def transition_shown(line: Row, *, desk: Desk) -> dict[str, Any]:
    """A step; its reason stays with the sequence number for ever (APR-05).

    A lapse is the system's, since its cause; its `changes` show cells and figures that nobody signed: the body alone reads
    them."""
    step = {name: value for name, value in line.items() if name != "agency"}
    if line["action"] != LAPSE:
        return {**step, "met_by": None, "lapsed_at": None}
    beside = {"met_by": line["actor"], "lapsed_at": lapsed_at(line["changes"] or ())}
    return {**step, "actor": SYSTEM, "changes": line["changes"] if desk.inside else None, **beside}


def validation_shown(line: Row) -> dict[str, Any]:
    """A check without its findings."""
    names = ("validation_id", "submission_id", "revision", "catalogue", "catalogue_digest", "context", "summary", "actor")
    # Checks recorded before these were said carried nothing over and named no rows.
    summary = {"not_applicable": [], "carried": [], **line["summary"]}
    shown = {name: line[name] for name in names}
    return {**shown, "summary": summary, "state": "done", "recorded_at": line.get("recorded_at")}


def finding_shown(finding: Finding, confirmed: Collection[str]) -> dict[str, Any]:
    return {**msgspec.to_builtins(finding), "confirmed": finding.key in confirmed}


def job_shown(named: Row, job: Row) -> dict[str, Any]:
    """A check that its job has not made yet, or could not make; `done` without counts when newer content overtook it."""
    state = {"succeeded": "done"}.get(job["state"], job["state"])
    unknown = dict.fromkeys(("revision", "catalogue", "catalogue_digest", "context", "summary", "actor", "recorded_at"))
    return {"validation_id": named["validation_id"], "submission_id": named["submission_id"], "state": state, **unknown,
            "problem": job["problem"]}  # fmt: skip


def confirmation_shown(line: Row) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "agency"}


async def _checked(connection: Connection, line: Row) -> dict[str, Any] | None:
    if line["revision"] is None:
        return None
    found = await validations.latest_validation(connection, line["submission_id"], line["revision"])
    if found is None:
        return None
    counts = {name: found["summary"][name] for name in ("total", "fatal", "confirm", "notice")}
    return {**{name: found[name] for name in _CHECKED}, **counts}


def _actions(desk: Desk, line: Row, had_a_hand: bool) -> list[str]:  # noqa: FBT001 # a fact about the caller, not a switch
    roles = desk.actor.roles & set(AGENCY_ROLES) if desk.inside else frozenset()
    return list(allowed_actions(line["state"], caller=Caller(roles, had_a_hand), test="test" if line["test"] else "real"))


def _document(
    desk: Desk, line: Row, checked: dict[str, Any] | None, deadline: dict[str, Any], actions: list[str]
) -> dict[str, Any]:
    return {
        **{name: line[name] for name in _PLAIN},
        "state_since": line["state_since"],
        "step": line["step"],
        "holder": HOLDERS.get(line["state"]),
        "allowed_actions": actions,
        "lapse": None if line["lapse"] is None else asdict(line["lapse"]),
        "content": _content(line),
        "validation": checked,
        "acceptance": _acceptance(line),
        "deadline": deadline,
        "links": _links(f"{API}{desk.path(line['sequence'])}", line["state"]),
    }


def _content(line: Row) -> dict[str, Any] | None:
    if line["revision"] is None:
        return None
    named = {"revision": line["revision"], "etag": f'"{tag_of({**line, "number": line["revision"]})}"'}
    return {**named, **{name: line[name] for name in _REVISION}, "author": line["edited_by"], "recorded_at": line["edited_at"]}


def _acceptance(line: Row) -> dict[str, Any] | None:
    if line["submitted_at"] is None:
        return None
    return {**{name: line[name] for name in _ACCEPTED}, "deadline": _local(line["accepted_deadline"]), "digest": line["digest"]}


def _links(own: str, state: str) -> dict[str, str]:
    parts = ["content", "prefill", "findings", "validations", "confirmations", "transitions", "attachments"]
    parts += ["receipt"] if state == "accepted" else []
    return {"self": own, **{part: f"{own}/{part}" for part in parts}}


def _local(instant: datetime) -> datetime:
    return instant.astimezone(VIETNAM)
