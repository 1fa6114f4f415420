"""A body's place among the bodies of its kind, as a strip of dots and the figures that it is drawn from. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shared.medians import median
from shared.public_pages.words import Words

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Cohort:
    """``dots`` are the totals of the others as shares of the scale, ``own`` the body's; ``highest`` and ``lowest`` have the
    names of all who share them."""

    dots: tuple[Fraction, ...]
    own: Fraction
    highest: tuple[str, tuple[Words, ...]]
    median: str
    lowest: tuple[str, tuple[Words, ...]]


def cohort_of(
    lines: Sequence[Document], line: Document, names: Mapping[str, Words], shown: Callable[[Fraction], str], scale: Fraction
) -> Cohort:
    """``line`` is the body's among ``lines`` of all; ``shown`` writes a total as beside a rank."""
    totals = {each["agency"]: Fraction(each["total_exact"]) for each in lines if each["kind"] == line["kind"]}
    own = line["agency"]

    def those_with(total: Fraction) -> tuple[str, tuple[Words, ...]]:
        return shown(total), tuple(names[code] for code, had in totals.items() if had == total)

    return Cohort(
        dots=tuple(sorted(total / scale for code, total in totals.items() if code != own)),
        own=totals[own] / scale,
        highest=those_with(max(totals.values())),
        median=shown(median(list(totals.values()))),
        lowest=those_with(min(totals.values())),
    )
