"""Use cases about revisions of schemes: drafted, shadow-run, signed by two people, put in force (RUL-09, RUL-17; ADR 32).

A scheme's file never changes under a month that has begun. A revision says what is read otherwise from a month on; runs carry
its number, and months before it, like runs from before it, replay to their bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.gateway.access.four_eyes import Act, once, require_another
from services.gateway.http.periods import ruled_period
from services.gateway.http.words import require_reason, tidy
from services.gateway.operations.commands import request_command
from services.gateway.operations.store import revisions as stored
from services.gateway.operations.store.revisions import RevisionOnRecord, ShadowOnRecord, SignatureOnRecord
from shared.audit import Actor, record
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Connection, Database, insert_row
from shared.errors import Conflict, Fault, InputInvalid, NotFound, SamePerson
from shared.ids import new_id
from shared.jobs import Queue
from shared.law.readings import Readings
from shared.law.refusals import ReadingUnknown, SchemeInvalid
from shared.law.revisions import Law, Revision, revised_digest
from shared.law.scheme import Scheme, packaged_schemes, scheme_for
from shared.period import Period
from shared.tables.revisions import scheme_activation, scheme_revision, scheme_signature

_SIGNATURE = Act(scheme_signature, "revision_id", "scheme.sign")
_ACTIVATION = Act(scheme_activation, "revision_id", "scheme.activate")
_SIGNERS = 2


class RevisionNotSignable(Conflict):
    """The engines differ in the shadow run, another one was signed, or something else was read than what stands."""

    slug = "revision-not-signable"
    title_vi = "Chưa thể ký bản sửa đổi phương án"
    title_en = "Revision cannot be signed"


class RevisionSigned(Conflict):
    slug = "revision-signed"
    title_vi = "Bản sửa đổi phương án đã đủ chữ ký"
    title_en = "Revision is signed"


class RevisionNotReady(Conflict):
    """Not signed by two people, in force already, or overtaken by a later number or by another release of the scheme."""

    slug = "revision-not-ready"
    title_vi = "Chưa thể áp dụng bản sửa đổi phương án"
    title_en = "Revision cannot be put in force"


@dataclass(frozen=True)
class RevisionWanted:
    """``readings`` is the whole choice, reading → alternative, from ``first_period`` (YYYY-MM) on."""

    scheme: str
    first_period: str
    readings: Mapping[str, str]
    document: str
    reason: str


@dataclass(frozen=True)
class Whole:
    """A revision with its signatures."""

    revision: RevisionOnRecord
    signatures: Sequence[SignatureOnRecord]

    @property
    def state(self) -> str:
        """How far it came; ``replaced`` was in force before a later number, ``superseded`` never was and cannot be any more."""
        if self.revision.activated_at is not None:
            return "in_force" if self.revision.superseding is None else "replaced"
        if self.revision.superseding is not None:
            return "superseded"
        if self.signatures:
            return "signed" if len(self.signatures) == _SIGNERS else "signed_once"
        return "shadow_run" if self.revision.shadow_runs else "draft"


async def draft_revision(database: Database, *, actor: Actor, wanted: RevisionWanted) -> Whole:
    """Nothing is read otherwise before it is in force. Raises NotFound, ReasonMissing or InputInvalid."""
    reason = require_reason(wanted.reason)
    scheme = _scheme(wanted.scheme)
    first = _ruled(scheme, wanted.first_period, "/first_period")
    revision_id = new_id("rev")
    async with database.transaction() as connection:
        number = await stored.next_number(connection, scheme.id)
        document = tidy(wanted.document)
        revision = Revision(scheme.id, number, first, dict(wanted.readings), document)
        _require_computed(scheme, revision)
        digest = revised_digest(scheme, revision)
        values = {**vars(revision), "first_period": wanted.first_period, "revision_id": revision_id, "actor": actor.id}
        await insert_row(
            connection, scheme_revision, {**values, "scheme_digest": scheme.digest, "digest": digest, "reason": reason}
        )
        detail = {"scheme": scheme.id, "number": number, "readings": dict(wanted.readings), "first_period": wanted.first_period}
        await record(connection, actor.id, "scheme.revise", revision_id, reason=reason, detail=detail)
        return await _found(connection, revision_id)


async def request_shadow_run(
    database: Database, *, queue: Queue, actor: Actor, revision_id: str, periods: Sequence[str], reason: str
) -> str:
    """The command's id. Raises NotFound or InputInvalid for a month that another scheme rules."""
    found = (await find_revision(database, revision_id)).revision
    for number, period in enumerate(periods):
        _ruled(_scheme(found.scheme), period, f"/periods/{number}")
    arguments = {"revision_id": revision_id, "periods": sorted(set(periods))}
    return await request_command(
        database, queue=queue, actor=actor, kind="shadow", period=None, arguments=arguments, reason=reason
    )


