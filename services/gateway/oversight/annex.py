"""Use case: the annex of regulation 003 ("Phụ lục: Kết quả thực hiện nhiệm vụ Chính phủ, Thủ tướng Chính phủ giao") of a month.

One line a body, from the frozen rows of System 57: documents that gave tasks, tasks, done in time and late, open within and
past their term, as the month ended. The rows know no unit inside a body and no text of a result: no line is made of either. A
body that System 57 does not speak of, or of which a row was put aside, has no figures: never zeros.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.http.errors import AgencyUnknown
from services.gateway.oversight.store import annex as stored
from services.gateway.oversight.store.records import FrozenSource, TaskCounts
from services.gateway.oversight.tables import people_csv
from shared.csv_files import guarded
from shared.database import Connection
from shared.measures.frame import SYSTEM57, Frozen, frame_of, parameters
from shared.period import Period
from shared.problems import Language
from shared.registry import Agency
from shared.registry_store import load_registry

FIGURES = ("documents", "tasks", "done_in_time", "done_late", "open_within_term", "open_past_term")
BESIDE = ("classified", "without_term", "without_document")
# The annex's own columns, in its order; the regulation's table has a column for a result in words, of which no row knows.
HEADINGS: Mapping[Language, tuple[str, ...]] = {
    "vi": (
        "STT", "Đơn vị được giao", "Tổng số văn bản giao nhiệm vụ", "Tổng số nhiệm vụ giao", "Đã hoàn thành: Đúng hạn",
        "Đã hoàn thành: Quá hạn", "Đã hoàn thành: Kết quả thực hiện", "Chưa hoàn thành: Trong hạn", "Chưa hoàn thành: Quá hạn",
    ),
    "en": (
        "No.", "Body", "Documents that assign tasks", "Tasks assigned", "Done: in time", "Done: late", "Done: result",
        "Not done: within term", "Not done: past term",
    ),
}  # fmt: skip
TOTAL: Mapping[Language, str] = {"vi": "Tổng số", "en": "Total"}


@dataclass(frozen=True)
class Drawn:
    """What an annex is drawn from."""

    month: Period
    snapshot: FrozenSource | None
    agencies: Mapping[str, Agency]
    missing: Mapping[str, str]

    @property
    def head(self) -> dict[str, Any]:
        """Which frozen rows these are (None before the freeze), and the last day that counts."""
        found = self.snapshot
        snapshot = found and {"snapshot_id": found.snapshot_id, "version": found.version, "as_of": found.as_of}
        return {"period": str(self.month), "snapshot": snapshot, "as_at": self.month.last_day}

    @property
    def known(self) -> list[str]:
        """Bodies with figures."""
        return sorted(self.agencies.keys() - self.missing.keys())

    def line(self, agency: str, counted: TaskCounts | None) -> dict[str, Any]:
        """One body; no tasks where it is said to have none, and nothing where it is not known."""
        why = self.missing.get(agency)
        body = self.agencies[agency]
        named = {"agency": agency, "name_vi": body.name_vi, "name_en": body.name_en, "missing": why}
        return {**named, **(dict.fromkeys((*FIGURES, *BESIDE)) if why else _figures(counted))}


async def annex_of(connection: Connection, month: Period) -> dict[str, Any]:
    """Of all bodies; before System 57 is frozen nobody has figures."""
    drawn = await _drawn(connection, month)
    counted = await _counted(connection, drawn, drawn.known)
    lines = [drawn.line(agency, counted.get(agency)) for agency in sorted(drawn.agencies)]
    counts = {"bodies": len(lines), "missing": len(drawn.missing)}
    return {**drawn.head, **counts, "total": _figures(counted.get(None)) if drawn.known else None, "items": lines}


async def own_annex(connection: Connection, month: Period, agency: str) -> dict[str, Any]:
    """Of one body, and of each document that gave it tasks. Raises AgencyUnknown."""
    drawn = await _drawn(connection, month)
    if agency not in drawn.agencies:
        raise AgencyUnknown(f"no scored body has the code {agency!r} in {month}")
    known = [each for each in drawn.known if each == agency]
    counted = await _counted(connection, drawn, known)
    lines = await stored.by_document(connection, _asked(drawn), agency) if known else []
    documents = [{"document": each.document, "masked": each.masked, **_figures(each)} for each in lines]
    return {**drawn.head, **drawn.line(agency, counted.get(agency)), "by_document": documents}


async def _drawn(connection: Connection, month: Period) -> Drawn:
    snapshot = (await stored.latest_of(connection, str(month))).get(SYSTEM57)
    agencies = (await load_registry(connection, month.last_day)).agencies
    if snapshot is None:
        return Drawn(month, None, agencies, dict.fromkeys(agencies, "not_frozen"))
    aside, stated = await stored.aside(connection, snapshot.pk), await stored.stated(connection, snapshot.pk)
    silent = {agency: "not_stated" for agency in agencies if agency not in stated}
    return Drawn(month, snapshot, agencies, silent | dict.fromkeys(aside & agencies.keys(), "row_put_aside"))


async def _counted(connection: Connection, drawn: Drawn, bodies: Sequence[str]) -> dict[str | None, TaskCounts]:
    """By body; None for all of them."""
    found = await stored.by_body(connection, _asked(drawn), bodies) if bodies else []
    return {each.agency: each for each in found}


def _asked(drawn: Drawn) -> dict[str, Any]:
    """Tasks are judged by the month's days and by what was known as of the snapshot; no deadline of ours comes into it. Raises
    ValueError before the freeze."""
    if drawn.snapshot is None:
        raise ValueError("nothing is asked of what is not frozen")
    as_of = drawn.snapshot.as_of
    frozen = {SYSTEM57: Frozen(drawn.snapshot.pk, drawn.snapshot.version, as_of)}
    return parameters(frame_of(drawn.month, cutoff=as_of, deadline=as_of, left_out="[]", snapshots=frozen))


def _figures(counted: TaskCounts | None) -> dict[str, int]:
    """Without a line there are tasks of nobody, and System 57 says so."""
    return {name: getattr(counted, name) if counted else 0 for name in (*FIGURES, *BESIDE)}


def as_csv(lines: Iterable[Mapping[str, Any]], total: Mapping[str, Any] | None, language: Language) -> bytes:
    """The regulation's table for people: its headings and order; semicolons for a spreadsheet in Vietnamese. What is not known
    is empty."""

    numbered = [[number, guarded(str(line[f"name_{language}"])), *_cells(line)] for number, line in enumerate(lines, start=1)]
    summed = [] if total is None else [[None, TOTAL[language], *_cells(total)]]
    return people_csv(HEADINGS[language], [*numbered, *summed], language)


def _cells(line: Mapping[str, Any]) -> list[object]:
    documents, tasks, in_time, late, within, past = (line[name] for name in FIGURES)
    return [documents, tasks, in_time, late, None, within, past]
