"""A score sheet: scheme and measures in, an immutable value out (scheme rules 2 to 4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from shared.law.applicable import applicable_maxima
from shared.law.checks import faults_of_checks
from shared.law.indicators import IndicatorColumn, Leaders, State, score_indicator, standing_of
from shared.law.measures import AgencyInput, Reading, read_measures
from shared.law.readings import IN_FORCE, Readings
from shared.law.refusals import Fault, InputRefused, SchemeNotInForce
from shared.law.scheme import Scheme
from shared.law.totals import GroupColumn, OnApplicable, Totals, group_columns, on_applicable, totals_of
from shared.period import Period

__all__ = [
    "ENGINE_VERSION",
    "AgencyInput",
    "AgencyScore",
    "IndicatorScore",
    "Leaders",
    "ScoreSheet",
    "State",
    "faults_of",
    "score",
]

ENGINE_VERSION = "4"
"""Changes whenever the same inputs and the same scheme could give another sheet."""


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """One agency's exact points for one indicator; None when missing. Flags: no_events, clamped, pool_incomplete."""

    points: Fraction | None
    state: State
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgencyScore:
    """One agency's line of the sheet; `groups` has None where every indicator is missing.

    `total` counts units of 10^-total_places of the scheme, so whole points under the decision. `grade_unrounded` is another
    one where rounding lifted the grade (G-4). `applicable` is information (reading G-15), and so is `applicable_share`: the
    total over the maxima of the applicable indicators that are known.
    """

    agency: str
    kind: str | None
    total: int
    total_exact: Fraction
    grade: str
    grade_unrounded: str
    rank: int
    rank_in_kind: int | None
    missing: tuple[str, ...]
    groups: Mapping[str, Fraction | None]
    capped_groups: tuple[str, ...]
    indicators: Mapping[str, IndicatorScore]
    applicable_share: Fraction | None
    applicable: OnApplicable

    @property
    def grade_differs_unrounded(self) -> bool:
        """Whether rounding lifted the grade."""
        return self.grade != self.grade_unrounded


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """All agencies of a period, sorted by code, held column by column; `lines` and `line` give one agency at a time."""

    period: Period
    scheme: Scheme
    agencies: tuple[AgencyInput, ...]
    indicators: Mapping[str, IndicatorColumn]
    groups: Mapping[str, GroupColumn]
    totals: Totals

    @property
    def provisional(self) -> bool:
        """Whether any indicator of any agency is missing."""
        return any(column.missing for column in self.indicators.values())

    @property
    def leaders(self) -> Mapping[str, Leaders]:
        """Per relative indicator, who leads the pool."""
        return {code: column.leaders for code, column in self.indicators.items() if column.leaders is not None}

    @property
    def commended(self) -> tuple[str, ...]:
        """Agencies of the best grade: the commendation list (reading G-22)."""
        best = self.scheme.grading.grades[0].grade
        graded = zip(self.agencies, self.totals.grades, strict=True)
        return tuple(agency.code for agency, grade in graded if grade == best)

    def lines(self) -> Iterator[AgencyScore]:
        """Every agency's line, by code."""
        return map(self._line, range(len(self.agencies)))

    def line(self, agency: str) -> AgencyScore:
        """One agency's line. Raises KeyError for an agency that is not on the sheet."""
        for at, known in enumerate(self.agencies):
            if known.code == agency:
                return self._line(at)
        raise KeyError(agency)

    def _line(self, at: int) -> AgencyScore:
        totals, agency = self.totals, self.agencies[at]
        return AgencyScore(
            agency=agency.code,
            kind=agency.kind,
            total=totals.rounded[at],
            total_exact=totals.exact.at(at),
            grade=totals.grades[at],
            grade_unrounded=totals.unrounded_grades[at],
            rank=totals.ranks[at],
            rank_in_kind=totals.ranks_in_kind[at],
            missing=tuple(code for code, column in self.indicators.items() if at in column.missing),
            groups=MappingProxyType({code: self._group(code, at) for code in self.groups}),
            capped_groups=tuple(code for code, group in self.groups.items() if at in group.capped),
            indicators=MappingProxyType({code: _score(column, at) for code, column in self.indicators.items()}),
            applicable_share=self._share(at),
            applicable=on_applicable(self.scheme, totals, at),
        )

    def _group(self, code: str, at: int) -> Fraction | None:
        if all(at in self.indicators[name].missing for name in self.scheme.indicators_of(code)):
            return None
        return self.groups[code].points.at(at)

    def _share(self, at: int) -> Fraction | None:
        """Total over the attainable maximum; indicators that share a maximum count it once."""
        maxima: dict[str, Fraction] = {}
        for code, column in self.indicators.items():
            if at not in column.missing and at not in column.not_applicable:
                indicator = self.scheme.indicators[code]
                owner = indicator.shares_maximum_with or code
                maxima[owner] = max(maxima.get(owner, Fraction()), indicator.maximum.value)
        most = sum(maxima.values(), Fraction())
        return self.totals.exact.at(at) / most if most else None


def score(scheme: Scheme, period: Period, agencies: Iterable[AgencyInput], *, readings: Readings = IN_FORCE) -> ScoreSheet:
    """The score sheet of a period, under the readings in force or those chosen. The order of the agencies changes nothing.

    Raises InputRefused with every fault found, SchemeNotInForce for a period before the scheme's first.
    """
    scheme = readings.applied_to(scheme)
    if period < scheme.first_period:
        message = f"{scheme.id} is not in force for {period}; its first period is {scheme.first_period}"
        raise SchemeNotInForce(message)
    ordered = tuple(sorted(agencies, key=lambda agency: agency.code))
    reading = read_measures(scheme, ordered)
    faults = _all_faults(scheme, ordered, reading)
    if faults:
        raise InputRefused(faults)
    return computed(scheme, period, ordered, reading)


def computed(scheme: Scheme, period: Period, ordered: Sequence[AgencyInput], reading: Reading) -> ScoreSheet:
    """The sheet of agencies in code order whose figures were read without a fault. What figures must satisfy together is not
    looked at: a comparison mixes those of two sheets."""
    standing = standing_of(ordered)
    indicators = {
        code: score_indicator(code, indicator, ordered, reading.columns, standing)
        for code, indicator in scheme.indicators.items()
    }
    groups = group_columns(scheme, indicators, len(ordered))
    maxima = applicable_maxima(scheme, indicators, len(ordered))
    totals = totals_of(scheme, groups, maxima, [agency.kind for agency in ordered])
    return ScoreSheet(period, scheme, tuple(ordered), MappingProxyType(indicators), MappingProxyType(groups), totals)


def faults_of(scheme: Scheme, agencies: Sequence[AgencyInput]) -> list[Fault]:
    """What `score` would refuse, in the order of the agencies."""
    return _all_faults(scheme, agencies, read_measures(scheme, agencies))


def _all_faults(scheme: Scheme, agencies: Sequence[AgencyInput], reading: Reading) -> list[Fault]:
    faults = [*reading.faults, *faults_of_checks(scheme, agencies, reading.columns)]
    return [fault for _, fault in sorted(faults, key=lambda placed: placed[0])]


def _score(column: IndicatorColumn, at: int) -> IndicatorScore:
    incomplete = column.leaders is not None and column.leaders.incomplete and at not in column.not_applicable
    flagged = (("no_events", at in column.no_events), ("clamped", at in column.clamped), ("pool_incomplete", incomplete))
    points = None if at in column.missing else column.points.at(at)
    return IndicatorScore(points, column.states[at], tuple(name for name, holds in flagged if holds))
