"""Use case: the lead unit puts the scored sections into a draft of the agency's report (seed 001 §3).

The draft is changed by the very path that every sending takes, so findings, If-Match and refusals are the same; which sections
went in, and what was left out with which reason, is kept with the revision it made.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.http.words import require_reason
from services.gateway.reports.form.form import form_named
from services.gateway.reports.form.report import SECTIONS
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.store import submissions as rows_of
from services.gateway.reports.store.records import RevisionHeader, Submission
from services.gateway.reports.submissions.contents import Sending, Taken, rehearse, replace
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.stored import plain_report, unpack_sent
from services.gateway.units.contents import narrative_rows
from services.gateway.units.plans import FEEDS
from services.gateway.units.post import Post, post_of
from services.gateway.units.refused import SectionOvertaken, SectionsMissing
from services.gateway.units.store import unit_sections as stored
from services.gateway.units.store.records import Assembly, Section
from shared.audit import record
from shared.database import Connection
from shared.errors import Fault, InputInvalid
from shared.ids import new_id
from shared.tables.units import unit_assembly, unit_assembly_section


@dataclass(frozen=True)
class Wanted:
    """``left_out`` is {"indicator", "reason"}; ``document`` the report's number, None to keep the draft's."""

    document: str | None
    left_out: Sequence[Mapping[str, str]]
    reason: str | None
    if_match: str | None


@dataclass(frozen=True)
class Assembled:
    """``assembly`` is None after a dry run; ``sections`` went in, or would."""

    taken: Taken
    sections: list[Section]
    assembly: Assembly | None


async def assemble(desk: Desk, sequence: int, wanted: Wanted, *, keep: bool = True) -> Assembled:
    """Raises NotLeadUnit, SectionsMissing, InputInvalid, SectionOvertaken, and what a sending of content raises."""
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        post = await post_of(connection, desk)
        post.require_lead()
        latest = await _latest(connection, desk)
        _require_left_out(wanted, latest)
        sections = _require_sections(post, latest, wanted)
        former = await _former(connection, found)
    sending = Sending(await asyncio.to_thread(_report, desk, found, former, sections, wanted), JSON, wanted.if_match)
    if not keep:
        return Assembled(await rehearse(desk, sequence, sending), sections, None)
    assembly_id = new_id("asm")

    async def beside(connection: Connection, found: Submission, revision: RevisionHeader) -> None:
        if _ids(await _latest(connection, desk), sections) != [each.section_id for each in sections]:
            raise SectionOvertaken("a section changed while it was assembled", hint="Assemble again.")
        await _keep(connection, desk, revision, sections, wanted, plan_id=post.plan.plan_id, assembly_id=assembly_id)

    taken = await replace(desk, sequence, sending, beside=beside)
    async with desk.read() as connection:
        kept = await stored.find_assembly(connection, taken.found.submission_id, assembly_id)
    return Assembled(taken, sections, kept)


def _require_left_out(wanted: Wanted, latest: Mapping[str, Section]) -> None:
    """What a unit sent is taken in or returned, with a reason that the unit reads. Raises InputInvalid."""
    codes = [each["indicator"] for each in wanted.left_out]
    faults = [
        Fault(f"/without/{place}/indicator", "feeds no section of the report", seen=code, expected=", ".join(FEEDS))
        for place, code in enumerate(codes)
        if code not in FEEDS
    ] + [Fault("/without", f"{code} stands there twice", expected="once") for code in FEEDS if codes.count(code) > 1]
    hint = "Return it to its unit with the reason, or take it in."
    faults += [
        Fault(f"/without/{place}/indicator", "was sent by its unit and not returned", seen=code, hint=hint)
        for place, code in enumerate(codes)
        if _stands(latest.get(code))
    ]
    if faults:
        raise InputInvalid("these cannot be left out", faults=faults)


def _require_sections(post: Post, latest: Mapping[str, Section], wanted: Wanted) -> list[Section]:
    """Raises SectionsMissing naming every unit that still owes one."""
    left_out = {each["indicator"] for each in wanted.left_out}
    due = [code for code in FEEDS if code in post.plan.units and code not in left_out]
    faults = []
    for code in due:
        last = latest.get(code)
        if _stands(last):
            continue
        unit = post.responsible(code)
        said = f"{unit.contact_name}, {unit.contact_phone}, {unit.contact_email}"
        what = "has not been sent" if last is None else f"was returned: {last.returned_reason}"
        hint = "Ask for it, or name it under without, with the reason."
        faults.append(Fault(f"/sections/{code}", f"{unit.name}: {code} {what}", expected=said, hint=hint))
    if faults:
        raise SectionsMissing(f"{len(faults)} sections are missing", faults=faults)
    return [latest[code] for code in due]


def _stands(section: Section | None) -> bool:
    return section is not None and section.returned_at is None


def _report(desk: Desk, found: Submission, former: dict[str, Any], sections: Sequence[Section], wanted: Wanted) -> bytes:
    """The draft with these sections in place of its own rows about their indicators; everything else stays."""
    head = {"form": found.form, "agency": desk.agency, "period": str(desk.period), **former.get("report", {})}
    if wanted.document is not None:
        head["document"] = wanted.document
    codes = {each.indicator for each in sections}
    narratives = [row for row in former.get("narratives", []) if row.get("section") not in codes]
    whole = {**former, "report": head}
    for each in sections:
        whole[FEEDS[each.indicator]] = each.content["rows"]
        narratives += narrative_rows(each.indicator, each.content["narratives"])
    whole["narratives"] = narratives
    return json.dumps({name: whole[name] for name in SECTIONS if name in whole}, ensure_ascii=False).encode()


async def _latest(connection: Connection, desk: Desk) -> dict[str, Section]:
    return await stored.latest_sections(connection, agency=desk.agency, period=str(desk.period))


def _ids(latest: Mapping[str, Section], sections: Sequence[Section]) -> list[str | None]:
    """What now stands where the sections stood; None where it was returned."""
    now = (latest.get(each.indicator) for each in sections)
    return [each.section_id if each is not None and each.returned_at is None else None for each in now]


async def _former(connection: Connection, found: Submission) -> dict[str, Any]:
    if found.revision is None:
        return {}
    kept = await rows_of.require_revision(connection, found.submission_id, found.revision)
    return plain_report(await asyncio.to_thread(unpack_sent, kept.assembled), form_named(found.form))


async def _keep(
    connection: Connection,
    desk: Desk,
    revision: RevisionHeader,
    sections: Sequence[Section],
    wanted: Wanted,
    *,
    plan_id: str,
    assembly_id: str,
) -> None:
    reason = None if wanted.reason is None else require_reason(wanted.reason)
    values = {"assembly_id": assembly_id, "submission_id": revision.submission_id, "revision": revision.number}
    whole = {**values, "agency": desk.agency, "plan_id": plan_id, "left_out": [dict(each) for each in wanted.left_out]}
    await rows_of.insert(connection, unit_assembly, {**whole, "reason": reason, "actor": desk.actor.id})
    for each in sections:
        row = {"assembly_id": assembly_id, "section_id": each.section_id, "agency": desk.agency, "digest": each.digest}
        await rows_of.insert(connection, unit_assembly_section, row)
    detail = {**values, "sections": [each.section_id for each in sections], "without": whole["left_out"]}
    await record(connection, desk.actor.id, "unit_assembly.record", assembly_id, reason=reason, detail=detail)
