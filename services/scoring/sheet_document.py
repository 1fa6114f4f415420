"""The run's sheet as one canonical document: the exchange format of `simulate`, with what each figure rests on.

Beside the points stand the body, its head, the measures, the snapshots behind every indicator, the rulings that were
used, and for every kind of number the passages of the decision it follows from (EXP-04, RUL-05).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from services.scoring.two_sources import Figure, Figures, Waiting
from shared.awaiting import AWAITING
from shared.inputs import Inputs, Snapshot
from shared.law.document import render, shown_total, written_total
from shared.law.exact import decimal_text
from shared.law.scheme import Scheme
from shared.law.sheet import ENGINE_VERSION, AgencyInput, AgencyScore, ScoreSheet, score
from shared.period import in_vietnam
from shared.writing import decimal_comma

Document = dict[str, Any]
# The one indicator with two sources, and no reports for it.
TWO_SOURCED = "C1"
REPORTED_FIGURES = frozenset({"agency_report", "records_review"})
NO_FIGURES: Figures = MappingProxyType({})
NOTHING_LOST: Mapping[str, frozenset[str]] = MappingProxyType({})
NOBODY_WAITS: Mapping[str, Waiting] = MappingProxyType({})


def document_of(
    sheet: ScoreSheet,
    inputs: Inputs,
    figures: Figures = NO_FIGURES,
    *,
    lost: Mapping[str, frozenset[str]] = NOTHING_LOST,
    waiting: Mapping[str, Waiting] = NOBODY_WAITS,
) -> Document:
    """Plain objects, text, whole numbers, booleans and None only: it has a canonical form.

    ``figures`` are what bodies reported for C1, each with the automatic figure beside it; ``lost`` by body the measures that
    rows put aside keep from being known; ``waiting`` the bodies whose C1 waits for a word.
    """
    plain = render(sheet)
    bodies = {agency.code: agency for agency in inputs.agencies}
    settled = {(ruling.agency, ruling.measure): ruling.ruling_id for ruling in inputs.rulings}
    used = {(given.code, name) for given in sheet.agencies for name in given.settled}
    for shown, line, given in zip(plain["agencies"], sheet.lines(), sheet.agencies, strict=True):
        body = bodies[line.agency]
        shown |= {
            "name_vi": body.name_vi,
            "name_en": body.name_en,
            "kind": body.kind,
            "head": inputs.head_of(body),
            "rank_in_kind": line.rank_in_kind,
            "lifted": _lifted(sheet.scheme, line),
            "applicable": _applicable(sheet.scheme, line),
            "applicable_share": None if line.applicable_share is None else str(line.applicable_share),
            "flags": list(_flags(line)),
            "measures": {name: _measure(given.measures.get(name)) for name in sheet.scheme.measures},
            "settled": {name: settled[line.agency, name] for name in sorted(given.settled)},
        }
        for code in shown["indicators"]:
            mine = figures.get(line.agency, ()) if code == TWO_SOURCED else ()
            footing = _footing(sheet, line, code, inputs.snapshots, mine)
            if not lost.get(line.agency, frozenset()).isdisjoint(sheet.scheme.indicators[code].formula.measures):
                footing["flags"].append("row_put_aside")
            elif code == TWO_SOURCED and line.agency in waiting and line.indicators[code].state == "missing":
                footing |= {"state": AWAITING, "awaiting": _awaiting(sheet, waiting[line.agency])}
            shown["indicators"][code] |= footing
    return plain | {
        "scheme_digest": sheet.scheme.digest,
        "engine_version": ENGINE_VERSION,
        "inputs_digest": inputs.digest(),
        "leader_values": {code: _leader(sheet, code, inputs.snapshots) for code in plain["leaders"]},
        "commended": list(sheet.commended),
        "commended_by_rounding": [line.agency for line in sheet.lines() if _commended_by_rounding(sheet.scheme, line)],
        "snapshots": [_snapshot(snapshot) for _, snapshot in sorted(inputs.snapshots.items())],
        "rulings": [vars(ruling) for ruling in inputs.rulings if (ruling.agency, ruling.measure) in used],
        "applicability": [vars(exemption) for exemption in inputs.exemptions],
        "citations": dict(citations(sheet.scheme)),
    }


def _lifted(scheme: Scheme, line: AgencyScore) -> Document | None:
    """In words that rounding lifted the grade (G-4), and which grade it was before; None where it did not."""
    if not line.grade_differs_unrounded:
        return None
    shown, total = shown_total(scheme, line.total_exact), line.total
    return {
        "from": line.grade_unrounded,
        "vi": f"Tổng điểm {decimal_comma(shown)} được làm tròn thành {total} nên xếp loại {line.grade}; "
        f"theo điểm chưa làm tròn là loại {line.grade_unrounded}.",
        "en": f"Rounding the total to {total} lifted the grade from {line.grade_unrounded} to {line.grade}.",
    }


def _applicable(scheme: Scheme, line: AgencyScore) -> Document:
    """Total and grade on the maximum that applies to the body: information beside the official ones (G-15)."""
    found = line.applicable
    return {
        "maximum": _measure(found.maximum),
        "total": written_total(found.total, places=scheme.rounding.total_places.value),
        "total_exact": str(found.total_exact),
        "grade": found.grade,
    }


def _commended_by_rounding(scheme: Scheme, line: AgencyScore) -> bool:
    return line.grade == scheme.grading.grades[0].grade and line.grade_differs_unrounded


def citations(scheme: Scheme) -> Iterator[tuple[str, list[Document]]]:
    """Kind of number → the passages it follows from, each with the digest of its words."""
    content = scheme.content
    for code in scheme.indicators:
        yield code, _passages(scheme, content["indicators"][code])
    for code in scheme.groups:
        yield f"groups.{code}", _passages(scheme, content["groups"][code])
    for name in scheme.measures:
        yield f"measures.{name}", _passages(scheme, content["measures"][name])
    yield "total", _passages(scheme, content["rounding"])
    yield "grade", _passages(scheme, content["grading"])
    yield "rank", _passages(scheme, content["ranking"])
    yield "period", _passages(scheme, [content["effective"], content["calendar"]])


def _passages(scheme: Scheme, part: object) -> list[Document]:
    names = list(dict.fromkeys(_cited(part)))
    return [
        {
            "document": scheme.decision.number,
            "item": scheme.passages[name].item,
            "passage": name,
            "sha256": scheme.passages[name].sha256,
            "file": scheme.decision.file,
        }
        for name in names
    ]


def _cited(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("cite"), str):
            yield part["cite"]
        for value in part.values():
            yield from _cited(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _cited(value)


def _flags(line: AgencyScore) -> Iterator[str]:
    if line.grade_differs_unrounded:
        yield "grade_differs_unrounded"
    for group in line.capped_groups:
        yield f"capped:{group}"


def _footing(
    sheet: ScoreSheet, line: AgencyScore, code: str, snapshots: Mapping[str, Snapshot], figures: Sequence[Figure]
) -> Document:
    """What one indicator rests on; `official_file` marks figures that did not come over the wire. Of C1 also every figure
    that was reported, whether it counted or not."""
    found = line.indicators[code]
    if found.state == "not_applicable":
        # By a dated row, whatever the measures say: no snapshot stands behind it.
        return {"flags": ["not_applicable"], "snapshots": []}
    used = _used(sheet.scheme, code, snapshots)
    flags = [*found.flags]
    if any(snapshot.origin == "official_file" for snapshot in used if _gave(snapshot, code, figures)):
        flags.append("official_file")
    both = {"figures": [one.shown() for one in figures]} if figures else {}
    return {"flags": flags, "snapshots": [snapshot.snapshot_id for snapshot in used], **both}


def _awaiting(sheet: ScoreSheet, found: Waiting) -> Document:
    """How many figures wait, and what is at stake: C1 with all of them confirmed less C1 without, in the pool as known."""
    points = _alone(sheet, found.counted + found.open) - _alone(sheet, found.counted)
    return {
        "figures": found.figures,
        "counted": str(found.counted),
        "open": str(found.open),
        "points": decimal_text(points, places=2),
        "exact": str(points),
    }


def _alone(sheet: ScoreSheet, records: int) -> Fraction:
    """C1 of one more body with so many records."""
    measure = sheet.scheme.indicators[TWO_SOURCED].formula.measures[0]
    pool = AgencyInput("pool", {measure: sheet.leaders[TWO_SOURCED].value})
    mine = score(sheet.scheme, sheet.period, [pool, AgencyInput("body", {measure: records})]).line("body")
    return mine.indicators[TWO_SOURCED].points or Fraction()


def _gave(snapshot: Snapshot, code: str, figures: Sequence[Figure]) -> bool:
    """Whether a snapshot's figures are in the indicator: of C1 reported ones only where one of them counted (C-2)."""
    if code != TWO_SOURCED or snapshot.source not in REPORTED_FIGURES:
        return True
    return any(one.winner == "reported" for one in figures)


