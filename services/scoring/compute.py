"""Use case: score a period from its frozen snapshots, twice, by two engines that must agree to the last digit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.scoring import second_engine, store
from services.scoring.measures import Value, derive, lost_measures
from services.scoring.readings import Kept, readings_of
from services.scoring.sheet_document import TWO_SOURCED, Document, document_of
from services.scoring.two_sources import Figures, reported_counted, two_sources, waiting, with_reasons
from shared import audit
from shared.awaiting import AWAITING
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Connection, Database
from shared.errors import Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.inputs import Inputs
from shared.law.document import render
from shared.law.readings import Readings
from shared.law.refusals import InputRefused
from shared.law.revisions import Law, Revision
from shared.law.scheme import Scheme
from shared.law.sheet import ENGINE_VERSION, AgencyInput, ScoreSheet, score
from shared.law_store import find_law, load_law
from shared.measures.frame import SOURCES
from shared.period import Period
from shared.plans.pins import changed, pins_now, refuse_stale


class MeasuresRefused(InputInvalid):
    """The frozen rows give figures that cannot be; the faults name agency and measure."""

    slug = "measures-refused"
    title_vi = "Số liệu không hợp lệ (không thể xảy ra)"
    title_en = "Impossible figures"


class RunNotFound(NotFound):
    slug = "run-not-found"
    title_vi = "Không tìm thấy lần chấm điểm"
    title_en = "No such score run"


@dataclass(frozen=True)
class Computed:
    """A sheet with the bytes it is kept as, and where the second engine differs (empty = it agrees)."""

    inputs: Inputs
    scheme: Scheme
    document: Document
    sheet: bytes
    differences: list[Document]


async def compute(
    database: Database, period: Period, *, actor: str, reason: str, command_id: str | None = None, plan_id: str | None = None
) -> dict[str, Any]:
    """Score ``period``; the same inputs give the run that is already there. With a plan, only what it was made of is scored.

    Returns run_id, provisional, agrees, new. Raises PlanStale or MeasuresRefused.
    """
    async with database.read() as connection:
        inputs = await store.load_inputs(connection, period)
        law = await load_law(connection, period)
        if plan_id is not None:
            planned = await store.pins_of_plan(connection, plan_id)
            refuse_stale(changed(planned, pins_now(inputs, law.digest)), plan_id)
        key = {
            "period": str(period),
            "inputs_digest": inputs.digest(),
            "scheme_digest": law.digest,
            "engine_version": ENGINE_VERSION,
        }
        known = await store.same_run(connection, key)
        if known is not None:
            return _summary(vars(known), new=False)
        done = await compute_from(connection, inputs, law.scheme, revision=law.revision)
        kept = await _kept_readings(connection, law, done)
    values = {
        **key,
        "run_id": new_id("run"),
        "actor": actor,
        "reason": reason,
        "command_id": command_id,
        "inputs": inputs.bytes(),
        "scheme": law.scheme.id,
        "scheme_revision": None if law.revision is None else law.revision.number,
        "sheet": done.sheet,
        "result_digest": sha256_hex(done.sheet),
        "provisional": done.document["provisional"],
        "agrees": not done.differences,
        "differences": done.differences or None,
    }
    return await _keep(database, values, kept)


async def compute_from(connection: Connection, inputs: Inputs, scheme: Scheme, *, revision: Revision | None = None) -> Computed:
    """Both engines over the rows the inputs name, under a revision of the scheme. Raises MeasuresRefused with every fault."""
    law = Law(scheme, revision)
    readings = law.readings
    sheet = await sheet_under(connection, inputs, scheme, readings)
    figures = with_reasons(await two_sources(connection, inputs.frame), inputs.refusals)
    document = document_of(
        sheet,
        inputs,
        figures,
        lost=await lost_measures(connection, inputs.frame),
        waiting=await waiting(connection, inputs.frame),
    )
    if revision is not None:
        document |= {"scheme_digest": law.digest, "revision": shown(revision)}
    second = await second_engine.run(connection, **question(inputs), readings=readings.as_mapping())
    found = [*differences(document, second), *_differing_reports(inputs, figures, second), *_differing_waits(document, second)]
    return Computed(inputs, scheme, document, canonical_bytes(document), found)


async def sheet_under(connection: Connection, inputs: Inputs, scheme: Scheme, readings: Readings) -> ScoreSheet:
    """The first engine's sheet under a choice of readings, from the rows the inputs name. Raises MeasuresRefused."""
    derived = await derive(connection, inputs.frame, readings.row_rules(scheme))
    agencies = [_agency_input(inputs, code=agency.code, kind=agency.kind, derived=derived) for agency in inputs.agencies]
    try:
        return await asyncio.to_thread(score, scheme, inputs.period, agencies, readings=readings)
    except InputRefused as error:
        faults = [
            Fault(place=f"{fault.agency}/{fault.measure}", message=str(fault), seen=fault.value, expected=fault.expected)
            for fault in error.faults
        ]
        raise MeasuresRefused(f"{inputs.period}: figures that cannot be", faults=faults) from error


