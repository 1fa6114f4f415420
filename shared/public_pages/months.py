"""What the pages of a version tell of other months: what each body had in the months before, as they stood published when the
version was, and when the next month is due. Pure.

The document names the versions (``former_months``) and the instants (``next_month``), so pages can be made again from what is
published, and from nothing else (ADR 38).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from shared.period import VIETNAM, Period
from shared.public_pages.publication_list import FORMER_FIELDS, listed
from shared.public_pages.words import Words, month_in_english
from shared.writing import month, signed_figure

Document = Mapping[str, Any]
Shown = Callable[[Fraction], str]
"""A total to the decimals that stand beside a rank."""

TREND_MONTHS: Final = 12


@dataclass(frozen=True)
class Standing:
    """What a body had in one month."""

    total: Fraction
    total_exact: Fraction
    rank: int
    grade: str


History = Mapping[str, Mapping[str, Standing]]
"""Month → body → what it had, of every month that the document names."""


def history_of(documents: Iterable[Document]) -> History:
    """Of the published sheets of former months, one of each."""
    given = (listed(document, FORMER_FIELDS) for document in documents)
    return {each["period"]: {line["agency"]: standing_of(line) for line in each["agencies"]} for each in given}


def standing_of(line: Document) -> Standing:
    return Standing(Fraction(line["total"]), Fraction(line["total_exact"]), line["rank"], line["grade"])


@dataclass(frozen=True)
class Compared:
    """The month before, by name and as YYYY-MM; ``version`` None where it was not published when the page was made."""

    month: Words
    period: str
    version: int | None


@dataclass(frozen=True)
class Change:
    """Of the published total, with its sign, and the standing it was changed from; ``shown_total`` stands beside the rank."""

    of_total: str
    total: str
    grade: str
    rank: int
    shown_total: str


@dataclass(frozen=True)
class Point:
    """One month of a body's trend, at ``along`` of the window (0 to 1) and ``height`` of the scale; ``version`` None where the
    month was not published or the body not in it. A version after the first one corrects it."""

    month: Words
    period: str
    number: str
    year: str
    along: Fraction
    version: int | None = None
    height: Fraction = Fraction(0)
    total: str | None = None
    grade: str | None = None
    rank: int | None = None
    shown_total: str | None = None

    @property
    def corrected(self) -> bool:
        return self.version is not None and self.version > 1


@dataclass(frozen=True)
class Trend:
    """``runs`` are the neighbouring months that a line joins: between them lies a gap."""

    points: tuple[Point, ...]

    @property
    def published(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.version is not None)

    @property
    def runs(self) -> tuple[tuple[Point, ...], ...]:
        found: list[list[Point]] = [[]]
        for point in self.points:
            if point.version is None:
                found.append([])
            else:
                found[-1].append(point)
        return tuple(tuple(run) for run in found if len(run) > 1)


@dataclass(frozen=True)
class Due:
    """When the month after closes, by the calendar in force at publication."""

    month: Words
    cutoff: Words
    report_deadline: Words


class Months:
    """The months around one document, whose lines are given as they are listed."""

    def __init__(self, document: Document, history: History, shown: Shown, scale: Fraction) -> None:
        self._document, self._shown, self._scale = document, shown, scale
        self._period = Period.parse(document["period"])
        self._versions = {each["period"]: each["version"] for each in document.get("former_months", ())}
        self._standings = {name: history[name] for name in self._versions}
        self._versions[document["period"]] = document["version"]
        self._standings[document["period"]] = {line["agency"]: standing_of(line) for line in document["agencies"]}

    def compared(self) -> Compared:
        before = self._period.previous
        return Compared(_named(before), str(before), self._versions.get(str(before)))

    def change(self, agency: str) -> Change | None:
        """None where there is nothing to compare with."""
        before = self._standings.get(str(self._period.previous), {}).get(agency)
        if before is None:
            return None
        moved = self._standings[str(self._period)][agency].total - before.total
        return Change(
            of_total=signed_figure(str(moved)) if moved else "0",
            total=_total(before),
            grade=before.grade,
            rank=before.rank,
            shown_total=self._shown(before.total_exact),
        )

    def trend(self, agency: str) -> Trend:
        """From the earliest of the last twelve months in which the body stands published, to this one."""
        known = [Period.parse(name) for name, bodies in self._standings.items() if agency in bodies]
        first = max(min(known), self._period.shifted(months=1 - TREND_MONTHS))
        return Trend(tuple(self._points(agency, first)))

    def _points(self, agency: str, first: Period) -> Iterator[Point]:
        # The window always spans twelve months, so that one body's drawing compares with another's.
        opens = self._period.shifted(months=1 - TREND_MONTHS)
        for number in range(TREND_MONTHS):
            period = opens.shifted(months=number)
            if period >= first:
                yield self._point(agency, period, Fraction(number, TREND_MONTHS - 1))

    def _point(self, agency: str, period: Period, along: Fraction) -> Point:
        point = Point(_named(period), str(period), f"{period.month:02}", str(period.year), along)
        found = self._standings.get(str(period), {}).get(agency)
        if found is None:
            return point
        return replace(
            point,
            version=self._versions[str(period)],
            height=found.total / self._scale,
            total=_total(found),
            grade=found.grade,
            rank=found.rank,
            shown_total=self._shown(found.total_exact),
        )

    def due(self) -> Due | None:
        """None in documents from before they said so, and where no scheme rules the month after."""
        said = self._document.get("next_month")
        if said is None:
            return None
        return Due(_named(Period.parse(said["period"])), _at_the_end(said["cutoff"]), _before(said["report_deadline"]))


def _named(period: Period) -> Words:
    return Words(month(str(period)), month_in_english(str(period)))


def _total(found: Standing) -> str:
    """As published: whole, or with the decimals of a revised scheme."""
    return signed_figure(str(found.total)).removeprefix("+")


def _at_the_end(instant: str) -> Words:
    """Until when facts count, as the decision writes it: ``hết ngày 01/03/2026``."""
    local = datetime.fromisoformat(instant).astimezone(VIETNAM)
    if (local.hour, local.minute) != (0, 0):
        return Words(f"lúc {local:%H:%M ngày %d/%m/%Y}", f"at {local:%H:%M of %d/%m/%Y}")
    last = local - timedelta(days=1)
    return Words(f"hết ngày {last:%d/%m/%Y}", f"at the end of {last:%d/%m/%Y}")


def _before(instant: str) -> Words:
    """An instant that is too late already, as the decision writes it: ``trước ngày 05/03/2026``."""
    local = datetime.fromisoformat(instant).astimezone(VIETNAM)
    if (local.hour, local.minute) != (0, 0):
        return Words(f"trước {local:%H:%M ngày %d/%m/%Y}", f"before {local:%H:%M of %d/%m/%Y}")
    return Words(f"trước ngày {local:%d/%m/%Y}", f"before {local:%d/%m/%Y}")