def _used(scheme: Scheme, code: str, snapshots: Mapping[str, Snapshot]) -> list[Snapshot]:
    sources = dict.fromkeys(
        source for name in scheme.indicators[code].formula.measures for source in scheme.measures[name].sources
    )
    return [snapshots[source] for source in sources if source in snapshots]


# Where the rows behind a relative measure lie: source → dataset. A leader's rows are those of its code in them.
ROWS_BEHIND = {
    "period_tasks": {"system57": "task_assignments"},
    "digitised_records": {
        "national_database": "database_growth",
        "agency_report": "reported_records",
        "records_review": "reviewed_records",
    },
    "exchange_transactions": {"ndxp": "exchange_volumes"},
}


def _leader(sheet: ScoreSheet, code: str, snapshots: Mapping[str, Snapshot]) -> Document:
    """Who holds the pool's maximum, how much it is and where it stands; `incomplete` when a body's figure is missing."""
    leaders = sheet.leaders[code]
    measure = sheet.scheme.indicators[code].formula.measures[0]
    return {
        "measure": measure,
        "value": str(leaders.value),
        "agencies": list(leaders.agencies),
        "pool_incomplete": leaders.incomplete,
        "rows": [
            {"agency": agency, "snapshot": snapshots[source].snapshot_id, "dataset": dataset}
            for agency in leaders.agencies
            for source, dataset in ROWS_BEHIND[measure].items()
            if source in snapshots
        ],
    }


def _measure(value: int | Decimal | Fraction | None) -> str | None:
    """Exact text: a whole number, a decimal where it ends, else a fraction."""
    if value is None:
        return None
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    places = next((n for n in range(1, 40) if 10**n % exact.denominator == 0), None)
    return str(exact) if places is None else decimal_text(exact, places=places)


def _snapshot(snapshot: Snapshot) -> Document:
    return {
        "snapshot": snapshot.snapshot_id,
        "source": snapshot.source,
        "version": snapshot.version,
        "origin": snapshot.origin,
        "as_of": in_vietnam(snapshot.as_of),
        "notices": list(snapshot.notices),
    }
