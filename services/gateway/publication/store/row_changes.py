"""Rows of one body that differ between two snapshots, as row security lets the session see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Subquery, and_, bindparam, column, func, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from services.gateway.publication.store.records import FrozenLine
from services.gateway.publication.store.rows import ADDED, frozen_line
from shared.datasets.declaration import Dataset
from shared.measures.declaration import ClassifiedRows

Pair = tuple[FrozenLine | None, FrozenLine | None]
# Where a row lies in its snapshot says nothing of the row.
_COMPARED_FROM = ADDED.index("agency_code")


@dataclass(frozen=True)
class Side:
    """The rows of one of two snapshots, and what the statement that classifies them is asked with."""

    classified: ClassifiedRows
    given: Mapping[str, Any]

    @property
    def asked(self) -> tuple[str, Mapping[str, Any]]:
        """The statement with the values that it reads: equal ones give equal rows."""
        return self.classified.sql, {name: self.given[name] for name in _places(self.classified)}


async def list_changed_rows(
    connection: AsyncConnection,
    dataset: Dataset,
    sides: tuple[Side, Side],
    *,
    agency: str,
    after: Sequence[str | int] | None,
    limit: int,
) -> list[Pair]:
    """Rows of a body that one of two snapshots alone has, or that differ in a column or in their verdict: each with its
    counterpart, in the order of the natural key, behind a row's key."""
    found = await connection.execute(_statement(dataset, sides, agency, after).limit(limit))
    width = len(ADDED) + len(dataset.names)
    return [(_line(line[:width]), _line(line[width:])) for line in found]


def _statement(
    dataset: Dataset, sides: tuple[Side, Side], agency: str, after: Sequence[str | int] | None
) -> Select[tuple[Any, ...]]:
    columns = (*ADDED, *dataset.names)
    before, later = (_own_rows(side, agency, columns) for side in sides)
    pairs = [(before.c[name], later.c[name]) for name in columns]
    same = and_(*(before.c[name] == later.c[name] for name in ("agency_code", *dataset.key)))
    keys = [func.coalesce(before.c[name], later.c[name]) for name in dataset.key]
    statement = (
        select(*before.c, *later.c)
        .select_from(before.join(later, same, full=True))
        .where(or_(*(first.is_distinct_from(last) for first, last in pairs[_COMPARED_FROM:])))
        .order_by(*keys)
    )
    if not after:
        return statement
    places = [bindparam(None, each, type_=NullType()) for each in after]
    return statement.where(tuple_(*keys) > tuple_(*places))


def _own_rows(side: Side, agency: str, columns: Sequence[str]) -> Subquery:
    """Both sides stand in one statement, so each place has a name of its own there."""
    places = [bindparam(name, side.given[name], type_=NullType(), unique=True) for name in _places(side.classified)]
    classified = text(side.classified.sql).bindparams(*places).columns(*map(column, columns)).subquery()
    return select(*classified.c).where(classified.c.agency_code == agency).subquery()


def _places(classified: ClassifiedRows) -> list[str]:
    return list(text(classified.sql).compile().params)


def _line(values: Sequence[Any]) -> FrozenLine | None:
    return None if values[_COMPARED_FROM] is None else frozen_line(values)
