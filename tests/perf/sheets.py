"""Invented score sheets in the product's own form: the run's canonical document and what a publication of it stores."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.scoring.records import Computed
from services.scoring.renderings import render_all
from services.scoring.sheet_document import document_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.inputs import Inputs, Snapshot
from shared.law.scheme import Scheme, legal_cutoff, legal_report_deadline, packaged_schemes
from shared.law.sheet import ENGINE_VERSION, AgencyInput, score
from shared.measures.frame import SOURCES
from shared.registry import Agency
from tests.perf import invented

BODIES = Path(__file__).parents[2] / "migrations" / "data" / "0001_agencies.csv"
PUBLISHED_AT = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)


def document(size: int) -> dict[str, Any]:
    """A sheet of ``size`` agencies without gaps; beyond the registry's 56 the same names come again under other codes."""
    scheme, bodies = packaged_schemes()[0], list(_bodies(size))
    pool = [_complete(figures, body) for figures, body in zip(_whole_figures(), bodies, strict=False)]
    return document_of(score(scheme, scheme.first_period, pool), _inputs(scheme, bodies))


def run_row(document: Mapping[str, Any]) -> dict[str, Any]:
    """The row of scoring.run that holds the sheet."""
    sheet = canonical_bytes(dict(document))
    return {
        "run_id": "run_bench",
        "period": document["period"],
        "actor": "bench:scorer",
        "reason": "benchmark",
        "command_id": None,
        "inputs": b"{}",
        "inputs_digest": document["inputs_digest"],
        "scheme": document["scheme"],
        "scheme_digest": document["scheme_digest"],
        "engine_version": ENGINE_VERSION,
        "sheet": sheet,
        "result_digest": sha256_hex(sheet),
        "provisional": False,
        "agrees": True,
        "differences": None,
    }


def publication_rows(run: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The header and every stored rendering, as ``publish`` would write them."""
    header = {
        "publication_id": "pub_bench",
        "period": run["period"],
        "version": 1,
        "run_id": run["run_id"],
        "publisher": "bench:publisher",
        "reason": "benchmark",
        "command_id": None,
        "published_at": PUBLISHED_AT,
        "plan_digest": sha256_hex(b""),
    }
    computed = Computed(run_id=run["run_id"], sheet=run["sheet"], result_digest=run["result_digest"])
    renderings = list(render_all(computed, header, packaged_schemes()[-1]))
    return {**header, "digest": renderings[0]["digest"]}, renderings


def _whole_figures() -> Iterator[AgencyInput]:
    """Only agencies of which nothing is missing: others cannot be published."""
    for agency in invented.agencies(10_000):
        if None not in agency.measures.values() and not agency.not_applicable and not agency.settled:
            yield agency


def _complete(figures: AgencyInput, body: Agency) -> AgencyInput:
    return replace(figures, code=body.code, kind=body.kind)


def _bodies(size: int) -> Iterator[Agency]:
    with BODIES.open(encoding="utf-8", newline="") as file:
        # A body that was renamed has several lines; the last one holds.
        latest = {line["code"]: line for line in csv.DictReader(file)}
    listed = [
        Agency(
            line["code"], line["kind"], line["name_vi"], line["name_en"], line["head_title_vi"], line["head_title_en"], None,
            line["nso_code"] or None,
        )
        for line in latest.values()
    ]  # fmt: skip
    for number in range(size):
        again, place = divmod(number, len(listed))
        body = listed[place]
        yield body if not again else replace(body, code=f"{body.code}-{again}")


def _inputs(scheme: Scheme, bodies: list[Agency]) -> Inputs:
    period = scheme.first_period
    as_of = legal_cutoff(period).astimezone(UTC)
    snapshots = {
        source: Snapshot(number, f"snap_{sha256_hex(source.encode()).removeprefix('sha256:')}", source, 1, "network", as_of)
        for number, source in enumerate(SOURCES, start=1)
    }
    return Inputs(period, legal_cutoff(period), legal_report_deadline(period), bodies, snapshots, [], [])
