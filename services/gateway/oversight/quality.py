"""Use case: the quality of a month's data by the four words of regulation 02-QC/BCĐTW: đúng, đủ, sạch, sống (DQ-08).

Each word has one published formula over the frozen rows (docs/quality.md), so that the same snapshots give the same document
and the same digest. Fractions are exact; where a denominator is nothing there is no fraction, and never a zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import msgspec

from services.gateway.http.periods import sources_of
from services.gateway.oversight.store import quality as stored
from services.gateway.oversight.store.records import SnapshotOf
from services.gateway.oversight.tables import people_csv
from shared.canonical import canonical_bytes, sha256_hex
from shared.csv_files import guarded
from shared.database import Connection
from shared.datasets import DATASETS
from shared.datasets.declaration import Dataset
from shared.errors import NotFound
from shared.law.exact import decimal_text
from shared.law.scheme import scheme_for
from shared.period import Period
from shared.problems import Language
from shared.registry import Agency
from shared.registry_store import load_registry
from shared.writing import decimal_comma

FORMAT: Final = "quality/1"
_DATASETS: Final = {dataset.name: dataset for dataset in DATASETS}


@dataclass(frozen=True)
class Word:
    """One of the four: its formula in words, and the passage it rests on."""

    code: str
    vi: str
    en: str
    formula_vi: str
    formula_en: str
    passage: str


WORDS: Final = (
    Word(
        "right", "Đúng", "Right",
        "số dòng dữ liệu hợp lệ trong bản chốt ÷ (số dòng hợp lệ + số dòng phải để riêng vì không thể xảy ra)",
        "rows of the snapshot that hold every check ÷ (those rows + rows put aside because they cannot be true)",
        "02-QC/BCĐTW, Điều 2, khoản 16: “dữ liệu phải chính xác”",
    ),
    Word(
        "complete", "Đủ", "Complete",
        "số ô dữ liệu có giá trị ÷ tổng số ô có thể có (số dòng × số cột; không tính ô không được phép ghi của nhiệm vụ mật)",
        "cells with a value ÷ cells there can be (rows × columns, without cells withheld of classified tasks)",
        "02-QC/BCĐTW, Phụ lục: “Mật độ dữ liệu trung bình của CSDL (Tổng số ô dữ liệu có giá trị (không rỗng)…)”",
    ),
    Word(
        "clean", "Sạch", "Clean",
        "số dòng từng phải để riêng trong các bản chốt của kỳ mà bản chốt mới nhất không còn ÷ tổng số dòng từng phải để riêng",
        "rows put aside in any version of the month's snapshot that the latest has no more ÷ all rows put aside in any version",
        "02-QC/BCĐTW, Điều 2, khoản 16: “được xử lý loại bỏ sai sót”",
    ),
    Word(
        "alive", "Sống", "Alive",
        "số dòng mới hoặc có thay đổi so với bản chốt kỳ trước liền kề ÷ tổng số dòng của bản chốt kỳ trước liền kề",
        "rows that are new or otherwise than in the former month's snapshot ÷ rows of the former month's snapshot",
        "02-QC/BCĐTW, Phụ lục: “Tỉ lệ hoạt động dữ liệu ((Số lượng bản ghi được cập nhật trong kỳ) + (Số lượng bản ghi mới"
        " được tạo trong kỳ)) / (Tổng số bản ghi cuối kỳ trước)”",
    ),
)  # fmt: skip
CODES: Final = tuple(word.code for word in WORDS)


@dataclass
class Tally:
    """Numerators and denominators so far, by word; ``given``: some row speaks of it."""

    parts: dict[str, list[int]] = field(default_factory=lambda: {code: [0, 0] for code in CODES})
    given: bool = False

    def add(self, code: str, part: int, whole: int) -> None:
        self.parts[code][0] += part
        self.parts[code][1] += whole

    def take(self, other: Tally) -> None:
        self.given = self.given or other.given
        for code, (part, whole) in other.parts.items():
            self.add(code, part, whole)

    def shown(self) -> dict[str, Any]:
        return {code: _ratio(part, whole) for code, (part, whole) in self.parts.items()}


Tallies = defaultdict[str, Tally]


def _ratio(part: int, whole: int) -> dict[str, Any]:
    """Of nothing there is no share: neither all nor none."""
    if whole == 0:
        return {"numerator": None, "denominator": None, "exact": None, "percent": None}
    exact = Fraction(part, whole)
    return {"numerator": part, "denominator": whole, "exact": str(exact), "percent": decimal_text(exact * 100, places=2)}


async def report_of(connection: Connection, month: Period) -> dict[str, Any]:
    """Of the latest snapshots of a month. Raises NotFound while nothing is frozen."""
    now = await stored.snapshots_of(connection, str(month))
    if not now:
        raise NotFound(f"nothing is frozen of {month}", hint="Quality is told of frozen rows.")
    former = await stored.snapshots_of(connection, str(month.previous))
    agencies = (await load_registry(connection, month.last_day)).agencies
    sources: list[dict[str, Any]] = []
    bodies: Tallies = defaultdict(Tally)
    for source in sources_of(scheme_for(month)):
        tallies = (
            await _tallied(connection, now[source], former.get(source), str(month)) if source in now else defaultdict(Tally)
        )
        sources.append(_source(source, now.get(source), former.get(source), tallies, agencies))
        for agency, tally in tallies.items():
            bodies[agency].take(tally)
    lines = [_body(agencies[code], bodies[code]) for code in sorted(agencies)]
    whole = Tally()
    for code in agencies:
        whole.take(bodies[code])
    document = {"format": FORMAT, "period": str(month), "total": whole.shown(), "sources": sources, "bodies": lines}
    return {**document, "digest": sha256_hex(canonical_bytes(document)), "formulas": list(map(vars, WORDS))}


async def _tallied(connection: Connection, now: SnapshotOf, former: SnapshotOf | None, period: str) -> Tallies:
    """By body."""
    tallies: Tallies = defaultdict(Tally)
    for each in await stored.faults_of(connection, now, period):
        tallies[each.agency].add("right", 0, each.aside)
        tallies[each.agency].add("clean", each.cleaned, each.found)
    before = _held(former) if former else {}
    for name, dataset in _held(now).items():
        await _count(connection, tallies, dataset, now)
        if former and name in before:
            await _compare(connection, tallies, dataset, now, former)
    return tallies


async def _count(connection: Connection, tallies: Tallies, dataset: Dataset, now: SnapshotOf) -> None:
    for each in await stored.rows_of(connection, dataset, now.pk):
        tally = tallies[each.agency]
        tally.given = True
        tally.add("right", each.count, each.count)
        tally.add("complete", each.filled, each.count * len(dataset.names) - each.classified * len(dataset.withheld))


async def _compare(connection: Connection, tallies: Tallies, dataset: Dataset, now: SnapshotOf, former: SnapshotOf) -> None:
    for line in await stored.rows_of(connection, dataset, former.pk):
        tallies[line.agency].add("alive", 0, line.count)
    for each in await stored.differing(connection, dataset, now=now.pk, former=former.pk):
        tallies[each.agency].add("alive", each.count, 0)


def _held(snapshot: SnapshotOf) -> dict[str, Dataset]:
    names = [each["name"] for each in msgspec.json.decode(snapshot.manifest)["datasets"]]
    return {name: _DATASETS[name] for name in names if name in _DATASETS}


def _source(
    source: str, now: SnapshotOf | None, former: SnapshotOf | None, tallies: Tallies, agencies: Mapping[str, Agency]
) -> dict[str, Any]:
    """``silent``: bodies it has no row of; nothing is known of them where it is not frozen."""
    tally = Tally()
    for each in tallies.values():
        tally.take(each)
    silent = None if now is None else [code for code in sorted(agencies) if not tallies[code].given]
    named = {"source": source, "snapshot": _named(now), "former": _named(former), "silent": silent}
    return {**named, **tally.shown()}


def _named(snapshot: SnapshotOf | None) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    return {"snapshot_id": snapshot.snapshot_id, "version": snapshot.version, "root": snapshot.root}


def _body(agency: Agency, tally: Tally) -> dict[str, Any]:
    return {"agency": agency.code, "name_vi": agency.name_vi, "name_en": agency.name_en, **tally.shown()}


_PARTS: Final[Mapping[Language, tuple[str, str, str]]] = {
    "vi": ("tử số", "mẫu số", "tỉ lệ (%)"),
    "en": ("numerator", "denominator", "share (%)"),
}


def as_csv(found: Mapping[str, Any], language: Language) -> bytes:
    """For people: a line a source, then a line a body, then all; what there is no share of is empty."""
    first = ("Phạm vi", "Mã", "Tên") if language == "vi" else ("Of", "Code", "Name")
    headings = [*first, *(f"{vars(word)[language]}: {part}" for word in WORDS for part in _PARTS[language])]
    return people_csv(headings, _table(found, language), language)


def _table(found: Mapping[str, Any], language: Language) -> Iterator[list[object]]:
    of = ("nguồn", "cơ quan", "tổng") if language == "vi" else ("source", "body", "total")
    for each in found["sources"]:
        yield [of[0], each["source"], None, *_cells(each, language)]
    for each in found["bodies"]:
        yield [of[1], each["agency"], guarded(each[f"name_{language}"]), *_cells(each, language)]
    yield [of[2], None, None, *_cells(found["total"], language)]


def _cells(ratios: Mapping[str, Any], language: Language) -> Iterator[object]:
    for code in CODES:
        ratio = ratios[code]
        percent = ratio["percent"]
        yield from (ratio["numerator"], ratio["denominator"])
        yield decimal_comma(percent) if percent and language == "vi" else percent
