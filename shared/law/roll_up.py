"""Quarters and years: the mean of a body's published monthly totals, without a grade (reading G-17). Pure and exact.

A body without a total in one of the months has no mean: a missing month is never zero, and the mean of the others is another
figure than the span's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.law.exact import half_up
from shared.law.totals import ranks_of


@dataclass(frozen=True, slots=True)
class Mean:
    """`exact`, and `rounded` once, half-up, in units of 10^-places as a month's total is."""

    exact: Fraction
    rounded: int


@dataclass(frozen=True, slots=True)
class BodyMean:
    """`mean` is None where `lacking` names months without a total; `rank` is among the bodies with a mean: 1, 2, 2, 4."""

    agency: str
    mean: Mean | None
    lacking: tuple[str, ...]
    rank: int | None


def mean_of(totals: Sequence[Fraction], *, places: int) -> Mean:
    """The mean of at least one total. Raises ValueError for none: there is no mean of nothing."""
    if not totals:
        raise ValueError("there is no mean of no totals")
    exact = sum(totals, Fraction()) / len(totals)
    return Mean(exact, half_up(exact.numerator * 10**places, exact.denominator))


def roll_up(months: Sequence[str], totals: Mapping[str, Mapping[str, Fraction]], *, places: int) -> list[BodyMean]:
    """Bodies in the order of `totals`, which holds by body and month what was published; other months are not looked at."""
    lacking = {agency: tuple(month for month in months if month not in given) for agency, given in totals.items()}
    means = {
        agency: None if lacking[agency] else mean_of([given[month] for month in months], places=places)
        for agency, given in totals.items()
    }
    ranked = {agency: mean.exact for agency, mean in means.items() if mean is not None}
    ranks = dict(zip(ranked, ranks_of(list(ranked.values())), strict=True))
    return [BodyMean(agency, means[agency], lacking[agency], ranks.get(agency)) for agency in totals]
