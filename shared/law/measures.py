"""Measures as columns: one whole number per agency and measure, over a unit shared by the column. Missing stays None."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from types import NoneType
from typing import cast

from shared.law.exact import Number, are_exact
from shared.law.provisions import Measure
from shared.law.refusals import Fault, shown
from shared.law.scheme import Scheme
from shared.medians import written


@dataclass(frozen=True, slots=True)
class AgencyInput:
    """What one agency is scored from.

    `measures` maps a measure to an exact number; None or an absent name is missing. `not_applicable` names indicators,
    `settled` measures whose value a recorded ruling supplied. `kind` serves the rank inside the kind only.
    """

    code: str
    measures: Mapping[str, Number | None]
    kind: str | None = None
    not_applicable: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MeasureColumn:
    """One measure of all agencies, in their order: `values[i] / unit`, None where the source gave nothing."""

    values: list[int | None]
    unit: int
    unknown: frozenset[int] = field(default=frozenset())


@dataclass(slots=True)
class Reading:
    """Columns read so far and what was refused on the way, each fault with its agency's place."""

    columns: dict[str, MeasureColumn] = field(default_factory=dict)
    faults: list[tuple[int, Fault]] = field(default_factory=list)


def read_measures(scheme: Scheme, agencies: Sequence[AgencyInput]) -> Reading:
    """Every measure of the scheme as a column; figures that cannot be are faults, and no column is built from them."""
    reading = Reading()
    reading.faults += _faults_of_names(scheme, agencies)
    rows = [agency.measures for agency in agencies]
    for name, measure in scheme.measures.items():
        column = _column(measure, [row.get(name) for row in rows])
        if column is None:
            reading.faults += _faults_of_values(name, measure, agencies)
        else:
            reading.columns[name] = column
    return reading


def _column(measure: Measure, values: list[Number | None]) -> MeasureColumn | None:
    """The column, or None as soon as one figure cannot be."""
    some_missing = NoneType in set(map(type, values))
    unknown = frozenset(at for at, value in enumerate(values) if value is None) if some_missing else frozenset[int]()
    known = [value for value in values if value is not None] if unknown else cast("list[Number]", values)
    if not are_exact(known):
        return None
    whole, unit = _whole(known)
    if (unit > 1 and measure.type == "count") or min(whole, default=0) < 0 or not _within(measure, whole, unit):
        return None
    if not unknown:
        return MeasureColumn(cast("list[int | None]", whole), unit)
    following = iter(whole)
    return MeasureColumn([None if value is None else next(following) for value in values], unit, unknown)


def _whole(known: list[Number]) -> tuple[list[int], int]:
    """The same figures as whole numbers over one unit."""
    if set(map(type, known)) <= {int}:
        return cast("list[int]", known), 1
    ratios = [value.as_integer_ratio() for value in known]
    unit = lcm(*{bottom for _, bottom in ratios})
    return [top * (unit // bottom) for top, bottom in ratios], unit


def _within(measure: Measure, whole: list[int], unit: int) -> bool:
    limit = measure.maximum
    return limit is None or max(whole, default=0) * limit.value.denominator <= limit.value.numerator * unit


def _faults_of_names(scheme: Scheme, agencies: Sequence[AgencyInput]) -> Iterator[tuple[int, Fault]]:
    """Agencies given twice, measures and indicators nobody knows, rulings without a value."""
    seen: set[str] = set()
    strange = set[str]().union(*(agency.measures for agency in agencies)) - scheme.measures.keys()
    for at, agency in enumerate(agencies):
        if agency.code in seen:
            yield at, Fault("duplicate-agency", agency.code, None, None, "each agency once", "remove the second one")
        seen.add(agency.code)
        for name in sorted(strange.intersection(agency.measures)) if strange else ():
            yield at, _unknown("measure", agency.code, name, scheme.measures)
        if agency.not_applicable or agency.settled:
            yield from ((at, fault) for fault in _faults_of_standing(scheme, agency))


def _faults_of_standing(scheme: Scheme, agency: AgencyInput) -> Iterator[Fault]:
    for name in sorted(agency.not_applicable - scheme.indicators.keys()):
        yield _unknown("indicator", agency.code, name, scheme.indicators)
    for name in sorted(agency.settled):
        if agency.measures.get(name) is None:
            hint = "supply the value the ruling gives"
            yield Fault("settled-without-value", agency.code, name, None, "a value with every ruling", hint)


def _unknown(thing: str, agency: str, name: str, known: Mapping[str, object]) -> Fault:
    return Fault(f"unknown-{thing}", agency, name, None, f"a known {thing}", f"known are {', '.join(known)}")


def _faults_of_values(name: str, measure: Measure, agencies: Sequence[AgencyInput]) -> Iterator[tuple[int, Fault]]:
    for at, agency in enumerate(agencies):
        value = agency.measures.get(name)
        problem = None if value is None else _problem(measure, value)
        if problem:
            rule, expected, hint = problem
            yield at, Fault(rule, agency.code, name, shown(str(value)), expected, hint)


def _problem(measure: Measure, value: object) -> tuple[str, str, str] | None:
    if not are_exact([value]):
        return "not-a-number", "an exact number", "give a whole number or a decimal, never a binary float or a yes/no"
    number = Fraction(cast("Number", value))
    if number < 0:
        return "negative", "zero or more", "a correction belongs to the month it concerns, as a new version"
    if measure.type == "count" and number.denominator != 1:
        return "fraction-in-count", "a whole number", "counts and amounts in VND have no fractions"
    if measure.maximum is not None and number > measure.maximum.value:
        return "above-maximum", f"at most {written(measure.maximum.value)}", "check the figure with its source"
    return None
