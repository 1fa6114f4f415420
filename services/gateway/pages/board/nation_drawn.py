"""From what the API tells of the months to what the national board draws: every drawing beside the table that it is made from.
Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from services.gateway.pages.page_words import Words, month_words
from shared.law.provisions import BONUS
from shared.period import Period
from shared.public_pages.months import TREND_MONTHS, Point, Trend
from shared.public_pages.words import KINDS
from shared.public_pages.words import Words as Said
from shared.writing import decimal_comma, figure

ALL: Final = "all"
_NATION: Final[Words] = ("tất cả cơ quan", "all bodies")
# In place of a group's letter, where it has none.
_BONUS: Final[Words] = ("KK", "Bonus")

Month = Mapping[str, Any]


@dataclass(frozen=True)
class Bound:
    """Where a grade begins, as a share of the scale too."""

    letter: str
    bound: str
    share: Fraction


@dataclass(frozen=True)
class Drawn:
    """One line over the months, with its name."""

    name: Words
    trend: Trend


@dataclass(frozen=True)
class Dots:
    """Totals of several bodies along the scale, as shares of it, and the figures in words."""

    dots: Sequence[Fraction]
    middle: Fraction
    highest: str
    median: str
    lowest: str
    maximum: str


@dataclass(frozen=True)
class Worth:
    """Points of a maximum; ``points`` and ``share`` are None where there are none."""

    points: str | None
    maximum: str
    share: Fraction | None


@dataclass(frozen=True)
class GroupWorth:
    letter: str
    worth: Worth


@dataclass(frozen=True)
class Counted:
    """How many bodies have a grade."""

    letter: str
    count: int

    def share_of(self, all_bodies: int) -> Fraction:
        return Fraction(self.count, all_bodies)


@dataclass(frozen=True)
class Kind:
    """Bodies of one kind, or all (``code`` None), in the last month: ``spread`` is what the API tells of them."""

    code: str | None
    name: Words
    spread: Mapping[str, Any]
    dots: Dots
    groups: Sequence[GroupWorth]
    grades: Sequence[Counted]


class Drawing:
    """``months`` as /trends tells them, oldest first and one at least; ``law`` is the content of the last one's scheme."""

    def __init__(self, months: Sequence[Month], law: Mapping[str, Any]) -> None:
        self._months = {each["period"]: each for each in months}
        self._last = months[-1]
        self._scale = Fraction(law["scale"]["value"])
        self._maxima = {code: Fraction(each["maximum"]["value"]) for code, each in law["groups"].items()}
        self._grades = [(each["grade"], Fraction(each["from"]["value"])) for each in law["grading"]["grades"]]

    def bounds(self) -> list[Bound]:
        return [Bound(grade, figure(str(bound)), bound / self._scale) for grade, bound in self._grades]

    def totals(self) -> list[Drawn]:
        """Mean and median of all, then the mean of every kind."""
        vi, en = _NATION
        found = [
            self._line((f"{vi}, trung bình", f"{en}, mean"), [ALL], "mean", self._scale),
            self._line((f"{vi}, trung vị", f"{en}, median"), [ALL], "median", self._scale),
        ]
        for kind in self.codes:
            name = f"{KINDS[kind].vi}, trung bình", f"{KINDS[kind].en}, mean"
            found.append(self._line(name, ["kinds", kind], "mean", self._scale))
        return found

    def groups(self, labels: Mapping[str, str]) -> list[Drawn]:
        """The mean of every group of indicators, each up to its own maximum."""
        found = []
        for code, maximum in self._maxima.items():
            vi, en = (f"{each} {labels[code]}, " for each in letter_of(code))
            name = f"{vi}trung bình trên {figure(str(maximum))}", f"{en}mean of {figure(str(maximum))}"
            found.append(self._line(name, [ALL, "groups", code], "mean", maximum))
        return found

    def kinds(self) -> list[Kind]:
        """All bodies first."""
        found = [self._kind(_NATION, self._last[ALL])]
        said = {kind: (KINDS[kind].vi, KINDS[kind].en) for kind in self.codes}
        return [*found, *(self._kind(name, self._last["kinds"][kind], kind) for kind, name in said.items())]

    @property
    def codes(self) -> list[str]:
        """The kinds that have bodies, in the decision's order."""
        return [kind for kind in KINDS if kind in self._last["kinds"]]

    def _kind(self, name: Words, spread: Mapping[str, Any], code: str | None = None) -> Kind:
        grades = [Counted(grade, spread["grades"].get(grade, 0)) for grade, _ in self._grades]
        return Kind(code, name, spread, self._dots(spread), list(self._worths(spread)), grades)

    def _dots(self, spread: Mapping[str, Any]) -> Dots:
        highest, median, lowest = (decimal_comma(spread[name]["points"]) for name in ("highest", "median", "lowest"))
        shares = [Fraction(each) / self._scale for each in spread["totals"]]
        middle = Fraction(spread["median"]["exact"]) / self._scale
        return Dots(shares, middle, highest, median, lowest, figure(str(self._scale)))

    def _worths(self, spread: Mapping[str, Any]) -> Iterator[GroupWorth]:
        for code, maximum in self._maxima.items():
            mean = spread["groups"].get(code, {}).get("mean")
            points = None if mean is None else decimal_comma(mean["points"])
            share = None if mean is None else min(Fraction(mean["exact"]) / maximum, Fraction(1))
            yield GroupWorth(letter_of(code)[0], Worth(points, figure(str(maximum)), share))

    def _line(self, name: Words, path: Sequence[str], which: str, scale: Fraction) -> Drawn:
        """From the first month that is published: before it there is nothing to leave a gap for."""
        last = Period.parse(self._last["period"])
        window = [last.shifted(months=number + 1 - TREND_MONTHS) for number in range(TREND_MONTHS)]
        first = min(self._months)
        points = [self._point(at, period, path, which, scale) for at, period in enumerate(window) if str(period) >= first]
        return Drawn(name, Trend(tuple(points)))

    def _point(self, at: int, period: Period, path: Sequence[str], which: str, scale: Fraction) -> Point:
        along = Fraction(at, TREND_MONTHS - 1)
        named = Said(*month_words(str(period))), str(period), f"{period.month:02}", str(period.year)
        month: Any = self._months.get(str(period))
        found = month
        for part in path:
            found = None if found is None else found.get(part)
        if found is None or found[which] is None:
            return Point(*named, along)
        value = found[which]
        height = min(Fraction(value["exact"]) / scale, Fraction(1))
        return Point(*named, along, month["version"], height, decimal_comma(value["points"]))


def letter_of(code: str) -> Words:
    return _BONUS if code == BONUS else (code, code)
