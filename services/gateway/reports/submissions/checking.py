"""Checking a revision and keeping what was found: at once, or by a job when the content is large (INT-02, INT-13)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from services.gateway.http.runtime import Runtime
from services.gateway.reports.form.report import SentReport
from services.gateway.reports.rules.checking import Checked, check, check_sent
from services.gateway.reports.rules.rechecking import Before, recheck
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store import validations
from services.gateway.reports.store.records import Revision, Validation
from services.gateway.reports.submissions.desk import Desk, held
from services.gateway.reports.submissions.known import ValidationContext, known_of
from services.gateway.reports.submissions.refused import ContentChanged, ContentLocked, ValidationOutdated
from services.gateway.reports.submissions.standing import Standing, WithContent
from services.gateway.reports.submissions.stored import WHOLE, pack_findings, unpack_sent, unpacked
from services.gateway.reports.workflow.machine import FINAL
from shared.audit import Actor, record
from shared.database import Connection
from shared.errors import DomainError
from shared.ids import new_id
from shared.jobs import LOST, Job
from shared.period import Period
from shared.tables.intake import validation

TASK = "gateway.validate"


@dataclass(frozen=True)
class Queued:
    """A check that a job will make, under the id it will have."""

    validation_id: str
    submission_id: str


def check_whole(sent: SentReport, file_digest: str, known: ValidationContext) -> Checked:
    """A report put together of several sendings."""
    return check_sent(sent, file_digest=file_digest, context=known.context, catalogue=known.catalogue, form=known.form)


def check_section(sent: SentReport, section: str, before: Before | None, file_digest: str, known: ValidationContext) -> Checked:
    """The same of a report of which one section was replaced; what does not depend on it is carried over (INT-07)."""
    if before is None:
        return check_whole(sent, file_digest, known)
    rules, form = known.catalogue, known.form
    return recheck(sent, section, before, file_digest=file_digest, context=known.context, catalogue=rules, form=form)


def check_body(body: bytes, media_type: str, known: ValidationContext) -> Checked:
    return check(body, media_type=media_type, context=known.context, catalogue=known.catalogue, form=known.form)


async def check_stored(revision: Revision, known: ValidationContext) -> Checked:
    """The very check its sending went through."""
    if revision.scope == WHOLE:
        return await asyncio.to_thread(check_body, unpacked(revision.body), revision.media_type, known)
    return await asyncio.to_thread(check_whole, unpack_sent(revision.assembled), revision.file_digest, known)


async def keep(
    connection: Connection,
    desk: Desk,
    found: WithContent,
    *,
    checked: Checked,
    known: ValidationContext,
    validation_id: str | None = None,
) -> Validation:
    """Writes the validation of a submission's latest revision and returns it, without its findings."""
    values: dict[str, Any] = {
        "validation_id": validation_id or new_id("val"),
        "submission_id": found.submission_id,
        "revision": found.revision,
        "agency": found.agency,
        "catalogue": known.catalogue.id,
        "catalogue_digest": known.catalogue.digest,
        "context": known.basis,
        "summary": summary_of(checked),
        "finding_count": len(checked.findings),
        "actor": desk.actor.id,
    }
    packed = await asyncio.to_thread(pack_findings, checked.findings)
    await stored.insert(connection, validation, {**values, "findings": packed})
    detail = {"submission_id": found.submission_id, "revision": found.revision, "findings": len(checked.findings)}
    await record(connection, desk.actor.id, "submission.validate", values["validation_id"], detail=detail)
    kept = await validations.find_validation(connection, found.submission_id, values["validation_id"])
    if kept is None:
        raise RuntimeError(f"{values['validation_id']} was written and is not there")
    return kept


def summary_of(checked: Checked) -> dict[str, Any]:
    """Counts by severity and rule, and the rules, or rows of a rule, for which there was nothing to compare with."""
    beside = {name: getattr(checked, name) for name in ("unchecked", "not_applicable", "carried")}
    return msgspec.to_builtins({**asdict(checked.summary), **beside})  # type: ignore[no-any-return]


async def validate(desk: Desk, sequence: int) -> tuple[WithContent, Checked, ValidationContext]:
    """Checks the latest revision against what holds now, and stores nothing."""
    async with desk.read() as connection:
        found = await desk.find_with_content(connection, sequence)
        revision = await stored.require_revision(connection, found.submission_id, found.revision)
        known = await known_of(connection, agency=desk.agency, period=str(desk.period), form=found.form)
    return found, await check_stored(revision, known), known


