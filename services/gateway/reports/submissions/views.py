"""A submission as its readers see it: state, whose turn it is, what they may do, how much time is left (APR-12, ALR-06)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.gateway.access.tenancy import AGENCY_ROLES
from services.gateway.http.answers import API
from services.gateway.reports.form.report import Finding
from services.gateway.reports.rules.checking import Checked
from services.gateway.reports.rules.lapsing import lapsed_at
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store import validations
from services.gateway.reports.store.records import Confirmation, Submission, Transition, Validation
from services.gateway.reports.submissions.checking import summary_of
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.known import ValidationContext
from services.gateway.reports.submissions.standing import LAPSE, SYSTEM, Standing, WithContent, as_it_stands
from services.gateway.reports.submissions.stored import tag_of
from services.gateway.reports.workflow.machine import HOLDERS, Caller, agreeing_step, allowed_actions
from shared.calendar import Deadline, deadline_of
from shared.database import Connection
from shared.people import same_among
from shared.period import VIETNAM


async def shown(connection: Connection, desk: Desk, found: Sequence[Submission]) -> list[dict[str, Any]]:
    """Documents of submissions of the desk's month."""
    due = await deadline_of(connection, desk.period, desk.agency)
    lines = [line if isinstance(line, Standing) else await as_it_stands(connection, line) for line in found]
    hands = {
        line.submission_id: await stored.contributors_of(connection, line.submission_id, step=agreeing_step(line.state))
        for line in lines
    }
    own = await same_among(connection, desk.actor.id, (actor for each in hands.values() for actor in each))
    documents = []
    for line in lines:
        checked = await _checked(connection, line)
        had_a_hand = not own.isdisjoint(hands[line.submission_id])
        documents.append(_document(desk, line, checked, deadline_shown(due, desk.now), _actions(desk, line, had_a_hand)))
    return documents


async def shown_one(connection: Connection, desk: Desk, found: Submission) -> dict[str, Any]:
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


def transition_shown(line: Transition, *, desk: Desk) -> dict[str, Any]:
    """A step; its reason stays with the sequence number for ever (APR-05).

    A lapse is the system's, since its cause; its `changes` show cells and figures that nobody signed: the body alone reads
    them."""
    step = {**vars(line), "met_by": None, "lapsed_at": None}
    del step["agency"]
    if line.action == LAPSE:
        step |= {"actor": SYSTEM, "changes": line.changes if desk.inside else None}
        step |= {"met_by": line.actor, "lapsed_at": lapsed_at(line.changes or ())}
    return step


def validation_shown(line: Validation) -> dict[str, Any]:
    """A check without its findings."""
    # Checks recorded before these were said carried nothing over and named no rows.
    summary = {"not_applicable": [], "carried": [], **line.summary}
    return {**vars(line), "summary": summary, "state": "done"}


def rehearsal_shown(desk: Desk, found: WithContent, checked: Checked, known: ValidationContext) -> dict[str, Any]:
    """What a check would be told as, had it been recorded."""
    return {
        "validation_id": None,
        "submission_id": found.submission_id,
        "revision": found.revision,
        "catalogue": known.catalogue.id,
        "catalogue_digest": known.catalogue.digest,
        "context": known.basis,
        "summary": summary_of(checked),
        "actor": desk.actor.id,
        "state": "done",
        "recorded_at": None,
    }


def finding_shown(finding: Finding, confirmed: Collection[str]) -> dict[str, Any]:
    return {**msgspec.to_builtins(finding), "confirmed": finding.key in confirmed}


def job_shown(submission_id: str, validation_id: str, *, state: str, problem: str | None = None) -> dict[str, Any]:
    """A check that its job has not made yet, or could not make; `done` without counts when newer content overtook it."""
    unknown = dict.fromkeys(("revision", "catalogue", "catalogue_digest", "context", "summary", "actor", "recorded_at"))
    named = {"validation_id": validation_id, "submission_id": submission_id}
    return {**named, "state": "done" if state == "succeeded" else state, **unknown, "problem": problem}


def confirmation_shown(line: Confirmation) -> dict[str, Any]:
    return {name: value for name, value in vars(line).items() if name != "agency"}


async def _checked(connection: Connection, line: Submission) -> dict[str, Any] | None:
    if line.revision is None:
        return None
    found = await validations.latest_validation(connection, line.submission_id, line.revision)
    if found is None:
        return None
    counts = {name: found.summary[name] for name in ("total", "fatal", "confirm", "notice")}
    return {
        "validation_id": found.validation_id,
        "revision": found.revision,
        "catalogue": found.catalogue,
        "catalogue_digest": found.catalogue_digest,
        "recorded_at": found.recorded_at,
        **counts,
    }


def _actions(desk: Desk, line: Submission, had_a_hand: bool) -> list[str]:  # noqa: FBT001 # a fact about the caller, not a switch
    roles = desk.actor.roles & set(AGENCY_ROLES) if desk.inside else frozenset()
    return list(allowed_actions(line.state, caller=Caller(roles, had_a_hand), test="test" if line.test else "real"))


def _document(
    desk: Desk, line: Standing, checked: dict[str, Any] | None, deadline: dict[str, Any], actions: list[str]
) -> dict[str, Any]:
    return {
        "submission_id": line.submission_id,
        "agency": line.agency,
        "period": line.period,
        "sequence": line.sequence,
        "form": line.form,
        "test": line.test,
        "state": line.state,
        "created_by": line.created_by,
        "created_at": line.created_at,
        "moved_by": line.moved_by,
        "state_since": line.state_since,
        "step": line.step,
        "holder": HOLDERS.get(line.state),
        "allowed_actions": actions,
        "lapse": line.lapse,
        "content": _content(line),
        "validation": checked,
        "acceptance": _acceptance(line),
        "deadline": deadline,
        "links": _links(f"{API}{desk.path(line.sequence)}", line.state),
    }


def _content(line: Standing) -> dict[str, Any] | None:
    if line.revision is None:
        return None
    kept = WithContent(**vars(line))
    return {
        "revision": kept.revision,
        "etag": f'"{tag_of(kept.submission_id, kept.revision, kept.scope, kept.file_digest)}"',
        "scope": kept.scope,
        "media_type": kept.media_type,
        "file_digest": kept.file_digest,
        "digest": kept.digest,
        "section_digests": kept.section_digests,
        "author": kept.edited_by,
        "recorded_at": kept.edited_at,
    }


def _acceptance(line: Standing) -> dict[str, Any] | None:
    if line.submitted_at is None or line.accepted_deadline is None:
        return None
    return {
        "submitted_at": line.submitted_at,
        "late": line.late,
        "approved_by": line.approved_by,
        "signed_by": line.signed_by,
        "deadline": _local(line.accepted_deadline),
        "digest": line.digest,
    }


def _links(own: str, state: str) -> dict[str, str]:
    parts = ["content", "prefill", "findings", "validations", "confirmations", "transitions", "attachments"]
    parts += ["receipt"] if state == "accepted" else []
    return {"self": own, **{part: f"{own}/{part}" for part in parts}}


def _local(instant: datetime) -> datetime:
    return instant.astimezone(VIETNAM)
