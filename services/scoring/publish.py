"""Use case: make a run's sheet public as the next version of its period, by another person than the run's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.scoring import store
from services.scoring.compute import RunNotFound
from services.scoring.exports.people_csv import people_csv
from services.scoring.exports.workbook import workbook
from services.scoring.following import follows
from services.scoring.records import Computed, Publication, Run
from services.scoring.superseded import NOTHING_TAKEN, Superseded, superseded
from shared import audit
from shared.awaiting import awaited_of, missing_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.csv_files import csv_file
from shared.database import Connection, Database
from shared.embargo import require_release
from shared.errors import Conflict, SamePerson
from shared.holds.omissions import Omission, approved_omissions
from shared.holds.register import kind_of, open_holds, refuse_held
from shared.ids import new_id
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.law.revisions import Law
from shared.law.scheme import Scheme
from shared.law_store import load_law
from shared.people import importers_of, same_among, same_person
from shared.period import Period, in_vietnam
from shared.plans.difference import Difference, difference_of, refuse_other_difference
from shared.plans.published import former_version
from shared.public_pages.addresses import data_at
from shared.public_pages.rendering import CSV_VI, XLSX, pages_of

JSON, CSV = "application/json", "text/csv"
SHOWN = 5
# Lists of bodies stand in the whole sheet, not in one body's part of it.
WHOLE_SHEET_ONLY = frozenset({"agencies", "commended", "commended_by_rounding"})
OWN_ROWS = ("applicability", "rulings")
APPLICABLE = ("maximum", "total", "total_exact", "grade")


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
) -> dict[str, Any]:
    """Publish a run; a run published before is returned as it is. ``plan`` is the digest of the difference that the publisher
    saw; another one than there is now is PlanStale. ``release_at``: everything is made now and public from then on (ADR 40);
    raises as ``require_release``. Returns publication_id, period, version, digest, new."""
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
        renderings = list(render_all(run, header, law.applied, decided))
        header["digest"] = renderings[0]["digest"]
        await store.insert_publication(connection, header, renderings)
        detail = {name: header[name] for name in ("period", "version", "run_id", "digest")}
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


@dataclass(frozen=True)
class Decided:
    """What two people decided of open facts: ``omitted`` were left out of the version, ``confirmed`` figures are in it as they
    stood, and what later versions of snapshots took in is in it."""

    omitted: Sequence[Mapping[str, Any]] = ()
    superseded: Superseded = NOTHING_TAKEN
    confirmed: Sequence[Mapping[str, Any]] = ()

    def parts(self) -> dict[str, Sequence[Mapping[str, Any]]]:
        """By the document's names; each entry names the bodies it speaks of."""
        found = self.superseded
        taken = {"taken_in": found.taken_in, "rows_put_aside": found.rows_put_aside}
        return {"omissions": self.omitted, "confirmed": self.confirmed, **taken}


NOTHING_DECIDED = Decided()