async def _kept_readings(connection: Connection, law: Law, done: Computed) -> list[Kept]:
    """Of a run that may be published; a provisional one never is, its like with every measure is another run."""
    if done.document["provisional"]:
        return []
    return await readings_of(law, done.document, lambda readings: _under(connection, done.inputs, law.scheme, readings))


async def _under(connection: Connection, inputs: Inputs, scheme: Scheme, readings: Readings) -> Document | None:
    """The sheet under other readings; None where the figures then cannot be, or the engines differ."""
    try:
        first = render(await sheet_under(connection, inputs, scheme, readings))
        second = await second_engine.run(connection, **question(inputs), readings=readings.as_mapping())
    except (MeasuresRefused, second_engine.SecondEngineRefused):
        return None
    return None if differences(first, second) else first


async def replay(database: Database, run_id: str) -> dict[str, Any]:
    """Compute a past run again from its stored inputs and frozen rows; ``same`` says whether every byte is equal."""
    async with database.read() as connection:
        stored = await store.find_run(connection, run_id)
        if stored is None:
            raise RunNotFound(f"no run {run_id}")
        law = await find_law(connection, stored.scheme, stored.scheme_revision)
        if law is None or law.digest != stored.scheme_digest or stored.engine_version != ENGINE_VERSION:
            need = f"scheme {stored.scheme_digest}, engine {stored.engine_version}"
            raise RunNotFound(f"this version of the product does not hold {need}", hint="Replay with the version it names.")
        inputs = await store.restore_inputs(connection, stored.inputs)
        done = await compute_from(connection, inputs, law.scheme, revision=law.revision)
    return {
        "run_id": run_id,
        "stored": stored.result_digest,
        "replayed": sha256_hex(done.sheet),
        "same": done.sheet == stored.sheet,
        "agrees": not done.differences,
    }


def shown(revision: Revision) -> Document:
    """As sheets name the revision they were computed by; those computed by the scheme as it ships name none."""
    said = {"number": revision.number, "first_period": str(revision.first_period), "document": revision.document}
    return {**said, "readings": dict(revision.readings)}


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Document]:
    """Every place where the engines differ, with both values. The second engine's document decides what is compared."""
    found = [
        {"agency": None, "field": name, "first": first[name], "second": second[name]}
        for name in ("provisional", "leaders")
        if first[name] != second[name]
    ]
    mine = {line["agency"]: line for line in first["agencies"]}
    theirs = {line["agency"]: line for line in second["agencies"]}
    for code in sorted(mine.keys() | theirs.keys()):
        left, right = _flat(mine.get(code, {})), _flat(theirs.get(code, {}))
        found += [
            {"agency": code, "field": name, "first": left.get(name), "second": right.get(name)}
            for name in sorted(left.keys() | right.keys())
            if left.get(name) != right.get(name)
        ]
    return found


