"""Use cases of quarters and years: computed from published months, checked by every body, published by another person (ADR 41).

Nothing here moves a point of a month. A draft is frozen when it is made; a month that is corrected makes it stale, and a new
draft goes the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError

from services.gateway.access.four_eyes import Act, once, require_another
from services.gateway.access.tenancy import read, require_other_body, transaction, whole_read
from services.gateway.http.edge import JSON
from services.gateway.http.words import require_reason
from services.gateway.publication.roll_ups import Draft, Release, draft_of, published_csv, published_document, stale_in
from services.gateway.publication.store import published
from services.gateway.publication.store import roll_ups as stored
from services.gateway.publication.store.roll_ups import RollUp, RollUpCheck, RollUpLine
from shared.audit import Actor, record
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Connection, Database, insert_row
from shared.errors import Conflict, Fault, InputInvalid, NotFound, SamePerson
from shared.ids import new_id
from shared.law.scheme import packaged_schemes
from shared.period import PeriodInvalid, Span, in_vietnam
from shared.tables.roll_ups import roll_up, roll_up_answer, roll_up_check, roll_up_line, roll_up_publication

# Of the triggers in control.roll_ups.sql: it came too late, or others had spoken first.
_TOO_LATE = "55000"
_ANSWER = Act(roll_up_answer, "check_id", "roll_up.answer")
_PUBLICATION = Act(roll_up_publication, "roll_up_id", "roll_up.publish")


class RollUpMonthsMissing(Conflict):
    """A month of the quarter or year is not published: it is not taken for zero, and the others alone are not the span."""

    slug = "roll-up-months-missing"
    title_vi = "Quý hoặc năm còn tháng chưa công bố"
    title_en = "Months of the quarter or year are not published"


class RollUpUnchanged(Conflict):
    """The version that is published rests on the same versions of the months."""

    slug = "roll-up-unchanged"
    title_vi = "Bản tổng hợp đã công bố không có gì thay đổi"
    title_en = "Nothing has changed since the published roll-up"


class RollUpClosed(Conflict):
    """It is published, a later draft replaced it, or the time to check it is over."""

    slug = "roll-up-closed"
    title_vi = "Bản tổng hợp không nhận ý kiến nữa"
    title_en = "The roll-up takes no more words"


class RollUpNotReady(Conflict):
    """Bodies have still time to answer, an objection has no answer, a month was corrected, or another draft was read."""

    slug = "roll-up-not-ready"
    title_vi = "Chưa thể công bố bản tổng hợp"
    title_en = "The roll-up cannot be published yet"


@dataclass(frozen=True)
class Whole:
    """A draft with lines and checks, as far as the session sees them."""

    roll_up: RollUp
    lines: Sequence[RollUpLine]
    checks: Sequence[RollUpCheck]

    @property
    def last_words(self) -> dict[str, RollUpCheck]:
        """Each body's last check."""
        return {each.agency: each for each in self.checks}

    @property
    def unanswered(self) -> list[str]:
        """Bodies whose objection stands without a publisher's word."""
        return [agency for agency, each in self.last_words.items() if each.verdict == "objects" and each.answer is None]

    @property
    def silent(self) -> list[str]:
        """Bodies that have said nothing."""
        return [line.agency for line in self.lines if line.agency not in self.last_words]


def state_of(roll_up: RollUp) -> str:
    """``open`` to checks until its deadline, then ``checked``; ``replaced`` by a later draft, or ``published``."""
    if roll_up.version is not None:
        return "published"
    if roll_up.replaced:
        return "replaced"
    return "checked" if roll_up.is_over else "open"


async def compute_roll_up(database: Database, *, actor: Actor, span: str, check_until: datetime, reason: str) -> Whole:
    """A frozen draft of the months' latest versions; bodies check it until an instant ahead.

    Raises InputInvalid, ReasonMissing, RollUpMonthsMissing or RollUpUnchanged."""
    reason, named = require_reason(reason), read_span(span)
    async with transaction(database, actor) as connection:
        now = await stored.hold_span(connection, span)
        if check_until <= now:
            fault = Fault("/check_until", "is not ahead of now", seen=in_vietnam(check_until))
            raise InputInvalid("the bodies need time to check the roll-up", faults=[fault])
        months = await _months(connection, named)
        draft = await asyncio.to_thread(draft_of, named, months, [await _sheet(connection, each) for each in months])
        roll_up_id = new_id("rup")
        about = {"span": span, "months": list(months), "digest": draft.digest}
        said = {"body_count": len(draft.lines), "check_until": check_until, "actor": actor.id, "reason": reason}
        await insert_row(connection, roll_up, {"roll_up_id": roll_up_id, **about, **said})
        for line in draft.lines:
            await insert_row(connection, roll_up_line, {"roll_up_id": roll_up_id, "agency": line["agency"], "line": line})
        await record(connection, actor.id, "roll_up.compute", roll_up_id, reason=reason, detail=about)
        return await _whole(connection, roll_up_id)


