"""Everything a run rests on, as one canonical document whose digest is the run's inputs digest (law 3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.canonical import canonical_bytes, sha256_hex
from shared.measures.frame import SOURCES, Frame, Frozen, frame_of
from shared.period import Period
from shared.registry import Agency, Head, in_force


@dataclass(frozen=True)
class Snapshot:
    """A frozen snapshot as scoring sees it. ``as_of`` is the instant its rows speak of, ``notices`` what the source says of
    its figures (that they are demo data, say)."""

    pk: int
    snapshot_id: str
    source: str
    version: int
    origin: str
    as_of: datetime
    notices: Sequence[str] = ()


@dataclass(frozen=True)
class Ruling:
    """A recorded decision that supplies one measure; ``value`` is exact text."""

    ruling_id: str
    agency: str
    measure: str
    value: str
    reason: str
    document: str


@dataclass(frozen=True)
class Exemption:
    """An applicability row in force: the indicator does not fit the body, by this document."""

    applicability_id: str
    agency: str
    indicator: str
    document: str


@dataclass(frozen=True)
class FigureLeftOut:
    """A reported C1 figure that a decision of two people left out, because no word on it came (C-3)."""

    omission_id: str
    agency: str
    database: str
    new_records: int


@dataclass(frozen=True)
class Refusal:
    """Why the Ministry of Public Security refused a reported C1 figure, as the frozen words say it."""

    agency: str
    database: str
    new_records: int
    reason: str


@dataclass(frozen=True)
class Inputs:
    """One period's inputs. ``cutoff`` is the end of the cutoff's day, ``deadline`` the reports'; ``agencies`` are in code
    order; ``heads`` are all heads of the month by body, as known when it was scored, None where none were kept. ``refusals``
    are told on the sheet: runs from before had none among their inputs, and their sheets say no reason."""

    period: Period
    cutoff: datetime
    deadline: datetime
    agencies: Sequence[Agency]
    snapshots: Mapping[str, Snapshot]
    rulings: Sequence[Ruling]
    exemptions: Sequence[Exemption]
    heads: Mapping[str, Sequence[Head]] | None = None
    left_out: Sequence[FigureLeftOut] = ()
    refusals: Sequence[Refusal] = ()

    @property
    def frame(self) -> Frame:
        """The questions to the frozen rows."""
        return frame_of(
            self.period,
            cutoff=self.cutoff,
            deadline=self.deadline,
            left_out=json.dumps([vars(figure) for figure in self.left_out]),
            snapshots={source: Frozen(each.pk, each.version, each.as_of) for source, each in self.snapshots.items()},
        )

    def document(self) -> dict[str, Any]:
        """The canonical content; keys of rows in our database (``pk``) are not part of it."""
        return {
            "period": str(self.period),
            "cutoff": self.cutoff.isoformat(),
            "deadline": self.deadline.isoformat(),
            "agencies": [self._agency(agency) for agency in self.agencies],
            "snapshots": {source: _snapshot(self.snapshots.get(source)) for source in SOURCES},
            "rulings": [vars(ruling) for ruling in self.rulings],
            "applicability": [vars(exemption) for exemption in self.exemptions],
            "left_out": [vars(figure) for figure in self.left_out],
            **({"refusals": [vars(each) for each in self.refusals]} if self.refusals else {}),
        }

    def head_of(self, agency: Agency) -> dict[str, Any]:
        """The head at the period's end, and before them whoever else headed the body in the month (G-16)."""
        at_end = {"title_vi": agency.head_title_vi, "title_en": agency.head_title_en, "name": agency.head_name}
        if self.heads is None:
            return at_end
        terms = self.heads.get(agency.code, ())
        last = next((term for term in terms if in_force(term.valid_from, term.valid_to, self.period.last_day)), None)
        others = [_head(term) for term in terms if term is not last]
        return at_end | {"valid_from": last.valid_from.isoformat() if last else None, "others": others}

    def _agency(self, agency: Agency) -> dict[str, Any]:
        names = {"code": agency.code, "kind": agency.kind, "name_vi": agency.name_vi, "name_en": agency.name_en}
        return {**names, "head": self.head_of(agency)}

    def bytes(self) -> bytes:
        return canonical_bytes(self.document())

    def digest(self) -> str:
        return sha256_hex(self.bytes())


def _head(term: Head) -> dict[str, Any]:
    ended = None if term.valid_to is None else term.valid_to.isoformat()
    return {**vars(term), "valid_from": term.valid_from.isoformat(), "valid_to": ended}


def _snapshot(snapshot: Snapshot | None) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    return {
        "snapshot": snapshot.snapshot_id,
        "version": snapshot.version,
        "origin": snapshot.origin,
        "as_of": snapshot.as_of.isoformat(),
    }
