"""C1 has two sources: what the national database counts, and what bodies report. Both are shown; only one counts (ING-10).

Precedence, reading C-2: per database the automatic figure wins; a reported one counts where none is automatic and the Ministry
of Public Security confirmed it; the two are never added. The gap between them is kept beside the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.inputs import Refusal
from shared.measures.frame import Frame, parameters
from shared.measures.group_c import TWO_SOURCES, WAITING

READING = "C-2"
Figures = Mapping[str, Sequence["Figure"]]


@dataclass(frozen=True)
class Figure:
    """One reported database of one body. ``word`` is that of the Ministry of Public Security: confirmed, refused, open, or
    left_out where two people left an open one out; ``reason`` is why it was refused. ``usable``: confirmed, and its report
    counts."""

    database: str
    database_name: str
    automatic: int | None
    reported: int
    word: Literal["confirmed", "refused", "open", "left_out"]
    usable: bool
    reason: str | None = None

    @property
    def winner(self) -> Literal["automatic", "reported"] | None:
        if self.automatic is not None:
            return "automatic"
        return "reported" if self.usable else None

    def shown(self) -> dict[str, Any]:
        """Plain values, numbers as exact text like every measure; ``variance`` is the reported figure less the automatic one,
        null where there is none."""
        return {
            "database": self.database,
            "database_name": self.database_name,
            "automatic": None if self.automatic is None else str(self.automatic),
            "reported": str(self.reported),
            "confirmed": self.word == "confirmed",
            "word": self.word,
            **({} if self.reason is None else {"reason": self.reason}),
            "winner": self.winner,
            "precedence": READING,
            "variance": None if self.automatic is None else str(self.reported - self.automatic),
        }


@dataclass(frozen=True)
class Waiting:
    """A body of which the word on reported figures is open: what counts without them, and what they would add (C-3)."""

    counted: int
    open: int
    figures: int


async def waiting(connection: AsyncConnection, frame: Frame) -> dict[str, Waiting]:
    """By body; empty unless both sources have a snapshot, for then C1 is missing for another reason."""
    if not {"agency_report", "national_database"} <= frame.snapshots.keys():
        return {}
    found = (await connection.execute(text(WAITING), parameters(frame))).mappings()
    return {line["agency_code"]: Waiting(int(line["counted"]), int(line["open"]), line["figures"]) for line in found}


async def two_sources(connection: AsyncConnection, frame: Frame) -> dict[str, list[Figure]]:
    """By body every database it reported, in code order; empty unless both sources have a snapshot, for then C1 is missing."""
    if not {"agency_report", "national_database"} <= frame.snapshots.keys():
        return {}
    found: dict[str, list[Figure]] = {}
    for line in (await connection.execute(text(TWO_SOURCES), parameters(frame))).mappings():
        values = dict(line)
        found.setdefault(values.pop("agency_code"), []).append(Figure(**values))
    return found


def with_reasons(figures: Figures, refusals: Iterable[Refusal]) -> dict[str, list[Figure]]:
    """Of each figure that stands refused why, where the run's inputs say it."""
    said = {(each.agency, each.database, each.new_records): each.reason for each in refusals}
    return {
        agency: [
            replace(one, reason=said.get((agency, one.database, one.reported))) if one.word == "refused" else one
            for one in found
        ]
        for agency, found in figures.items()
    }


def reported_counted(figures: Figures) -> list[str]:
    """``agency/database`` of every reported figure that counted, in code point order; the second engine lists the same."""
    return [f"{agency}/{one.database}" for agency in sorted(figures) for one in figures[agency] if one.winner == "reported"]
