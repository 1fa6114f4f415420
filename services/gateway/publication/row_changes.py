"""Use case: which frozen rows behind an indicator of one body changed between two runs (RSC-04).

Rows are matched by body and natural key. Each side has the verdict of its own run, from the statement that counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from services.gateway.access.tenancy import whole_read
from services.gateway.http.answers import foreign_cursor
from services.gateway.publication.row_lists import Asked, Part, RowList, ShownRow, fits
from services.gateway.publication.rows import PAGE, Basis, IndicatorRows, basis_of_run, indicator_rows, verdict_words
from services.gateway.publication.store import row_changes as stored
from services.gateway.publication.store.records import FrozenLine
from services.gateway.publication.store.row_changes import Side
from shared.database import Connection, Database
from shared.datasets.declaration import Dataset


@dataclass(frozen=True)
class ComparedPart:
    """One dataset on both sides; None where a side has no snapshot of it, or does not count it for the indicator."""

    number: int
    before: Part | None
    after: Part | None

    @property
    def dataset(self) -> Dataset:
        part = self.after or self.before
        if part is None:
            raise LookupError(self.number)
        return part.dataset


@dataclass(frozen=True)
class ChangedRow:
    """A row of the later side that the earlier one lacks (`added`), the reverse (`removed`), or one that both have and that
    differs in a column or in its verdict (`altered`)."""

    part: ComparedPart
    before: ShownRow | None
    after: ShownRow | None

    @property
    def key(self) -> list[str | int]:
        """What a cursor names it by."""
        row = self.after or self.before
        return [self.part.number, *(row.key[2:] if row else ())]

    @property
    def sides(self) -> list[ShownRow]:
        return [each for each in (self.before, self.after) if each is not None]

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "altered"

    def shown(self) -> dict[str, Any]:
        """As a document, each side as rows are shown. What is classified on either side shows its status alone on both."""
        masked = any(each.masked for each in self.sides)
        before, after = (None if each is None else each.shown(masked=masked) for each in (self.before, self.after))
        return {
            "dataset": self.part.dataset.name,
            "change": self.kind,
            "from": before,
            "to": after,
            "fields": list(_altered(before, after)) if before and after else [],
        }


def _altered(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in before["row"].items():
        if value != after["row"][name]:
            yield {"field": name, "from": value, "to": after["row"][name]}


@dataclass(frozen=True)
class RowChanges:
    """The rows behind one indicator of one body in two runs."""

    before: IndicatorRows
    after: IndicatorRows

    @cached_property
    def parts(self) -> tuple[ComparedPart, ...]:
        """Each dataset once, in the later side's order."""
        first, last = ({part.dataset.name: part for part in side.rows.parts} for side in (self.before, self.after))
        names = dict.fromkeys([*last, *first])
        return tuple(ComparedPart(number, first.get(name), last.get(name)) for number, name in enumerate(names))

    def document(self) -> dict[str, Any]:
        """What stands beside the rows: both runs, of each dataset both snapshots, and how figures come from either's rows."""
        return {
            "from": _run(self.before),
            "to": _run(self.after),
            "agency": self.after.agency,
            "indicator": self.after.code,
            "snapshots": [_snapshots(part) for part in self.parts],
            "figures": {"from": list(self.before.figures()), "to": list(self.after.figures())},
        }

    async def read(self, connection: Connection, *, after: Sequence[str | int] | None, limit: int) -> list[ChangedRow]:
        """At most ``limit`` rows behind a cursor's keys. Raises InputInvalid for a cursor that this list did not give."""
        begin, keys = self._place(after)
        found: list[ChangedRow] = []
        for part in self.parts[begin:]:
            if len(found) == limit:
                break
            behind = keys if part.number == begin else None
            found += await self._of_part(connection, part, behind, limit - len(found))
        return found

    def _place(self, after: Sequence[str | int] | None) -> tuple[int, Sequence[str | int] | None]:
        if after is None:
            return 0, None
        number, *keys = after or (None,)
        if not isinstance(number, int) or not 0 <= number < len(self.parts):
            raise foreign_cursor()
        if not fits(self.parts[number].dataset, [self.after.agency, *keys]):
            raise foreign_cursor()
        return number, keys

    async def _of_part(
        self, connection: Connection, part: ComparedPart, after: Sequence[str | int] | None, limit: int
    ) -> list[ChangedRow]:
        if part.before is None or part.after is None:
            return await self._of_one_side(connection, part, after, limit)
        first, last = part.before, part.after
        sides = Side(first.classified, self.before.basis.given), Side(last.classified, self.after.basis.given)
        # A body without a key of its own has one row: nothing stands behind it.
        if sides[0].asked == sides[1].asked or after == []:
            return []
        pairs = await stored.list_changed_rows(
            connection, part.dataset, sides, agency=self.after.agency, after=after, limit=limit
        )
        return [ChangedRow(part, _shown(first, before), _shown(last, later)) for before, later in pairs]

    async def _of_one_side(
        self, connection: Connection, part: ComparedPart, after: Sequence[str | int] | None, limit: int
    ) -> list[ChangedRow]:
        """All rows of a dataset that the other side has no snapshot of."""
        side = self.before if part.after is None else self.after
        own = next(each for each in side.rows.parts if each.dataset is part.dataset)
        behind = None if after is None else [0, side.agency, *after]
        alone = RowList((replace(own, number=0),), side.basis.given)
        rows = await alone.read(connection, Asked(side.agency, after=behind, limit=limit))
        return [ChangedRow(part, *((None, row) if part.before is None else (row, None))) for row in rows]


def _shown(part: Part, line: FrozenLine | None) -> ShownRow | None:
    return None if line is None else part.bearing(line)


def _run(side: IndicatorRows) -> dict[str, Any]:
    run = side.basis.run
    return {"period": run.period, "version": run.version, "run_id": run.run_id}


def _snapshots(part: ComparedPart) -> dict[str, Any]:
    before, after = (None if side is None else side.snapshot.snapshot_id for side in (part.before, part.after))
    return {"dataset": part.dataset.name, "from": before, "to": after}


async def row_changes(connection: Connection, before: Basis, after: Basis, *, agency: str, code: str) -> RowChanges:
    """Raises AgencyUnknown and NotFound for a body or an indicator that one of them does not score."""
    sides = [await indicator_rows(connection, basis, agency=agency, code=code) for basis in (before, after)]
    return RowChanges(*sides)


def words_of(found: Sequence[ChangedRow]) -> dict[str, dict[str, str]]:
    """What the verdicts among these rows say, in both languages."""
    return verdict_words([row for each in found for row in each.sides])


async def every_row_change(database: Database, runs: tuple[str, str], *, agency: str, code: str) -> dict[str, Any]:
    """All of them as a document, page by page, for the site's operator."""
    found: list[ChangedRow] = []
    async with whole_read(database) as connection:
        bases = [await basis_of_run(connection, run) for run in runs]
        changes = await row_changes(connection, *bases, agency=agency, code=code)
        while True:
            page = await changes.read(connection, after=found[-1].key if found else None, limit=PAGE)
            found += page
            if len(page) < PAGE:
                items = [each.shown() for each in found]
                return {**changes.document(), "items": items, "verdicts": words_of(found)}
