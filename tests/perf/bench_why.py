"""Why, and what changed, from a month's stored bytes: read back, scored anew, told; against decoding and scoring it once."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from services.gateway.publication.changes import compare
from services.gateway.publication.explanations import explain
from services.gateway.publication.sheets import StoredSheet
from services.scoring.sheet_document import document_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.inputs import Inputs, Ruling
from shared.law.restored import restored
from shared.law.scheme import legal_cutoff, legal_report_deadline, packaged_schemes
from shared.law.sheet import AgencyInput, score
from shared.registry import Agency
from tests.perf.bench_score import SMALLEST
from tests.perf.harness import Goal, Line, in_turn, once, repeated
from tests.perf.invented import agencies
from tests.perf.place import Place

# Where decoding and scoring the real month takes 2.3 ms: 20 ms for an explanation, 3 s for all differences.
EXPLANATION, CHANGES = Goal(9), Goal(1300)


def run(place: Place) -> Iterator[Line]:
    scheme = packaged_schemes()[0]
    before, after = (agencies(SMALLEST, seed=seed) for seed in (4585, 4586))
    stored = [sheet_of(pool) for pool in (before, after)]
    code = before[0].code
    place.say("why: explanations and changes")
    scoring = repeated(lambda: (msgspec.json.decode(stored[0]), score(scheme, scheme.first_period, before)))
    timing = in_turn(
        place.plan.rounds,
        {"floor": scoring, "product": repeated(lambda: msgspec.json.encode(explain(read_back(stored[0]), code)))},
    )
    yield timing.line(
        f"explain one of {SMALLEST} bodies from stored bytes",
        goal=EXPLANATION,
        notes=("floor: the bytes decoded, the month scored once",),
    )
    sheets = [read_back(body) for body in stored]
    timing = in_turn(place.plan.rounds, {"floor": scoring, "product": once(lambda: msgspec.json.encode(compare(*sheets)))})
    yield timing.line(
        f"changes of all {SMALLEST} bodies, every figure another",
        goal=CHANGES,
        notes=("floor: the same; causes need up to 2^4 scorings a body",),
    )


def sheet_of(pool: list[AgencyInput]) -> bytes:
    """As scoring keeps the sheet of a run."""
    scheme = packaged_schemes()[0]
    month = scheme.first_period
    bodies = [Agency(each.code, each.kind or "", each.code, each.code, "", "", None, None) for each in pool]
    rulings = [
        Ruling(f"ruling_{each.code}_{name}", each.code, name, str(each.measures[name]), "demo", "demo")
        for each in pool
        for name in each.settled
    ]
    inputs = Inputs(
        period=month,
        cutoff=legal_cutoff(month),
        deadline=legal_report_deadline(month),
        agencies=bodies,
        snapshots={},
        rulings=rulings,
        exemptions=[],
    )
    return canonical_bytes(document_of(score(scheme, month, pool), inputs))


def read_back(body: bytes) -> StoredSheet:
    """As of a published version."""
    document = msgspec.json.decode(body)
    return StoredSheet(document["period"], 1, "run", sha256_hex(body), restored(document))
