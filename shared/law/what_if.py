"""What a body would have had with other figures of its own (EXP-07, EXP-08). Pure: the whole sheet is scored again, since the
figure of who is best moves everybody. Nothing is kept, and of the others only a distribution is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from shared.law.exact import DIGITS, Number, NumberUnreadable, half_up, read_fraction, read_number
from shared.law.measures import AgencyInput, read_measures
from shared.law.refusals import Fault, InputRefused, shown
from shared.law.sheet import AgencyScore, ScoreSheet, computed, faults_of

BOUNDS = (Fraction(0), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(5))
"""Points between which bodies are counted. They never depend on the figures: bounds that did would tell what they are."""
FEWEST = 3
"""Bodies in a bucket, so that none is named by what it lost: below it, neighbouring buckets are one."""
_CENTS = 100
_EXPECTED = "a decimal number or a fraction, for example 12, 8.25 or 27/2"


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many bodies changed by more than ``above`` points (None: or by none at all), and by at most ``up_to`` (None: by any
    more)."""

    above: Fraction | None
    up_to: Fraction | None
    agencies: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The body's line as it is and as it would be, the relative indicators it leads then and then alone, and of the others
    how many there are and what they would lose and gain."""

    before: AgencyScore
    after: AgencyScore
    newly_best: tuple[str, ...]
    others: int
    lost: tuple[Bucket, ...]
    gained: tuple[Bucket, ...]


def what_if(sheet: ScoreSheet, agency: str, figures: Mapping[str, str | None]) -> WhatIf:
    """The sheet if the body's measures named were these, as exact text (``15``, ``8.25``, ``27/2``), or None: missing.

    Raises KeyError for a body that is not on the sheet, and InputRefused with every figure that scoring would refuse.
    """
    after = sheet_if(sheet, agency, figures)
    losses = [
        was.total_exact - then.total_exact
        for was, then in zip(sheet.lines(), after.lines(), strict=True)
        if was.agency != agency
    ]
    return WhatIf(
        before=sheet.line(agency),
        after=after.line(agency),
        newly_best=tuple(sorted(_led(after, agency) - _led(sheet, agency))),
        others=len(losses),
        lost=distribution(losses),
        gained=distribution([-loss for loss in losses]),
    )


def sheet_if(sheet: ScoreSheet, agency: str, figures: Mapping[str, str | None]) -> ScoreSheet:
    """The whole sheet then, for who asks of one line: what the others lose and gain takes most of the time. Raises as
    ``what_if``."""
    changed = _changed(sheet, agency, figures)
    return computed(sheet.scheme, sheet.period, changed, read_measures(sheet.scheme, changed))


def distribution(losses: Sequence[Fraction]) -> tuple[Bucket, ...]:
    """How many lost how much, most first, each loss rounded to two decimals before it is counted; a gain is no loss.

    Buckets that nobody is in are left out. Of fewer than FEWEST bodies nothing is told.
    """
    if len(losses) < FEWEST:
        return ()
    rounded = [Fraction(half_up(max(loss, Fraction()).numerator * _CENTS, loss.denominator), _CENTS) for loss in losses]
    found: list[Bucket] = []
    count, top = 0, None
    for above, up_to in _intervals():
        top = up_to if count == 0 else top
        count += sum((above is None or each > above) and (up_to is None or each <= up_to) for each in rounded)
        if count >= FEWEST:
            found.append(Bucket(above, top, count))
            count = 0
    if count:
        last = found.pop()
        found.append(Bucket(None, last.up_to, last.agencies + count))
    return tuple(found)


def _intervals() -> Iterator[tuple[Fraction | None, Fraction | None]]:
    """From the most lost down to nothing."""
    yield BOUNDS[-1], None
    yield from reversed(list(pairwise(BOUNDS)))
    yield None, BOUNDS[0]


def _led(sheet: ScoreSheet, agency: str) -> set[str]:
    return {code for code, leaders in sheet.leaders.items() if agency in leaders.agencies}


def _changed(sheet: ScoreSheet, agency: str, figures: Mapping[str, str | None]) -> tuple[AgencyInput, ...]:
    """All bodies in code order, with this one's other figures."""
    own = next((each for each in sheet.agencies if each.code == agency), None)
    if own is None:
        raise KeyError(agency)
    read, faults = dict(own.measures), list[Fault]()
    for name, text in figures.items():
        try:
            read[name] = None if text is None else _number(text)
        except NumberUnreadable:
            faults.append(
                Fault("not-a-number", agency, name, shown(text or ""), _EXPECTED, "write the figure as it is reported")
            )
    # A ruling supplies what is missing: a figure of the body's own is none of its.
    kept = frozenset(name for name in own.settled if read[name] == own.measures[name])
    other = replace(own, measures=read, settled=kept)
    faults += faults_of(sheet.scheme, [other])
    if faults:
        raise InputRefused(faults)
    return tuple(other if each.code == agency else each for each in sheet.agencies)


def _number(text: str) -> Number:
    """A published figure may be a fraction, as a median is. Raises NumberUnreadable."""
    if len(text) > 2 * DIGITS:
        raise NumberUnreadable(text)
    return read_fraction(text) if "/" in text else read_number(text)
