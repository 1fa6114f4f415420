"""Exact numbers: how they are read, rounded once, and written. No binary float enters or leaves."""

import re
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction

DIGITS = 100
"""Longest number read, in digits before or after the point; exponents included. Far above any count or sum in VND."""

_FRACTION = re.compile(r"([0-9]+)(?:/([0-9]+))?")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE]([+-]?[0-9]+))?")


class NumberUnreadable(ValueError):
    """The text is no number, or too long to be a figure of anybody's."""


def read_fraction(value: object) -> Fraction:
    """A number of the law: a whole number, or text ``p`` or ``p/q``. Never a float, never negative."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Fraction(value)
    found = _FRACTION.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[2] is not None and not int(found[2])):
        message = f"{value!r} is no exact number; write a whole number or a fraction such as '18/5'"
        raise NumberUnreadable(message)
    return Fraction(int(found[1]), int(found[2] or 1))


def read_number(text: str) -> int | Decimal:
    """A figure of the input, written as JSON writes numbers. Exact; at most DIGITS digits on either side."""
    found = _NUMBER.fullmatch(text) if len(text) <= DIGITS else None
    if found is None or abs(int(found[1] or 0)) > DIGITS:
        message = f"a plain decimal number of at most {DIGITS} digits"
        raise NumberUnreadable(message)
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def are_exact(values: Collection[object]) -> bool:
    """Whether all are whole numbers, fractions or finite decimals of sane size; a binary float or a yes/no never is."""
    types = set(map(type, values))
    if Decimal not in types:
        return types <= {int, Fraction}
    decimals = [value for value in values if isinstance(value, Decimal)]
    sane = all(map(Decimal.is_finite, decimals)) and max(map(abs, map(Decimal.adjusted, decimals))) <= DIGITS
    return sane and types <= {int, Decimal, Fraction}


def half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a non-negative ratio; a half goes up. The only rounding in the product."""
    return (2 * numerator + denominator) // (2 * denominator)


def decimal_text(value: Fraction, *, places: int) -> str:
    """Rounded half-up to so many decimals, written with all of them: ``"10.50"``."""
    whole, rest = divmod(half_up(value.numerator * 10**places, value.denominator), 10**places)
    return f"{whole}.{rest:0{places}}" if places else str(whole)