async def check_roll_up(
    database: Database, *, actor: Actor, agency: str, roll_up_id: str, verdict: str, reason: str | None
) -> Whole:
    """The body's word on its line, another one beside those before.

    Raises NotFound, ReasonMissing for an objection without one, or RollUpClosed."""
    reason = require_reason(reason or "") if reason or verdict == "objects" else None
    about = {"roll_up_id": roll_up_id, "agency": agency, "verdict": verdict}
    check_id = new_id("rchk")
    try:
        async with transaction(database, actor) as connection:
            await _whole(connection, roll_up_id, agency)
            await insert_row(connection, roll_up_check, {"check_id": check_id, **about, "reason": reason, "actor": actor.id})
            await record(connection, actor.id, "roll_up.check", check_id, reason=reason, detail=about)
            return await _whole(connection, roll_up_id, agency)
    except DBAPIError as error:
        raise _closed(error, roll_up_id) from error


async def answer_objection(database: Database, *, actor: Actor, roll_up_id: str, check_id: str, reason: str) -> Whole:
    """A publisher's word, after which the objection holds nothing back.

    Raises NotFound, OwnBody, ReasonMissing or RollUpClosed."""
    reason = require_reason(reason)
    try:
        async with transaction(database, actor) as connection:
            whole = await _whole(connection, roll_up_id)
            found = next((each for each in whole.checks if each.check_id == check_id and each.verdict == "objects"), None)
            if found is None:
                raise NotFound(f"{roll_up_id} has no objection {check_id}")
            require_other_body(actor, found.agency)
            about = {"check_id": check_id, "agency": found.agency}
            again = RollUpClosed(f"{check_id} was answered before")
            await once(connection, _ANSWER, actor, about, again, reason=reason, detail={**about, "roll_up_id": roll_up_id})
            return await _whole(connection, roll_up_id)
    except DBAPIError as error:
        raise _closed(error, roll_up_id) from error


async def publish_roll_up(
    database: Database, *, actor: Actor, roll_up_id: str, digest: str, reason: str, now: datetime
) -> Whole:
    """The next version of the quarter or year, by another person than computed it. ``digest`` is the draft's that was read.

    Raises NotFound, SamePerson, ReasonMissing or RollUpNotReady."""
    reason = require_reason(reason)
    async with transaction(database, actor) as connection:
        span = (await _whole(connection, roll_up_id)).roll_up.span
        await stored.hold_span(connection, span)
        whole = await _whole(connection, roll_up_id)
        own = SamePerson("nobody publishes what they computed", hint="Another person publishes it.")
        await require_another(connection, actor, [whole.roll_up.actor], own)
        _require_ready(whole, digest)
        version = 1 + len(await stored.versions_of_span(connection, span))
        release = _release(whole, version=version, now=now, reason=reason)
        row = await asyncio.to_thread(_bytes, whole, release)
        again = RollUpNotReady(f"{roll_up_id} was published before")
        detail = {"span": span, "version": version, "digest": row["digest"]}
        await once(connection, _PUBLICATION, actor, {"roll_up_id": roll_up_id, **row}, again, reason=reason, detail=detail)
        await stored.announce(connection, span)
        return await _whole(connection, roll_up_id)


async def list_roll_ups(
    database: Database, *, actor: Actor, agency: str | None = None, after: int | None, limit: int
) -> list[RollUp]:
    """In the order they were computed; with ``agency``, those with a line of the body."""
    async with read(database, actor) as connection:
        return await stored.list_roll_ups(connection, agency=agency, after=after, limit=limit)


async def find_roll_up(database: Database, *, actor: Actor, roll_up_id: str, agency: str | None = None) -> Whole:
    """Raises NotFound, also where the draft has no line of the body named."""
    async with read(database, actor) as connection:
        return await _whole(connection, roll_up_id, agency)


async def latest_roll_up(database: Database, span: Span) -> Whole:
    """The last draft with every line and check, for the site's operator at the terminal. Raises NotFound."""
    async with whole_read(database) as connection:
        roll_up_id = await stored.latest_of_span(connection, str(span))
        if roll_up_id is None:
            raise NotFound(f"nothing has been rolled up of {span}")
        return await _whole(connection, roll_up_id)