def render_all(
    run: Computed,
    header: Mapping[str, Any],
    scheme: Scheme,
    decided: Decided = NOTHING_DECIDED,
    restores: Mapping[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """The bytes that are served for ever: the whole sheet as JSON, CSV and files for office programs, each body's own document,
    and the pages of both.

    ``scheme`` is the one the run was computed by, with the switches of its revision turned. Every document says what was
    decided. ``restores`` is the former version that this one says again, None where it says something of its own.
    """
    sheet = json.loads(run.sheet)
    top = {
        "publication": header["publication_id"],
        "version": header["version"],
        "run": run.run_id,
        "result_digest": run.result_digest,
        "published_at": in_vietnam(header["published_at"]),
        "follows": header.get("follows"),
        "restores": restores,
        **{name: list(entries) for name, entries in decided.parts().items()},
    }
    agency_part = {key: value for key, value in sheet.items() if key not in WHOLE_SHEET_ONLY} | top
    whole = sheet | top
    yield _rendering(header, "", JSON, canonical_bytes(whole))
    yield _rendering(header, "", CSV, csv_bytes(whole))
    yield _rendering(header, "", CSV_VI, people_csv(whole, scheme))
    yield _rendering(header, "", XLSX, workbook(whole, scheme))
    for line in sheet["agencies"]:
        own: dict[str, Any] = {name: [row for row in sheet[name] if row["agency"] == line["agency"]] for name in OWN_ROWS}
        own |= {name: _concerning(line["agency"], entries) for name, entries in decided.parts().items()}
        own["follows"] = top["follows"] and _of_body(line["agency"], top["follows"])
        yield _rendering(header, line["agency"], JSON, canonical_bytes(agency_part | own | {"agencies": [line]}))
    found = restored(sheet)
    for page in pages_of(whole, scheme, sentences_of(found.sheet, found.names)):
        yield _rendering(header, page.agency, page.media_type, page.body)


def csv_bytes(document: Mapping[str, Any]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read the Vietnamese; a missing value is an empty cell. The last
    columns say of every line what it rests on: the digest of the run, each source's snapshot, where it is proven (XPT-01)."""
    codes = list(document["agencies"][0]["indicators"]) if document["agencies"] else []
    groups = list(document["agencies"][0]["groups"]) if document["agencies"] else []
    head = ["period", "version", "run", "scheme_digest", "rank", "shown_total", "agency", "kind", "name_vi", "name_en", *groups]
    head += ["bonus", "total", "total_exact", "grade", "flags", "lifted_from"]
    head += [f"applicable_{name}" for name in APPLICABLE]
    head += [f"{code}_{part}" for code in codes for part in ("points", "exact", "state")]
    head += ["head_name", "head_title_vi", "head_valid_from", "other_heads"]
    head += ["publication", "result_digest", "snapshots", "proof"]
    same = [document[name] for name in ("period", "version", "run", "scheme_digest")]
    snapshots = " ".join(f"{each['source']}={each['snapshot']}" for each in document["snapshots"])
    rests_on = [document["publication"], document["result_digest"], snapshots]
    lines = [head]
    for line in document["agencies"]:
        found = line["indicators"]
        lines.append(
            [
                *same,
                *(line[name] for name in ("rank", "shown_total", "agency", "kind", "name_vi", "name_en")),
                *(line["groups"][code] for code in groups),
                found["bonus"]["points"],
                *(line[name] for name in ("total", "total_exact", "grade")),
                " ".join(line["flags"]),
                line["lifted"] and line["lifted"]["from"],
                *(line["applicable"][name] for name in APPLICABLE),
                *(found[code][part] for code in codes for part in ("points", "exact", "state")),
                *(line["head"].get(name) for name in ("name", "title_vi", "valid_from")),
                "; ".join(map(_other_head, line["head"].get("others", ()))),
                *rests_on,
                data_at(document["period"], document["version"], agency=line["agency"]),
            ]
        )
    return csv_file(lines)


def _other_head(term: Mapping[str, Any]) -> str:
    """A head of the month who was not its last one, with both days of the term."""
    return f"{term['name']}, {term['title_vi']} ({term['valid_from']}/{term['valid_to']})"


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


def _concerning(agency: str, decided: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The decisions on something of this body, without what they say of others."""
    own = [_of_body(agency, each) for each in decided]
    return [each for each in own if each["bodies"]]


def _of_body(agency: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {**said, "bodies": [body for body in said["bodies"] if body["agency"] == agency]}


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


def _rendering(header: Mapping[str, Any], agency: str, media_type: str, body: bytes) -> dict[str, Any]:
    identity = {"publication_id": header["publication_id"], "agency": agency, "media_type": media_type}
    return identity | {"body": body, "digest": sha256_hex(body)}


def summary_of(line: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    names = ("publication_id", "period", "version", "run_id", "digest")
    return {name: line[name] for name in names} | {"new": new}
