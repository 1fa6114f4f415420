"""Use case: make a run's sheet public as the next version of its period, by another person than the run's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.scoring import store
from services.scoring.beside import what_stands_beside
from services.scoring.compute import RunNotFound
from services.scoring.following import follows
from services.scoring.publication_key import PublicationKey
from services.scoring.records import Publication, Run
from services.scoring.renderings import Decided, Pack, pack_of, render_all
from services.scoring.superseded import superseded
from shared import audit
from shared.awaiting import awaited_of, missing_of
from shared.database import Connection, Database
from shared.embargo import require_release
from shared.errors import Conflict, SamePerson
from shared.holds.omissions import Omission, approved_omissions
from shared.holds.register import kind_of, open_holds, refuse_held
from shared.ids import new_id
from shared.law.restored import restored
from shared.law.revisions import Law
from shared.law_store import load_law
from shared.people import importers_of, same_among, same_person
from shared.period import Period, in_vietnam
from shared.plans.difference import Difference, difference_of, refuse_other_difference
from shared.plans.published import former_version

JSON, CSV = "application/json", "text/csv"
SHOWN = 5
SELF = "service:scoring"
FIRST_USE = "chứng thư ký công bố được dùng lần đầu"


class RunNotPublishable(Conflict):
    """The run's sheet may not be published as it stands; the detail says why and the hint what to do."""

    slug = "run-not-publishable"
    title_vi = "Chưa thể công bố kết quả này"
    title_en = "Run cannot be published"


async def publish(
    database: Database,
    run_id: str,
    *,
    publisher: str,
    reason: str,
    plan: str | None,
    clock: Callable[[], datetime],
    command_id: str | None = None,
    release_at: datetime | None = None,
    key: PublicationKey | None = None,
) -> dict[str, Any]:
    """Publish a run; a run published before is returned as it is. ``plan`` is the digest of the difference that the publisher
    saw; another one than there is now is PlanStale. ``release_at``: everything is made now and public from then on (ADR 40);
    raises as ``require_release``. ``key`` signs the document for the meeting, which is published unsigned without one. Returns
    publication_id, period, version, digest, root, certificate, new."""
    async with database.read() as connection:
        run = await store.find_run(connection, run_id)
    if run is None:
        raise RunNotFound(f"no run {run_id}")
    async with database.exclusive(f"publish:{run.period}"), database.transaction() as connection:
        earlier = await store.publications_of(connection, run.period)
        same = next((one for one in earlier if one.run_id == run_id), None)
        if same is not None:
            return summary_of(vars(same), new=False)
        await require_another(connection, run, publisher)
        await require_release(connection, run.period, release_at)
        month = Period.parse(run.period)
        if not earlier:
            # Before what is missing: an open word is both, and this says what to do about it.
            refuse_held(month, await open_holds(connection, month, run_id=run_id))
        _require_publishable(run)
        if earlier:
            refuse_held(month, await open_holds(connection, month, run_id=run_id, published=True), published=True)
        current = await store.load_inputs(connection, month)
        if current.digest() != run.inputs_digest:
            raise RunNotPublishable(
                f"{run_id}: snapshots, rulings or other inputs have changed since it was computed",
                hint="Score the period again and publish that run.",
            )
        used = [each.snapshot_id for each in current.snapshots.values()]
        await _require_proven(connection, run_id, used)
        law = await load_law(connection, month)
        require_law(run, law)
        refuse_other_difference(run_id, plan, await difference_now(connection, run))
        header = header_of(run, publisher, reason, version=len(earlier) + 1, at=clock(), command_id=command_id)
        header |= {"plan_digest": plan, "release_at": release_at}
        header["follows"] = await follows_of(connection, earlier[-1], run) if earlier else None
        decisions = await approved_omissions(connection, current.period)
        omitted = [_omitted(each) for each in decisions if not kind_of(each.kind).confirms]
        confirmed = [_confirmed(each) for each in decisions if kind_of(each.kind).confirms]
        decided = Decided(omitted, await superseded(connection, used), confirmed)
        around = await what_stands_beside(connection, month, run_id)
        made = render_all(run, header, law.applied, decided, beside=around)
        pack = await pack_of(header, made, law.applied, around, key)
        await insert(connection, header, pack, key)
        detail = {name: header[name] for name in ("period", "version", "run_id", *pack.facts())}
        detail |= {} if release_at is None else {"release_at": in_vietnam(release_at)}
        await audit.record(connection, publisher, "score.publish", header["publication_id"], reason=reason, detail=detail)
    return summary_of(header, new=True)


async def require_another(connection: Connection, run: Run, publisher: str) -> None:
    """Raises SamePerson: nobody publishes a run that they started, or what rests on a file that they imported alone."""
    hint = "Another person with the publisher role does it."
    if await same_person(connection, run.actor, publisher):
        raise SamePerson(f"{run.run_id} was computed by {run.actor}, the same person as {publisher}", hint=hint)
    if importers := await same_among(connection, publisher, await importers_of(connection, run.period)):
        who = ", ".join(sorted(importers))
        raise SamePerson(f"{run.run_id} rests on a file that {who} imported, the same person as {publisher}", hint=hint)


async def insert(connection: Connection, header: dict[str, Any], pack: Pack, key: PublicationKey | None) -> None:
    """The version with its renderings, whose digests ``header`` then names."""
    if key is not None:
        await record_certificate(connection, key)
    header |= pack.facts()
    await store.insert_publication(connection, header, pack.renderings)