def _differing_reports(inputs: Inputs, figures: Figures, second: Mapping[str, Any]) -> list[Document]:
    """Which reported C1 figures counted, of the bodies that are scored; the flag `official_file` hangs on it."""
    codes = {agency.code for agency in inputs.agencies}
    mine = reported_counted({agency: found for agency, found in figures.items() if agency in codes})
    theirs = second["reported_counted"]
    return [] if mine == theirs else [{"agency": None, "field": "reported_counted", "first": mine, "second": theirs}]


def _differing_waits(document: Document, second: Mapping[str, Any]) -> list[Document]:
    """Which bodies' C1 is missing for no other reason than an open word (C-3)."""
    lines = document["agencies"]
    mine = [line["agency"] for line in lines if line["indicators"][TWO_SOURCED]["state"] == AWAITING]
    theirs = second["awaiting"]
    return [] if mine == theirs else [{"agency": None, "field": "awaiting", "first": mine, "second": theirs}]


COMPARED = ("total", "total_exact", "grade", "rank", "missing")


def _flat(line: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: line[name] for name in COMPARED if name in line}
    flat |= {f"groups.{code}": value for code, value in line.get("groups", {}).items()}
    for code, indicator in line.get("indicators", {}).items():
        flat |= {f"{code}.{name}": indicator[name] for name in ("points", "exact", "max")}
        # Why it is missing is compared by itself: the law's own states know no sources.
        flat[f"{code}.state"] = "missing" if indicator["state"] == AWAITING else indicator["state"]
    return flat


def question(inputs: Inputs) -> dict[str, Any]:
    """The same inputs as the second engine is asked with them."""
    frame = inputs.frame
    return {
        "period_start": frame.first_day,
        "period_end": frame.next_first_day,
        "year_start": frame.year_start,
        "as_of": inputs.cutoff,
        "deadline": inputs.deadline,
        "snapshots": {source: frame.snapshots.get(source) for source in SOURCES},
        "agencies": [{"code": agency.code, "kind": agency.kind} for agency in inputs.agencies],
        "rulings": [{"agency": one.agency, "measure": one.measure, "value": one.value} for one in inputs.rulings],
        "not_applicable": [{"agency": one.agency, "indicator": one.indicator} for one in inputs.exemptions],
        "left_out": [
            {"agency": one.agency, "database": one.database, "new_records": one.new_records} for one in inputs.left_out
        ],
    }


def _agency_input(inputs: Inputs, *, code: str, kind: str, derived: Mapping[str, Mapping[str, Value]]) -> AgencyInput:
    """A ruling supplies a measure only where the sources gave none: a figure that arrived later wins."""
    measures: dict[str, Any] = {name: value for name, value in derived.get(code, {}).items() if value is not None}
    settled = {
        ruling.measure: Fraction(ruling.value)
        for ruling in inputs.rulings
        if ruling.agency == code and ruling.measure not in measures
    }
    return AgencyInput(
        code=code,
        kind=kind,
        measures={**measures, **settled},
        not_applicable=frozenset(row.indicator for row in inputs.exemptions if row.agency == code),
        settled=frozenset(settled),
    )


async def _keep(database: Database, values: dict[str, Any], kept: Sequence[Kept]) -> dict[str, Any]:
    async with database.transaction() as connection:
        inserted = await store.insert_run(connection, values)
        if inserted is None:
            known = await store.same_run(connection, values)
            return _summary(values if known is None else vars(known), new=False)
        await store.insert_readings(connection, [each.values(inserted) for each in kept])
        await audit.record(
            connection,
            values["actor"],
            "score.compute",
            inserted,
            reason=values["reason"],
            detail={"period": values["period"], "agrees": values["agrees"], "result": values["result_digest"]},
        )
    return _summary(values, new=True)


def _summary(line: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    names = ("run_id", "period", "provisional", "agrees", "inputs_digest", "result_digest")
    return {name: line[name] for name in names} | {"new": new}