def read_span(text: str, *, place: str = "/span") -> Span:
    """A quarter or year that schemes rule from its first month on. Raises InputInvalid."""
    first = packaged_schemes()[0].first_period
    try:
        span = Span.parse(text)
    except PeriodInvalid as error:
        fault = Fault(place, "is no quarter and no year", seen=text, expected="for example 2026-Q1 or 2026")
        raise InputInvalid("this is no quarter and no year", faults=[fault]) from error
    if span.months[0] < first:
        fault = Fault(place, "begins before the first month that is scored", seen=text, expected=f"from {first} on")
        raise InputInvalid("no scheme rules this period", faults=[fault])
    return span


def _require_ready(whole: Whole, digest: str) -> None:
    found = whole.roll_up
    if found.version is not None:
        raise RollUpNotReady(f"{found.roll_up_id} was published before")
    if found.replaced:
        raise RollUpNotReady(f"{found.roll_up_id} is replaced by a later draft", hint="Look at the latest draft.")
    if digest != found.digest:
        raise RollUpNotReady(f"{digest} is not the digest of {found.roll_up_id}", hint="Read the draft again.")
    if stale := stale_in(found.months, found.months_now):
        named = ", ".join(each["period"] for each in stale)
        raise RollUpNotReady(f"{found.roll_up_id}: corrected since: {named}", hint="Compute it anew.")
    if whole.unanswered:
        named = ", ".join(whole.unanswered)
        raise RollUpNotReady(f"{found.roll_up_id}: objections without an answer: {named}", hint="Answer each of them first.")
    if whole.silent and not found.is_over:
        until = in_vietnam(found.check_until)
        raise RollUpNotReady(f"{found.roll_up_id}: {len(whole.silent)} bodies may answer until {until}")


def _release(whole: Whole, *, version: int, now: datetime, reason: str) -> Release:
    verdicts = {agency: each.verdict for agency, each in whole.last_words.items()}
    found = whole.roll_up
    return Release(
        roll_up=found.roll_up_id,
        version=version,
        published_at=now,
        check_until=found.check_until,
        reason=reason,
        verdicts=verdicts,
    )


def _bytes(whole: Whole, release: Release) -> dict[str, Any]:
    """The publication's row: what is served, made once (ADR 7)."""
    found = whole.roll_up
    draft = Draft(found.months, [each.line for each in whole.lines], found.digest)
    document = published_document(Span.parse(found.span), draft, release)
    json, csv = canonical_bytes(document), published_csv(document)
    digests = {"digest": sha256_hex(json), "csv_digest": sha256_hex(csv)}
    about = {"span": found.span, "version": release.version, "published_at": release.published_at}
    return {**about, "json": json, "csv": csv, **digests}


async def _months(connection: Connection, span: Span) -> Sequence[Mapping[str, Any]]:
    """What it would rest on. Raises RollUpMonthsMissing or RollUpUnchanged."""
    months = await stored.months_published(connection, str(span))
    there = {each["period"] for each in months}
    if missing := [str(each) for each in span.months if str(each) not in there]:
        faults = [Fault("/span", "this month is not published", seen=each) for each in missing]
        hint = "Publish these months first."
        raise RollUpMonthsMissing(f"not published of {span}: {', '.join(missing)}", hint=hint, faults=faults)
    versions = await stored.versions_of_span(connection, str(span))
    if versions and list(versions[-1].months) == list(months):
        raise RollUpUnchanged(f"version {versions[-1].version} of {span} rests on the same versions of its months")
    return months


async def _sheet(connection: Connection, pinned: Mapping[str, Any]) -> bytes:
    found = await published.find_rendering(
        connection, period=pinned["period"], version=pinned["version"], agency="", media_type=JSON
    )
    if found is None:
        raise LookupError(pinned["publication_id"])
    return bytes(found.body)


async def _whole(connection: Connection, roll_up_id: str, agency: str | None = None) -> Whole:
    found = await stored.find_roll_up(connection, roll_up_id)
    lines = [] if found is None else await stored.lines_of(connection, roll_up_id, agency)
    if found is None or not lines:
        raise NotFound(f"no roll-up {roll_up_id}")
    return Whole(found, lines, await stored.checks_of(connection, roll_up_id, agency))


def _closed(error: DBAPIError, roll_up_id: str) -> Exception:
    if getattr(error.orig, "sqlstate", None) == _TOO_LATE:
        return RollUpClosed(f"{roll_up_id} takes no more words")
    return error