async def record_certificate(connection: Connection, key: PublicationKey) -> None:
    """Of a key that signs for the first time, for everybody to see."""
    values = {"fingerprint": key.fingerprint, "certificate": key.chain[0], "chain": key.pem}
    if await store.record_certificate(connection, {**values, "actor": SELF, "reason": FIRST_USE}):
        act, detail = "publication_certificate.record", {"subject": key.subject, "chain": key.pem}
        await audit.record(connection, SELF, act, key.fingerprint, reason=FIRST_USE, detail=detail)


async def difference_now(connection: Connection, run: Run) -> Difference:
    """What the run would change in what is published of its month now."""
    former = await former_version(connection, Period.parse(run.period))
    return await asyncio.to_thread(lambda: difference_of(former, restored(json.loads(run.sheet)), run.result_digest))


async def follows_of(connection: Connection, former: Publication, run: Run) -> dict[str, Any]:
    """What the version of a run says of the one before it."""
    before = await store.find_run(connection, former.run_id)
    if before is None:
        raise LookupError(former.run_id)
    return follows(former, before, run)


def _require_publishable(run: Run) -> None:
    if not run.agrees:
        differences = run.differences or ()
        first = differences[0]
        raise RunNotPublishable(
            f"{run.run_id}: the two engines differ in {len(differences)} places, first {first}",
            hint="Nothing of this period can be published until the engines agree.",
        )
    if run.provisional:
        raise _provisional(run.run_id, json.loads(run.sheet)["agencies"])


def _provisional(run_id: str, lines: Sequence[Mapping[str, Any]]) -> RunNotPublishable:
    """A missing figure is brought in or settled; an awaited word comes, or two people leave its figure out."""
    missing = [f"{line['agency']} {', '.join(codes)}" for line in lines if (codes := missing_of(line))]
    awaiting = [f"{line['agency']} {', '.join(codes)}" for line in lines if (codes := awaited_of(line))]
    lacks, waits = _first(missing), _first(awaiting)
    if not awaiting:
        return RunNotPublishable(
            f"{run_id}: provisional, {len(missing)} bodies have missing indicators: {lacks}",
            hint="Bring the missing snapshots in, or settle each missing measure by a ruling, then score again.",
            missing=missing,
            awaiting=awaiting,
        )
    if not missing:
        return RunNotPublishable(
            f"{run_id}: provisional, a word is awaited on figures of {len(awaiting)} bodies: {waits}",
            hint="Take awaited words in once given, or leave their figures out by a decision of two people, then score again.",
            missing=missing,
            awaiting=awaiting,
        )
    return RunNotPublishable(
        f"{run_id}: provisional; missing of {len(missing)} bodies: {lacks}; a word awaited of {len(awaiting)}: {waits}",
        hint="Settle or bring in what is missing; take awaited words in, or leave their figures out; then score again.",
        missing=missing,
        awaiting=awaiting,
    )


def _first(named: Sequence[str]) -> str:
    return "; ".join(named[:SHOWN]) + (" …" if len(named) > SHOWN else "")


async def _require_proven(connection: Connection, run_id: str, snapshot_ids: Sequence[str]) -> None:
    if unproven := await store.unproven(connection, snapshot_ids):
        raise RunNotPublishable(
            f"{run_id}: rests on what does not prove: {', '.join(unproven)}",
            hint="See what differs with `bangdiem snapshot verify`, put the facts right from a backup, and verify again.",
        )


def require_law(run: Run, law: Law) -> None:
    """The pages tell the law's words beside its numbers. Raises RunNotPublishable when the law is not the run's any more."""
    if law.digest != run.scheme_digest:
        raise RunNotPublishable(
            f"{run.run_id}: the scheme has changed since it was computed",
            hint="Score the period again and publish that run.",
        )


def _omitted(decided: Omission) -> dict[str, Any]:
    """What the table says of a decision: what was left out of which bodies, the points, why and by which document. Which tasks
    they are is for those who may read them."""
    bodies = [
        {"agency": body["agency"], "count": len(body["items"]), "points": body["points"], "exact": body["exact"]}
        for body in decided.hold["bodies"]
    ]
    return {**_decision(decided), "bodies": bodies}


def _confirmed(decided: Omission) -> dict[str, Any]:
    """What the table says of figures that two people confirmed: of whom, which, and the best one behind it."""
    names = ("indicator", "measure", "value", "next_value")
    bodies = [
        {"agency": body["agency"], "figures": [{name: item[name] for name in names} for item in body["items"]]}
        for body in decided.hold["bodies"]
    ]
    return {**_decision(decided), "bodies": bodies}


def _decision(decided: Omission) -> dict[str, Any]:
    kind = kind_of(decided.kind)
    said = {name: getattr(decided, name) for name in ("omission_id", "kind", "reason", "document", "actor", "approved_by")}
    said["approved_at"] = decided.approved_at and in_vietnam(decided.approved_at)
    return {**said, "title_vi": kind.title_vi, "title_en": kind.title_en, "source": decided.hold["source"]}


def header_of(run: Run, publisher: str, reason: str, *, version: int, at: datetime, command_id: str | None) -> dict[str, Any]:
    return {
        "publication_id": new_id("pub"),
        "period": run.period,
        "version": version,
        "run_id": run.run_id,
        "publisher": publisher,
        "reason": reason,
        "command_id": command_id,
        "published_at": at,
    }


def summary_of(line: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    names = ("publication_id", "period", "version", "run_id", "digest", "root", "certificate")
    return {name: line[name] for name in names} | {"new": new}
