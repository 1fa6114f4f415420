"""Which months there are: from the first scheme's first period to the month that runs now. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from services.gateway.http.errors import PeriodUnknown
from services.gateway.http.words import PERIOD
from shared.errors import Fault, InputInvalid
from shared.law.refusals import SchemeNotInForce
from shared.law.scheme import Scheme, packaged_schemes, scheme_for
from shared.period import LAST_YEAR, Period, PeriodInvalid


def ruled_period(text: str, *, place: str = "/period") -> Period:
    """A month that a scheme rules, named in a request's body. Raises InputInvalid."""
    try:
        period = _ruled(text)
    except (PeriodInvalid, SchemeNotInForce) as error:
        fault = Fault(place, str(error), seen=text, expected="YYYY-MM, from the first scheme's first period on")
        raise InputInvalid("no scheme rules this period", faults=[fault]) from error
    return period


def known_period(text: str, *, now: datetime) -> Period:
    """A month named in a path: ruled by a scheme and begun. Raises PeriodUnknown."""
    try:
        period = _ruled(text)
    except (PeriodInvalid, SchemeNotInForce) as error:
        raise PeriodUnknown(str(error)) from error
    if period > Period.holding(now):
        raise PeriodUnknown(f"{period} has not begun")
    return period


def known_periods(now: datetime) -> Iterator[Period]:
    """Oldest first."""
    period = packaged_schemes()[0].first_period
    while period <= Period.holding(now):
        yield period
        period = period.next


def _ruled(text: str) -> Period:
    """Raises PeriodInvalid or SchemeNotInForce, which show the month as it was given."""
    try:
        period = Period.parse(text)
    except PeriodInvalid as error:
        if not re.fullmatch(PERIOD, text):
            raise
        # Written as a month is, of a year that no calendar of ours reaches: 0000 and 9999.
        first = packaged_schemes()[0].first_period
        raise SchemeNotInForce(f"no scheme rules {text}; the first period is {first}, the last year {LAST_YEAR}") from error
    scheme_for(period)
    return period


def sources_of(scheme: Scheme) -> tuple[str, ...]:
    """The sources the law's measures come from, in the law's order."""
    return tuple(dict.fromkeys(source for measure in scheme.measures.values() for source in measure.sources))


def asked_source(source: str | None, *, place: str = "?source") -> str | None:
    """A source named in an address, as it came: one of any scheme's. Raises InputInvalid naming those there are."""
    known = tuple(dict.fromkeys(each for scheme in packaged_schemes() for each in sources_of(scheme)))
    if source is not None and source not in known:
        fault = Fault(place, "no such source", seen=source, expected=", ".join(known))
        raise InputInvalid(f"no source is called {source!r}", faults=[fault])
    return source


def asked_period(period: str | None, *, now: datetime) -> str | None:
    """A month named in a list's address, as it came. Raises PeriodUnknown, as for a month named in a path."""
    return None if period is None else str(known_period(period, now=now))


def closed_last(now: datetime) -> Period:
    """The month before the one that runs, but never one before the first scheme."""
    return max(Period.holding(now).previous, packaged_schemes()[0].first_period)
