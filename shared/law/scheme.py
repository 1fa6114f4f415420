"""A scheme: one decision's law as dated data, checked as a whole before it may score anybody."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from pydantic import PrivateAttr, ValidationError

from shared.canonical import canonical_bytes, sha256_hex
from shared.law import provisions as law
from shared.law.coherence import faults_of_alternatives, faults_of_citations, faults_of_structure
from shared.law.law_file import read_law_file
from shared.law.readings import put
from shared.law.refusals import SchemeInvalid, SchemeNotInForce
from shared.period import Period

SCHEMES = Path(__file__).parent / "schemes"


class Scheme(law.Provision):
    """The law in force from one period on. Indicators, groups and measures keep the file's order, which is the law's.

    Made by `Scheme.of` or `load_schemes`, which check it; it carries the file's content and its digest.
    """

    id: law.Words
    decision: law.Decision
    effective: law.Effective
    calendar: law.Calendar
    scale: law.Cited[law.Exact]
    rounding: law.Rounding
    grading: law.Grading
    ranking: law.Ranking
    applicability: law.Applicability
    groups: Mapping[str, law.Group]
    measures: Mapping[str, law.Measure]
    indicators: Mapping[str, law.Indicator]
    checks: tuple[law.Check, ...]
    passages: Mapping[str, law.Passage]
    readings: Mapping[str, law.Reading]

    _content: Mapping[str, Any] = PrivateAttr()
    _digest: str = PrivateAttr()
    _switched: dict[bytes, Self] = PrivateAttr()

    @classmethod
    def of(cls, content: Mapping[str, Any], *, place: str = "scheme") -> Self:
        """Check a scheme's content and make it law. Raises SchemeInvalid with every fault of the first kind found."""
        faults = faults_of_citations(content)
        if faults:
            raise SchemeInvalid(place, faults)
        try:
            scheme = cls.model_validate(content)
        except ValidationError as error:
            raise SchemeInvalid(place, map(_line, error.errors())) from error
        scheme._content = MappingProxyType(dict(content))
        scheme._switched = {}
        faults = faults_of_structure(scheme) or faults_of_alternatives(scheme)
        if faults:
            raise SchemeInvalid(place, faults)
        scheme._digest = sha256_hex(canonical_bytes(dict(content)))
        return scheme

    def switched(self, turns: Mapping[str, Any]) -> Self:
        """The scheme with other values at some paths; raises SchemeInvalid when that is no scheme. Its digest is its own."""
        key = canonical_bytes(dict(turns))
        known = self._switched.get(key)
        if known is None:
            known = self._switched[key] = self._turned(turns)
        return known

    def _turned(self, turns: Mapping[str, Any]) -> Self:
        content = dict(self._content)
        for path, value in turns.items():
            try:
                content = put(content, path, value)
            except (KeyError, TypeError) as error:
                raise SchemeInvalid(self.id, [f"{path}: leads nowhere in the scheme"]) from error
        try:
            scheme = type(self).model_validate(content)
        except ValidationError as error:
            raise SchemeInvalid(self.id, map(_line, error.errors())) from error
        faults = faults_of_structure(scheme, switched=True)
        if faults:
            raise SchemeInvalid(self.id, faults)
        scheme._content, scheme._switched = MappingProxyType(content), {}
        scheme._digest = sha256_hex(canonical_bytes(content))
        return scheme

    @property
    def content(self) -> Mapping[str, Any]:
        """The file's content: objects, lists, text and whole numbers."""
        return self._content

    @property
    def digest(self) -> str:
        """``sha256:…`` of the canonical bytes of the content; comments and layout of the file do not matter."""
        return self._digest

    @property
    def first_period(self) -> Period:
        """First period the scheme rules."""
        return self.effective.start.value

    def cutoff_of(self, period: Period) -> datetime:
        """Freeze of the automatic sources: the end of the cutoff day in the month after, exclusive (G-7)."""
        return period.end_of_next_month_day(self.calendar.cutoff_day.value)

    def report_deadline_of(self, period: Period) -> datetime:
        """First instant that is too late for reported data: the deadline's day in the month after, 00:00 (G-8)."""
        return period.start_of_next_month_day(self.calendar.report_deadline_day.value)

    def word_deadline_of(self, period: Period) -> datetime:
        """Until when a word on a reported C1 figure is in the month: the end of that day in the month after, exclusive (C-3).
        No law names the day."""
        return period.end_of_next_month_day(self.calendar.word_deadline_day.value)

    def indicators_of(self, group: str) -> tuple[str, ...]:
        """Codes of a group's indicators, in the law's order."""
        return tuple(code for code, indicator in self.indicators.items() if indicator.group == group)


def load_schemes(folder: Path = SCHEMES) -> tuple[Scheme, ...]:
    """Every scheme of a folder, oldest first. Raises SchemeInvalid; no folder is half loaded."""
    schemes = [Scheme.of(read_law_file(path), place=path.name) for path in sorted(folder.glob("*.yaml"))]
    return in_order(schemes, place=folder.name)


def in_order(schemes: Iterable[Scheme], *, place: str = "schemes") -> tuple[Scheme, ...]:
    """Schemes by first period. Two that start together, or share an id, leave no rule which one holds."""
    ordered = sorted(schemes, key=lambda scheme: scheme.first_period)
    faults = [
        f"{earlier.id} and {later.id} both start with {later.first_period}; give the later decision a later first period"
        for earlier, later in pairwise(ordered)
        if earlier.first_period == later.first_period
    ]
    ids = [scheme.id for scheme in ordered]
    faults += [f"the id {name} names two schemes; ids are for ever" for name in sorted(set(ids)) if ids.count(name) > 1]
    if faults:
        raise SchemeInvalid(place, faults)
    return tuple(ordered)


def scheme_for(period: Period, *, schemes: Iterable[Scheme] | None = None) -> Scheme:
    """The scheme in force for a period: the latest that has started. Raises SchemeNotInForce before the first."""
    known = packaged_schemes() if schemes is None else in_order(schemes)
    started = [scheme for scheme in known if scheme.first_period <= period]
    if not started:
        first = f"the first period is {known[0].first_period}" if known else "no scheme is loaded"
        message = f"no scheme is in force for {period}; {first}"
        raise SchemeNotInForce(message)
    return started[-1]


def legal_cutoff(period: Period, *, schemes: Iterable[Scheme] | None = None) -> datetime:
    """As the scheme in force for the period says; a calendar row may move it. Raises SchemeNotInForce."""
    return scheme_for(period, schemes=schemes).cutoff_of(period)


def legal_report_deadline(period: Period, *, schemes: Iterable[Scheme] | None = None) -> datetime:
    """As the scheme in force for the period says; calendar rows and extensions may move it. Raises SchemeNotInForce."""
    return scheme_for(period, schemes=schemes).report_deadline_of(period)


@cache
def packaged_schemes() -> tuple[Scheme, ...]:
    """The schemes that ship with the product, read once."""
    return load_schemes()


def _line(error: Mapping[str, Any]) -> str:
    *way, last = error["loc"]
    where = ".".join(str(part) for part in (*(part for part in way if part not in law.TAGS), last))
    return f"{where}: {error['msg']}"
