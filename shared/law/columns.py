"""A column of exact values: numerators over denominators, one per agency, not reduced. Reducing is for showing."""

from dataclasses import dataclass
from fractions import Fraction
from operator import add, mul


@dataclass(frozen=True, slots=True)
class Column:
    """Exact value of agency i: ``numerators[i] / denominators[i]``; denominators are positive."""

    numerators: list[int]
    denominators: list[int]

    def __add__(self, other: "Column") -> "Column":
        """Agency by agency; columns over the same denominators stay over them."""
        if self.denominators == other.denominators:
            return Column(list(map(add, self.numerators, other.numerators)), self.denominators)
        pairs = zip(self.numerators, self.denominators, other.numerators, other.denominators, strict=True)
        return Column([a * q + b * p for a, p, b, q in pairs], list(map(mul, self.denominators, other.denominators)))

    def at(self, position: int) -> Fraction:
        """One agency's value, reduced."""
        return Fraction(self.numerators[position], self.denominators[position])

    def above(self, limit: Fraction) -> list[int]:
        """Positions whose value exceeds a limit."""
        top, bottom = limit.as_integer_ratio()
        pairs = zip(self.numerators, self.denominators, strict=True)
        return [at for at, (n, d) in enumerate(pairs) if n * bottom > top * d]

    def limited(self, limit: Fraction, positions: list[int]) -> "Column":
        """The same column with the limit itself at those positions."""
        return self.replaced(dict.fromkeys(positions, limit))

    def replaced(self, values: dict[int, Fraction]) -> "Column":
        """The same column with other values at some positions."""
        if not values:
            return self
        numerators, denominators = list(self.numerators), list(self.denominators)
        for at, value in values.items():
            numerators[at], denominators[at] = value.as_integer_ratio()
        return Column(numerators, denominators)

    def order_keys(self) -> list[int]:
        """Whole numbers that order exactly as the values do, equal where they are equal.

        Two different values over denominators below 2^b differ by more than 2^-2b, so shifted by 2b bits their whole
        parts differ too.
        """
        shift = 2 * max((d.bit_length() for d in self.denominators), default=0)
        return [(n << shift) // d for n, d in zip(self.numerators, self.denominators, strict=True)]


def zeros(size: int) -> Column:
    """A column of nothing."""
    return Column([0] * size, [1] * size)
