"""What every other reading of the law would give a run: computed by both engines from the run's own inputs, kept with it.

A run's readings never change, as its sheet does not (law 2): they are written once, in the run's transaction, as the bytes
that are answered. An alternative on which the engines differ, or that gives figures that cannot be, is kept as not computed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shared.canonical import canonical_bytes, sha256_hex
from shared.law.provisions import Alternative, Label, Reading
from shared.law.readings import Readings
from shared.law.revisions import Law
from shared.law.scheme import Scheme

Document = dict[str, Any]
OUTCOME = ("total", "total_exact", "grade", "rank", "shown_total")


@dataclass(frozen=True)
class Kept:
    """One document of a run's readings: of an alternative, or, without names, the register with what each one moves."""

    reading: str
    alternative: str
    body: bytes

    def values(self, run_id: str) -> dict[str, Any]:
        """As it is stored."""
        names = {"run_id": run_id, "reading": self.reading, "alternative": self.alternative}
        return names | {"body": self.body, "digest": sha256_hex(self.body)}


async def readings_of(law: Law, official: Document, under: Callable[[Readings], Awaitable[Document | None]]) -> list[Kept]:
    """The register's document and one of every alternative that is computed, each beside what a revision reads otherwise.

    ``official`` is the run's sheet; ``under`` gives the sheet under a choice, None where the engines do not give one.
    """
    scheme, held = law.scheme, law.readings.as_mapping()
    kept: list[Kept] = []
    moved: dict[tuple[str, str], Document] = {}
    for name, reading in scheme.readings.items():
        for one in reading.alternatives:
            found = await under(Readings.of(scheme, {**held, name: one.id})) if one.computed else None
            if found is not None:
                lines = list(_beside(official, found))
                moved[name, one.id] = _moved(lines)
                kept.append(Kept(name, one.id, canonical_bytes({"agencies": lines})))
    register = [_entry(scheme, name, reading, moved, held.get(name)) for name, reading in scheme.readings.items()]
    return [Kept("", "", canonical_bytes({"readings": register})), *kept]


def _beside(official: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Document]:
    """Every body under both, in the sheet's order."""
    for mine, theirs in zip(official["agencies"], other["agencies"], strict=True):
        yield {"agency": mine["agency"], "in_force": _outcome(mine), "alternative": _outcome(theirs)}


def _outcome(line: Mapping[str, Any]) -> Document:
    return {name: line[name] for name in OUTCOME}


def _moved(lines: list[Document]) -> Document:
    """Of how many bodies the total (exact or published), the grade and the rank are others; 73 and 73.0 are the same."""

    def count(read: Callable[[Document], object]) -> int:
        return sum(read(line["in_force"]) != read(line["alternative"]) for line in lines)

    return {
        "agencies_moved": count(lambda found: [Fraction(found[name]) for name in ("total", "total_exact")]),
        "grades_moved": count(lambda found: found["grade"]),
        "ranks_moved": count(lambda found: found["rank"]),
    }


# Why an alternative is in force; the paper stands with the revision.
REVISED = {
    "vi": "Theo bản sửa đổi phương án chấm điểm, do hai người ký.",
    "en": "By a revision of the scheme, signed by two people.",
}


def _entry(
    scheme: Scheme, name: str, reading: Reading, moved: Mapping[tuple[str, str], Document], held: str | None
) -> Document:
    """``held`` is the alternative that a revision put in force."""
    revised = next((_label(one.says) for one in reading.alternatives if one.id == held), None)
    passage = scheme.passages[reading.words] if reading.words else None
    return {
        "id": name,
        "words": passage and passage.text,
        "clause": passage and passage.item,
        "in_force": revised or _label(reading.in_force),
        "because": REVISED if revised else _label(reading.because),
        "not_yet": _label(reading.not_yet),
        "alternatives": [_alternative(scheme, one, moved.get((name, one.id))) for one in reading.alternatives],
    }


def _alternative(scheme: Scheme, one: Alternative, moved: Document | None) -> Document:
    nothing = {"agencies_moved": None, "grades_moved": None, "ranks_moved": None}
    return {
        "id": one.id,
        "from": one.source,
        "says": _label(one.says),
        "words": scheme.passages[one.cite].text if one.cite else None,
        "computed": moved is not None,
        "not_computed": _label(one.not_computed),
        **(moved or nothing),
    }


def _label(label: Label | None) -> Document | None:
    return None if label is None else {"vi": label.vi, "en": label.en}
