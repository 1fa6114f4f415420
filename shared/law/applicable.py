"""The maximum that applies to a body, and its total on that maximum (reading G-15). Fractions only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from shared.law.columns import Column
from shared.law.indicators import IndicatorColumn
from shared.law.scheme import Scheme


def applicable_maxima(scheme: Scheme, indicators: Mapping[str, IndicatorColumn], size: int) -> tuple[Fraction, ...]:
    """Per agency the scale less what does not apply to it: a group counts for the share of its maximum that applies.

    Indicators that share a maximum count it once; what is missing applies (reading G-15, information).
    """
    barred = frozenset[int]().union(*(column.not_applicable for column in indicators.values()))
    maxima = [scheme.scale.value] * size
    for at in barred:
        gone = {code for code, column in indicators.items() if at in column.not_applicable}
        maxima[at] = sum((_applies(scheme, group, gone) for group in scheme.groups), Fraction())
    return tuple(maxima)


def _applies(scheme: Scheme, group: str, gone: Collection[str]) -> Fraction:
    own = scheme.indicators_of(group)
    whole = _most(scheme, own)
    return scheme.groups[group].maximum.value * _most(scheme, [code for code in own if code not in gone]) / whole


def _most(scheme: Scheme, codes: Iterable[str]) -> Fraction:
    maxima: dict[str, Fraction] = {}
    for code in codes:
        indicator = scheme.indicators[code]
        owner = indicator.shares_maximum_with or code
        maxima[owner] = max(maxima.get(owner, Fraction()), indicator.maximum.value)
    return sum(maxima.values(), Fraction())


def rescaled(scheme: Scheme, totals: Column, maxima: Sequence[Fraction]) -> Column:
    """Totals on the scale where everything applies, in proportion where something does not; 0 where nothing applies."""
    scale = scheme.scale.value
    return totals.replaced({at: on_scale(scheme, totals.at(at), most) for at, most in enumerate(maxima) if most != scale})


def on_scale(scheme: Scheme, total: Fraction, most: Fraction) -> Fraction:
    """One total on the scale, in proportion to its maximum."""
    return total * scheme.scale.value / most if most else Fraction()
