"""What is read of a submission: content in a format, findings, and what is known beforehand (INT-06, INT-16, INT-17)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from services.gateway.reports.form.form import Form, form_named
from services.gateway.reports.form.report import Finding, RegisteredTask, Report, SentReport
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.writing import write
from services.gateway.reports.rules.context import AUTOMATIC_SOURCE, OWN_SOURCE, AutomaticFigure, Context
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store import validations
from services.gateway.reports.store.records import CheckJob, Revision, Validation
from services.gateway.reports.submissions.checking import not_checked, purpose_of
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.known import ValidationContext, known_of, rules_of
from services.gateway.reports.submissions.refused import FindingsOpen
from services.gateway.reports.submissions.standing import Standing
from services.gateway.reports.submissions.stored import begun_tag, plain_report, tag_of, unpack_findings, unpack_sent
from shared.canonical import sha256_hex
from shared.errors import Fault, InputInvalid

PRIVATE = "private"
# Who may read what a body marked private, besides the body itself (INT-16).
PRIVATE_READERS = frozenset({"operator"})


@dataclass(frozen=True)
class Written:
    """A report's bytes in a format; ``tag`` is a strong ETag, in JSON of the whole revision the one If-Match names."""

    body: bytes
    tag: str


async def content_of(desk: Desk, sequence: int, media_type: str) -> Written:
    """The latest revision, or the report begun for the body where there is none yet.

    In JSON the cells as they were sent; another format needs a report that can be understood. Raises FindingsOpen.
    """
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        if found.revision is None:
            known = await known_of(connection, agency=desk.agency, period=str(desk.period), form=found.form)
            return await asyncio.to_thread(_begun, desk, found, known, media_type)
        row = await stored.require_revision(connection, found.submission_id, found.revision)
    return await asyncio.to_thread(_written, desk, found, row, media_type)


async def findings_of(desk: Desk, sequence: int, *, rule: str | None = None) -> tuple[Sequence[Finding], frozenset[str]]:
    """Every finding of the latest revision's latest check, and the keys that were confirmed. Raises ValidationOutdated, or
    InputInvalid where ``rule``, of which they are wanted, is none that it was checked by: it would look as if all were well."""
    async with desk.read() as connection:
        found = await desk.find_with_content(connection, sequence)
        checked = await validations.latest_validation(connection, found.submission_id, found.revision)
        if checked is None:
            raise await not_checked(connection, desk, found)
        data = await validations.findings_of(connection, checked.validation_id)
        confirmed = await stored.list_confirmations(connection, found.submission_id)
        rules = await rules_of(connection, str(desk.period), checked.catalogue_digest)
    findings = await asyncio.to_thread(unpack_findings, data)
    if rule is not None and rule not in rules and all(each.rule != rule for each in findings):
        fault = Fault("?rule", "is no rule that this was checked by", seen=rule)
        hint = f"GET /api/v1/report-rules?period={desk.period} lists them."
        raise InputInvalid("there are no findings of such a rule", faults=[fault], hint=hint)
    return findings, frozenset(line.finding_key for line in confirmed)


async def prefill_of(desk: Desk, sequence: int) -> dict[str, Any]:
    """Figures the source counted, tasks of earlier reports: each with where it comes from."""
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        known = await known_of(connection, agency=desk.agency, period=str(desk.period), form=found.form)
    automatic = known.context.automatic
    return {
        "form": found.form,
        "report": {"form": found.form, "agency": desk.agency, "period": str(desk.period)},
        "registered_tasks": _tasks(known.context),
        "reported_databases": _databases(known.context),
        "automatic": None if automatic is None else [_counted(figure) for figure in automatic.values()],
        "basis": known.basis,
    }


async def validation_of(desk: Desk, sequence: int, validation_id: str) -> tuple[Standing, Validation | None, CheckJob | None]:
    """The submission, the check where it is done, and its job where it had one."""
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        done = await validations.find_validation(connection, found.submission_id, validation_id)
        job = await validations.find_job(connection, purpose_of(found.submission_id, validation_id))
    return found, done, job


def _begun(desk: Desk, found: Standing, known: ValidationContext, media_type: str) -> Written:
    """What the body has to report, as far as it is known: who, which month, and the year's tasks as they were last reported.

    A section of which nothing is known is left out: an empty one would say that there is none, which nobody did.
    """
    earlier = sorted((known.context.earlier or {}).values(), key=lambda task: task.task_code)
    tasks = [
        RegisteredTask(each.task_code, each.title, each.registered_on, each.accepted_on, each.acceptance_document)
        for each in earlier
    ]
    report = Report(known.form.id, desk.agency, str(desk.period), "", tuple(tasks), (), ())
    stated = ("report", "registered_tasks") if tasks else ("report",)
    body = write(report, media_type=media_type, form=known.form, stated=stated)
    return Written(body, begun_tag(found.submission_id, body))


def _counted(figure: AutomaticFigure) -> dict[str, Any]:
    return {**msgspec.to_builtins(figure), "source": AUTOMATIC_SOURCE}


def _tasks(context: Context) -> list[dict[str, Any]]:
    found = (context.earlier or {}).values()
    return [
        {
            **{name: value for name, value in msgspec.to_builtins(task).items() if name != "origin"},
            "source": OWN_SOURCE,
            "submission_id": task.origin,
        }
        for task in sorted(found, key=lambda task: task.task_code)
    ]


def _databases(context: Context) -> list[dict[str, Any]]:
    """Those that the source counts this month are not reported at all."""
    found = (each for each in (context.databases or {}).values() if each.database not in (context.automatic or {}))
    return [
        {
            "database": each.database,
            "database_name": each.database_name,
            "period": each.period,
            "source": OWN_SOURCE,
            "submission_id": each.origin,
        }
        for each in sorted(found, key=lambda each: each.database)
    ]


def _written(desk: Desk, found: Standing, row: Revision, media_type: str) -> Written:
    sent, form = unpack_sent(row.assembled), form_named(found.form)
    whole = desk.inside or bool(desk.actor.roles & PRIVATE_READERS)
    if not whole:
        sent = _without_private(sent)
    if media_type == JSON:
        body = msgspec.json.encode(plain_report(sent, form))
        return Written(body, tag_of(row.submission_id, row.number, row.scope, row.file_digest) if whole else sha256_hex(body))
    body = write(_understood(sent, form), media_type=media_type, form=form)
    return Written(body, sha256_hex(body))


def _understood(sent: SentReport, form: Form) -> Report:
    report, observations = understand(sent, form)
    if report is None:
        raise FindingsOpen(
            f"{len(observations)} cells cannot be read, so the report cannot be written in this format",
            hint="Ask for application/json, or see …/findings.",
        )
    return report


def _without_private(sent: SentReport) -> SentReport:
    kept = tuple(row for row in sent.sections.get("narratives", ()) if row.values.get("visibility") != PRIVATE)
    return SentReport(sent.media_type, {**sent.sections, "narratives": kept}, sent.columns)
