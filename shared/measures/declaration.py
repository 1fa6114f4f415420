"""How a measure comes from frozen rows: every row has one verdict, and a measure counts the rows of some verdicts.

What decides about a row stands once, in the statement that classifies its dataset: counting is a GROUP BY over it, and whoever
asks which rows a figure was counted from is answered by it as well. Pure text; services.scoring.measures asks the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class ClassifiedRows:
    """The rows of one dataset, all their columns and ``row_verdict``, a word of ``verdicts.VERDICTS``, by a name that no
    dataset's column has; asked with ``frame.parameters``."""

    dataset: str
    source: str
    sql: str


@dataclass(frozen=True)
class Tally:
    """A measure of one body: how many of its rows have one of the verdicts, or what ``amount`` comes to over them.

    An amount that is null in a row that counts makes the measure missing; so do a row with a verdict of ``unless``, and having
    none with a verdict of ``given``. ``amount`` is an expression over the row's columns, ``at_most`` the law's cap on the sum.
    """

    verdicts: tuple[str, ...]
    amount: str | None = None
    given: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    at_most: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that are added up; none where rows are counted."""
        return tuple(self.amount.split(" + ")) if self.amount else ()

    def sql(self) -> str:
        """The measure from what ``Query`` groups: by body and verdict how many ``rows`` there are, and of an amount how many
        are known and what they come to."""
        rows = _sum("rows", self.verdicts)
        if self.amount is None:
            return rows
        known = [f"{rows} = {_sum(_known(self.amount), self.verdicts)}"]
        known += [f"{_sum('rows', self.given)} > 0"] if self.given else []
        known += [f"{_sum('rows', self.unless)} = 0"] if self.unless else []
        total = _sum(_total(self.amount), self.verdicts)
        total = total if self.at_most is None else f"least({total}, {self.at_most})"
        return f"CASE WHEN {' AND '.join(known)} THEN {total} END"


@dataclass(frozen=True)
class Query:
    """Measures counted together, each body once; asked only when all ``sources`` have a snapshot, and of another reading's
    measures only when its ``rule`` is chosen.

    ``rows`` are counted. ``stated`` are the rows by which the source says that it speaks of a body at all: without one the
    body's measures are missing, with one they are zero where no row counts. Rows of ``beside`` only decide about others.
    ``whole`` is a statement instead, for what is counted from rows of all bodies.
    """

    measures: Mapping[str, Tally]
    sources: tuple[str, ...]
    rows: tuple[ClassifiedRows, ...]
    stated: ClassifiedRows | None = None
    beside: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rule: str | None = None
    whole: str | None = None

    @property
    def own_rows(self) -> tuple[ClassifiedRows, ...]:
        """What a body is shown behind these measures, in this order."""
        return (*((self.stated,) if self.stated else ()), *self.rows)

    @property
    def datasets(self) -> tuple[str, ...]:
        """A body that lost a row of one of them has none of the measures."""
        return (*(each.dataset for each in self.own_rows), *self.beside)

    @cached_property
    def sql(self) -> str:
        """The statement that gives ``agency_code`` and each measure."""
        if self.whole is not None:
            return self.whole
        tallies = ", ".join(f"{tally.sql()} AS {name}" for name, tally in self.measures.items())
        counted = f"SELECT agency_code, {tallies} FROM ({self._grouped()}) AS grouped GROUP BY agency_code"
        if self.stated is None:
            return counted
        zeros = ", ".join(f"coalesce(counted.{name}, 0) AS {name}" for name in self.measures)
        return (
            f"SELECT stated.agency_code, {zeros} FROM ({self.stated.sql}) AS stated"
            f" LEFT JOIN ({counted}) AS counted ON counted.agency_code = stated.agency_code WHERE stated.row_verdict = 'stated'"
        )

    def _grouped(self) -> str:
        """Each row is judged once, then bodies' verdicts are few."""
        amounts = tuple(dict.fromkeys(tally.amount for tally in self.measures.values() if tally.amount))
        sums = "".join(f", count({each}) AS {_known(each)}, sum({each}) AS {_total(each)}" for each in amounts)
        rows = self.rows[0].sql
        if len(self.rows) > 1:
            columns = ", ".join(("agency_code", "row_verdict", *amounts))
            rows = " UNION ALL ".join(f"SELECT {columns} FROM ({each.sql}) AS one" for each in self.rows)
        grouped = f"SELECT agency_code, row_verdict, count(*) AS rows{sums} FROM ({rows}) AS classified"
        return f"{grouped} GROUP BY agency_code, row_verdict"


def _sum(column: str, verdicts: Sequence[str]) -> str:
    named = ", ".join(f"'{verdict}'" for verdict in verdicts)
    return f"coalesce(sum({column}) FILTER (WHERE row_verdict IN ({named})), 0)"


def _known(amount: str) -> str:
    return f"known_{amount.replace(' + ', '_')}"


def _total(amount: str) -> str:
    return f"total_{amount.replace(' + ', '_')}"