async def sign_revision(
    database: Database, *, actor: Actor, revision_id: str, shadow_id: str, digest: str, reason: str
) -> Whole:
    """One of two people's word. Raises NotFound, SamePerson, RevisionSigned or RevisionNotSignable."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await stored.lock_revision(connection, revision_id)
        found = await _found(connection, revision_id)
        given = found.signatures
        own = SamePerson("nobody signs a revision twice", hint="Ask another publisher.")
        await require_another(connection, actor, [each.actor for each in given], own)
        if len(given) == _SIGNERS:
            raise RevisionSigned(f"{revision_id} is signed by two people")
        shadow = await _shadow(connection, shadow_id)
        _require_signable(found, shadow, digest)
        about = {"revision_id": revision_id, "place": len(given) + 1, "shadow_id": shadow_id, "digest": digest}
        again = RevisionSigned(f"{revision_id} was signed at this moment")
        await once(connection, _SIGNATURE, actor, about, again, reason=reason, detail={"digest": digest})
        return await _found(connection, revision_id)


async def activate_revision(database: Database, *, actor: Actor, revision_id: str, reason: str) -> Whole:
    """From the commit on runs of its months are computed by it. Raises NotFound or RevisionNotReady."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await stored.lock_activations(connection, (await _found(connection, revision_id)).revision.scheme)
        whole = await _found(connection, revision_id)
        _require_ready(whole)
        detail = {"scheme": whole.revision.scheme, "number": whole.revision.number}
        again = RevisionNotReady(f"{revision_id} was put in force before")
        await once(connection, _ACTIVATION, actor, {"revision_id": revision_id}, again, reason=reason, detail=detail)
        return await _found(connection, revision_id)


async def list_revisions(database: Database, *, after: int | None, limit: int) -> list[Whole]:
    """In the order they were drafted."""
    async with database.read() as connection:
        found = await stored.list_revisions(connection, after=after, limit=limit)
        signed = await stored.signatures_of(connection, [each.revision_id for each in found])
    return [Whole(each, [one for one in signed if one.revision_id == each.revision_id]) for each in found]


async def find_revision(database: Database, revision_id: str) -> Whole:
    """Raises NotFound."""
    async with database.read() as connection:
        return await _found(connection, revision_id)


async def find_shadow(database: Database, shadow_id: str) -> tuple[ShadowOnRecord, str]:
    """With the digest that is signed. Raises NotFound."""
    async with database.read() as connection:
        shadow = await _shadow(connection, shadow_id)
        return shadow, signing_digest(await _found(connection, shadow.revision_id), shadow)


def signing_digest(whole: Whole, shadow: ShadowOnRecord) -> str:
    """Over the law that the revision makes and over what its shadow run found."""
    return sha256_hex(canonical_bytes({"revision": whole.revision.digest, "shadow_run": shadow.digest}))


def _require_ready(whole: Whole) -> None:
    revision = whole.revision
    revision_id = revision.revision_id
    if revision.activated_at is not None:
        raise RevisionNotReady(f"{revision_id} was put in force before")
    if revision.superseding is not None:
        raise RevisionNotReady(f"{revision_id}: a later number is in force", hint="Draft it anew.")
    if len(whole.signatures) < _SIGNERS:
        raise RevisionNotReady(f"{revision_id} is not signed by two people", hint="Both sign one shadow run.")
    if _scheme(revision.scheme).digest != revision.scheme_digest:
        raise RevisionNotReady(f"{revision_id}: the scheme ships otherwise since it was drafted", hint="Draft it anew.")


def _require_signable(whole: Whole, shadow: ShadowOnRecord, digest: str) -> None:
    revision_id, other = whole.revision.revision_id, next(iter(whole.signatures), None)
    if shadow.revision_id != revision_id:
        raise RevisionNotSignable(f"{shadow.shadow_id} is no shadow run of {revision_id}")
    if whole.revision.superseding is not None:
        raise RevisionNotSignable(f"{revision_id}: a later number is in force", hint="Draft it anew.")
    if not shadow.agrees:
        raise RevisionNotSignable(f"{shadow.shadow_id}: the two engines differ", hint="Nothing is signed until they agree.")
    if other is not None and other.shadow_id != shadow.shadow_id:
        raise RevisionNotSignable(f"the first person signed {other.shadow_id}", hint="Both sign one shadow run.")
    if digest != signing_digest(whole, shadow):
        raise RevisionNotSignable(
            f"{digest} is not the digest of {revision_id} with {shadow.shadow_id}",
            hint="Read the shadow run again: it tells the digest as signing_digest.",
        )


def _ruled(scheme: Scheme, period: str, place: str) -> Period:
    """Raises InputInvalid where the scheme does not rule the month; a revision may begin with any month that it rules."""
    month = ruled_period(period, place=place)
    ruling = scheme_for(month)
    if ruling.id != scheme.id:
        fault = Fault(place, "another scheme rules this month", seen=ruling.id)
        raise InputInvalid(f"{period}: {scheme.id} does not rule this month", faults=[fault])
    return month


def _require_computed(scheme: Scheme, revision: Revision) -> None:
    """Raises InputInvalid for readings that the scheme does not have, cannot compute, or cannot compute together."""
    try:
        Readings.of(scheme, revision.readings)
        _ = Law(scheme, revision).applied
    except (ReadingUnknown, SchemeInvalid) as error:
        fault = Fault("/readings", str(error), seen=", ".join(f"{name}={each}" for name, each in revision.readings.items()))
        raise InputInvalid("these readings cannot be put in force", faults=[fault]) from error


def _scheme(scheme_id: str) -> Scheme:
    found = next((each for each in packaged_schemes() if each.id == scheme_id), None)
    if found is None:
        raise NotFound(f"no scheme has the id {scheme_id!r}")
    return found


async def _found(connection: Connection, revision_id: str) -> Whole:
    found = await stored.find_revision(connection, revision_id)
    if found is None:
        raise NotFound(f"no revision {revision_id}")
    return Whole(found, await stored.signatures_of(connection, [revision_id]))


async def _shadow(connection: Connection, shadow_id: str) -> ShadowOnRecord:
    found = await stored.find_shadow(connection, shadow_id)
    if found is None:
        raise NotFound(f"no shadow run {shadow_id}")
    return found
