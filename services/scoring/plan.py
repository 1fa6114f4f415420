"""Use case: what a run of a month would change, computed by both engines and kept as a plan; nothing of it is a run (OPS-01).

A plan pins what it was made of: a run by it is computed from the very same, or not at all.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.scoring import store
from services.scoring.compute import Computed, compute_from
from services.scoring.records import Run
from shared import audit
from shared.canonical import sha256_hex
from shared.database import Connection, Database
from shared.ids import new_id
from shared.law.restored import Restored, SheetNotHeld, restored
from shared.law.revisions import Law
from shared.law.sheet import ENGINE_VERSION
from shared.law.staleness import stale_scores
from shared.law_store import load_law
from shared.period import Period
from shared.plans.difference import Document, Former, difference_of
from shared.plans.pins import Pins, changed, pins_now, pins_of
from shared.plans.published import former_version


@dataclass(frozen=True)
class Known:
    """What stands of the month: the version that is published, its run, and the run that was computed last."""

    former: Former | None
    runs: Sequence[Run]


async def plan(database: Database, period: Period, *, actor: str, reason: str, command_id: str | None = None) -> dict[str, Any]:
    """Compute what a run of ``period`` would give now and keep what it would move against the published version.

    A command makes one plan, however often its job is done. Returns plan_id, period, digest, provisional, agrees,
    inputs_digest, result_digest. Raises MeasuresRefused.
    """
    async with database.read() as connection:
        made = None if command_id is None else await store.plan_of(connection, command_id)
        if made is not None:
            return _summary(made)
        inputs, law = await store.load_inputs(connection, period), await load_law(connection, period)
        done = await compute_from(connection, inputs, law.scheme, revision=law.revision)
        known = await _known(connection, period)
    sheet = await asyncio.to_thread(restored, done.document)
    difference = await asyncio.to_thread(difference_of, known.former, sheet, sha256_hex(done.sheet))
    values = {
        "plan_id": new_id("splan"),
        "period": str(period),
        **_pinned(done, law),
        "against": None if known.former is None else known.former.publication_id,
        "difference": difference.bytes,
        "digest": difference.digest,
        "stale": await asyncio.to_thread(_stale, known, pins_now(inputs, law.digest), sheet),
        "command_id": command_id,
        "actor": actor,
        "reason": reason,
    }
    async with database.transaction() as connection:
        await store.insert_plan(connection, values)
        detail = {name: values[name] for name in ("period", "digest", "inputs_digest", "against", "agrees")}
        await audit.record(connection, actor, "score.plan", values["plan_id"], reason=reason, detail=detail)
    return _summary(values)


def _pinned(done: Computed, law: Law) -> dict[str, Any]:
    """What the plan was made of, and what came out."""
    return {
        "inputs": done.inputs.bytes(),
        "inputs_digest": done.inputs.digest(),
        "scheme": law.scheme.id,
        "scheme_digest": law.digest,
        "scheme_revision": None if law.revision is None else law.revision.number,
        "engine_version": ENGINE_VERSION,
        "result_digest": sha256_hex(done.sheet),
        "provisional": done.document["provisional"],
        "agrees": not done.differences,
    }


async def _known(connection: Connection, period: Period) -> Known:
    former, last = await former_version(connection, period), await store.latest_run(connection, period)
    published = None if former is None else await store.find_run(connection, former.run_id)
    runs = {each.run_id: each for each in (published, last) if each is not None}
    return Known(former, list(runs.values()))


def _stale(known: Known, now: Pins, sheet: Restored) -> list[Document]:
    """Of each run that stands which inputs differ from now's, and exactly which scores come out otherwise by them."""
    return [
        {
            "run_id": run.run_id,
            "version": known.former.version if known.former is not None and known.former.run_id == run.run_id else None,
            "changed": [vars(each) for each in changed(pins_of(run.inputs, run.scheme_digest, run.engine_version), now)],
            "scores": _scores(run, sheet),
        }
        for run in known.runs
    ]


def _scores(run: Run, sheet: Restored) -> list[Document] | None:
    """None of a run whose scheme is not held any more."""
    try:
        before = restored(json.loads(run.sheet)).sheet
    except SheetNotHeld:
        return None
    found = stale_scores(before, sheet.sheet.agencies, sheet.sheet.scheme)
    return [{"agency": each.agency, "indicator": each.indicator, "because": list(each.because)} for each in found]


def _summary(line: Mapping[str, Any]) -> dict[str, Any]:
    names = ("plan_id", "period", "digest", "provisional", "agrees", "inputs_digest", "result_digest")
    return {name: line[name] for name in names}