async def request_validation(desk: Desk, sequence: int) -> Validation | Queued:
    """A check of the latest revision, recorded; of large content a job makes it."""
    async with desk.read() as connection:
        found = await desk.find_with_content(connection, sequence)
        size = await stored.size_of_revision(connection, found.submission_id, found.revision)
    if size > desk.given.check_at_once_bytes:
        async with desk.transaction() as connection:
            await desk.lock(connection)
            found = await desk.find_with_content(connection, sequence)
            _require_open(found)
            return Queued(await defer(connection, desk, found), found.submission_id)
    before, checked, known = await validate(desk, sequence)
    async with desk.transaction() as connection:
        await desk.lock(connection)
        found = await desk.find_with_content(connection, sequence)
        _require_open(found)
        if found.revision != before.revision:
            raise ContentChanged("the content was changed while it was checked", hint="Ask again.")
        return await keep(connection, desk, found, checked=checked, known=known)


async def not_checked(connection: Connection, desk: Desk, found: Standing) -> ValidationOutdated:
    """Why the latest revision has no check: a job is at it, or none of its jobs came to an end."""
    if await validations.is_being_checked(connection, purpose_of(found.submission_id, "")):
        return ValidationOutdated("the check of this revision is still running", hint="Ask again when it has ended.")
    words = f"revision {found.revision} has not been checked yet"
    return ValidationOutdated(words, hint=f"POST {desk.path(found.sequence)}/validations")


def _require_open(found: Standing) -> None:
    if found.state in FINAL:
        raise ContentLocked(f"submission {found.sequence} is {found.state}", **held(found))


async def defer(connection: Connection, desk: Desk, found: Standing) -> str:
    """The id that the validation will have; its job is written in this transaction."""
    validation_id = new_id("val")
    arguments: dict[str, Any] = {name: getattr(found, name) for name in ("agency", "period", "sequence", "revision")}
    arguments |= {"actor": desk.actor.id, "validation_id": validation_id}
    purpose = purpose_of(found.submission_id, validation_id)
    await desk.given.queue.defer(connection, TASK, purpose=purpose, arguments=arguments, lock=found.submission_id)
    return validation_id


def purpose_of(submission_id: str, validation_id: str) -> str:
    """Names the submission first, so that a job is only ever found by way of it."""
    return f"{submission_id}/{validation_id}"


async def work(given: Runtime, job: Job) -> dict[str, Any]:
    """The job's side. That it failed is an event too: whoever waits for its end must hear of it."""
    asked = job.arguments
    actor = Actor(asked["actor"], frozenset({"agency_drafter"}), asked["agency"])
    desk = Desk(given, actor, asked["agency"], Period.parse(asked["period"]))
    try:
        return await _check_and_keep(desk, asked)
    except LOST:
        raise  # asked again, and nothing has failed yet
    except Exception as error:
        await _tell_failure(desk, job, problem=error.slug if isinstance(error, DomainError) else DomainError.slug)
        raise


async def _tell_failure(desk: Desk, job: Job, *, problem: str) -> None:
    submission_id, validation_id = job.purpose.split("/")
    data = {"validation_id": validation_id, "revision": job.arguments["revision"], "problem": problem}
    words = {"submission_id": submission_id, "subject": validation_id, "place": f"/validations/{validation_id}"}
    async with desk.transaction() as connection:
        if await validations.tell_of_report(connection, "validation.failed", data=data, **words):
            await record(connection, desk.actor.id, "submission.validate_failed", validation_id, detail=data)


async def _check_and_keep(desk: Desk, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A revision that is no longer the latest is left alone; done twice, it is recorded once."""
    _, checked, known = await validate(desk, asked["sequence"])
    async with desk.transaction() as connection:
        await desk.lock(connection)
        found = await desk.find_with_content(connection, asked["sequence"])
        if found.revision != asked["revision"]:
            return {"validation": None, "overtaken_by": found.revision}
        before = await validations.find_validation(connection, found.submission_id, asked["validation_id"])
        if before is None:
            await keep(connection, desk, found, checked=checked, known=known, validation_id=asked["validation_id"])
    return {"validation": asked["validation_id"]}
