"""Content comes in: read, checked, and kept as a new revision with its findings, or refused whole (INT-02, INT-07, SEC-06)."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

import msgspec

from services.gateway.reports.classification.markers import Classified
from services.gateway.reports.form.canonical_report import digest_of, section_digests
from services.gateway.reports.form.report import Report, SentReport, Unapplied
from services.gateway.reports.form.sent_document import with_section
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.rules.checking import Checked, read_section_unclassified, read_unclassified
from services.gateway.reports.rules.lapsing import content_changed, reason_of
from services.gateway.reports.rules.rechecking import Before
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store import validations
from services.gateway.reports.store.records import RevisionHeader, Validation
from services.gateway.reports.submissions import checking
from services.gateway.reports.submissions.desk import Desk, held
from services.gateway.reports.submissions.known import ValidationContext, known_of
from services.gateway.reports.submissions.refused import ContentChanged, ContentLocked
from services.gateway.reports.submissions.standing import Standing, instant_told
from services.gateway.reports.submissions.steps import settled, withdrawn
from services.gateway.reports.submissions.stored import WHOLE, begun_by, pack_sent, packed, tag_of, unpack_findings, unpack_sent
from services.gateway.reports.workflow.machine import WORK
from shared.audit import record
from shared.canonical import sha256_hex
from shared.database import Connection
from shared.ids import new_id
from shared.problems import PreconditionMissing
from shared.tables.intake import refusal, revision

# Content is changed in these states; what else a state allows stands in the machine.
EDITABLE = WORK["edit"][1]
_SAME = "nội dung được gửi lại, không ô nào đổi"

Beside = Callable[[Connection, Standing, RevisionHeader], Awaitable[None]]


@dataclass(frozen=True)
class Sending:
    """What came: ``scope`` is `whole` or the one section it replaces; ``if_match`` the tag of the revision it changes."""

    body: bytes
    media_type: str
    if_match: str | None
    scope: str = WHOLE


@dataclass(frozen=True)
class Former:
    """The revision a section is replaced in, and what its check found, where that may be carried over."""

    sent: SentReport
    before: Before | None


@dataclass(frozen=True)
class Digests:
    """Of the bytes sent, of the report and of its sections; the latter none while a cell cannot be read."""

    file: str
    report: str | None = None
    sections: dict[str, str] | None = None


@dataclass(frozen=True)
class Taken:
    """What became of it. ``checked`` is None while a job checks it; ``revision`` None after a dry run."""

    found: Standing
    sent: SentReport
    digests: Digests
    checked: Checked | None
    known: ValidationContext
    revision: RevisionHeader | None = None
    validation: Validation | None = None
    queued: str | None = None

    @property
    def tag(self) -> str | None:
        """What If-Match names the new revision by."""
        made = self.revision
        return None if made is None else f'"{tag_of(made.submission_id, made.number, made.scope, made.file_digest)}"'


async def replace(desk: Desk, sequence: int, sending: Sending, *, beside: Beside | None = None) -> Taken:
    """A new revision with its findings, however many; cells that cannot be read never lose a draft.

    ``beside`` writes in the same transaction, given the submission and its new revision. Raises ContentLocked,
    PreconditionMissing, ContentChanged, Classified, and what reading raises; then nothing is kept.
    """
    taken = await rehearse(desk, sequence, sending, at_once=len(sending.body) <= desk.given.check_at_once_bytes)
    async with desk.transaction() as connection:
        await desk.lock(connection)
        found = await _require_open(connection, desk, sequence, sending)
        found = await _opened(connection, desk, found, taken)
        row = await _insert(connection, desk, found, sending, taken)
        if beside is not None:
            await beside(connection, found, row)
        found = await desk.find_with_content(connection, sequence)
        if taken.checked is None:
            queued = await checking.defer(connection, desk, found)
            return dataclasses.replace(taken, found=found, revision=row, queued=queued)
        kept = await checking.keep(connection, desk, found, checked=taken.checked, known=taken.known)
        return dataclasses.replace(taken, found=found, revision=row, validation=kept)


async def rehearse(desk: Desk, sequence: int, sending: Sending, *, at_once: bool = True) -> Taken:
    """Everything up to the storing: the dry run is this, and every real run goes through it (INT-02)."""
    async with desk.read() as connection:
        found = await _require_open(connection, desk, sequence, sending)
        known = await known_of(connection, agency=desk.agency, period=str(desk.period), form=found.form)
        whole = sending.scope == WHOLE
        former = None if whole else Former(await _former(connection, found), await before_of(connection, found, known))
    try:
        return await asyncio.to_thread(_read, found, sending, known, former, at_once=at_once)
    except Classified as error:
        await record_refusal(desk, error)
        raise


def _read(found: Standing, sending: Sending, known: ValidationContext, former: Former | None, *, at_once: bool) -> Taken:
    file_digest = sha256_hex(sending.body)
    if former is not None:
        section = read_section_unclassified(sending.body, section=sending.scope, media_type=sending.media_type)
        name = sending.scope
        columns, strays = section.columns.get(name), section.strays
        sent = with_section(former.sent, name, section.sections[name], columns=columns, strays=strays)
        checked = checking.check_section(sent, name, former.before, file_digest, known)
        return Taken(found, sent, _digests(file_digest, checked.report), checked, known)
    if at_once:
        checked = checking.check_body(sending.body, sending.media_type, known)
        return Taken(found, checked.sent, _digests(file_digest, checked.report), checked, known)
    sent = read_unclassified(sending.body, media_type=sending.media_type)
    report, _ = understand(sent, known.form)
    return Taken(found, sent, _digests(file_digest, report), None, known)


def _digests(file_digest: str, report: Report | None) -> Digests:
    return Digests(file_digest) if report is None else Digests(file_digest, digest_of(report), section_digests(report))


async def _require_open(connection: Connection, desk: Desk, sequence: int, sending: Sending) -> Standing:
    """A submission whose content may be changed, in the revision that the caller has seen: a draft, or one that is approved,
    of which the approval lapses with the change (APR-09). Under review it is locked (APR-04)."""
    found = await desk.find(connection, sequence)
    if found.state not in EDITABLE:
        state = held(found)
        hint = "It is changed after a rejection only." if state["holder"] != "nobody" else "Begin another submission."
        raise ContentLocked(f"submission {sequence} is {found.state} and held by {state['holder']}", hint=hint, **state)
    require_match(found, sending.if_match)
    return found


async def _opened(connection: Connection, desk: Desk, found: Standing, taken: Taken) -> Standing:
    """The submission as a draft; an approval that the new content takes back is put on record with every cell changed."""
    found = await settled(connection, desk, found)
    if found.state == "draft":
        return found
    former, form = await _former(connection, found), taken.known.form
    changes = await asyncio.to_thread(content_changed, former, taken.sent, form)
    reason, at = reason_of(changes) or _SAME, instant_told(await stored.instant(connection))
    return await withdrawn(connection, desk, found, reason, [{**asdict(each), "at": at} for each in changes])


def require_match(found: Standing, if_match: str | None) -> None:
    """Whoever changes content has seen it. Raises PreconditionMissing or ContentChanged (RFC 9110 §13.1.1, RFC 6585 §3)."""
    if found.revision is None:
        # What was read of a draft without content is what was known beforehand: it holds while there is none.
        if if_match is not None and not any(begun_by(each, found.submission_id) for each in if_match.split(",")):
            raise ContentChanged("there is no content yet", hint="Leave If-Match out.")
        return
    tag = tag_of(found.submission_id, found.revision, str(found.scope), str(found.file_digest))
    if if_match is None or if_match.strip() == "*":
        hint = "Send If-Match with the ETag that GET …/content or the last PUT answered."
        raise PreconditionMissing(f"there is a revision {found.revision}; name the one you have seen", hint=hint)
    if f'"{tag}"' not in [each.strip() for each in if_match.split(",")]:
        raise ContentChanged(
            f"revision {found.revision} by {found.edited_by} is another than the one named",
            hint="Read …/content again and put the changes together.",
            revision=found.revision,
        )


async def _former(connection: Connection, found: Standing) -> SentReport:
    if found.revision is None:
        return SentReport(JSON, {})
    kept = await stored.require_revision(connection, found.submission_id, found.revision)
    return await asyncio.to_thread(unpack_sent, kept.assembled)


async def _insert(connection: Connection, desk: Desk, found: Standing, sending: Sending, taken: Taken) -> RevisionHeader:
    body, assembled = await asyncio.to_thread(lambda: (packed(sending.body), pack_sent(taken.sent)))
    made = RevisionHeader(
        submission_id=found.submission_id,
        number=(found.revision or 0) + 1,
        agency=found.agency,
        scope=sending.scope,
        media_type=sending.media_type,
        file_digest=taken.digests.file,
        digest=taken.digests.report,
        section_digests=taken.digests.sections,
        author=desk.actor.id,
    )
    await stored.insert(connection, revision, {**vars(made), "body": body, "assembled": assembled})
    detail = {name: getattr(made, name) for name in ("number", "scope", "media_type", "file_digest", "digest")}
    await record(connection, desk.actor.id, "submission.edit", found.submission_id, detail=detail)
    return made


async def record_refusal(desk: Desk, error: Classified) -> None:
    """That a marker was found, and where: no text of the body, and no digest (SEC-06)."""
    first = error.faults[0]
    refusal_id = new_id("ref")
    values = {"refusal_id": refusal_id, "agency": desk.agency, "period": str(desk.period), "actor": desk.actor.id}
    values |= {"marker": first.message.rpartition(": ")[2], "place": first.place}
    async with desk.transaction() as connection:
        await stored.insert(connection, refusal, values)
        detail = {"agency": desk.agency, "period": str(desk.period)}
        await record(connection, desk.actor.id, "submission.refuse", refusal_id, detail=detail)


async def before_of(connection: Connection, found: Standing, known: ValidationContext) -> Before | None:
    """The latest check of the latest revision, where it was made by the rules and from the figures and reports that hold now.

    None where there is none yet, where something is another since, or where a cell could not be read: then nothing is to be
    carried over and the whole report is checked.
    """
    if found.digest is None or found.revision is None:
        return None
    checked = await validations.latest_validation(connection, found.submission_id, found.revision)
    if checked is None or checked.catalogue_digest != known.catalogue.digest or checked.context != known.basis:
        return None
    idle = checked.summary.get("not_applicable")
    if idle is None:
        # Recorded before this was said.
        return None
    data = await validations.findings_of(connection, checked.validation_id)
    findings = await asyncio.to_thread(unpack_findings, data)
    return Before(findings, tuple(msgspec.convert(each, Unapplied) for each in idle))
