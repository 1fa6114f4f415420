"""Quarters and years by other code: decimals of the standard library, sorted lists, and no fraction of ours (RUL-14, G-17)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.law.roll_up import mean_of, roll_up
from shared.period import Period, PeriodInvalid, Span

SPANS = st.one_of(st.builds(Span, st.integers(2026, 9997)), st.builds(Span, st.integers(2026, 9997), st.integers(1, 4)))
# Hundredths of points: what a scheme with decimals in its total would publish.
TOTALS = st.integers(0, 10_000)


@st.composite
def published(draw: st.DrawFn) -> tuple[Span, dict[str, dict[str, int]]]:
    """Hundredths by body and month; some bodies lack some months, and some months lie outside the span."""
    span = draw(SPANS)
    outside = span.months[-1].next
    names = [str(month) for month in (*span.months, outside)]
    bodies = draw(st.lists(st.dictionaries(st.sampled_from(names), TOTALS), min_size=1, max_size=8))
    full = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, TOTALS)), max_size=8))
    return span, {f"G{place:02}": each for place, each in enumerate([*bodies, *full], 1)}


@given(published(), st.integers(0, 2))
def test_a_mean_is_the_sum_of_the_months_by_their_number(made: tuple[Span, dict[str, dict[str, int]]], places: int) -> None:
    span, hundredths = made
    months = [str(month) for month in span.months]
    totals = {agency: {name: Fraction(each, 100) for name, each in line.items()} for agency, line in hundredths.items()}
    found = {each.agency: each for each in roll_up(months, totals, places=places)}
    assert list(found) == list(hundredths)
    sums = {agency: sum(line[name] for name in months) for agency, line in hundredths.items() if set(months) <= set(line)}
    for agency, line in hundredths.items():
        said = found[agency]
        assert said.lacking == tuple(sorted(set(months) - set(line)))
        if agency not in sums:
            assert (said.mean, said.rank) == (None, None)
            continue
        assert said.mean is not None
        assert said.mean.exact * 100 * len(months) == sums[agency]
        with localcontext(Context(prec=60)):
            exact = Decimal(sums[agency]) / (100 * len(months))
            step = Decimal(1).scaleb(-places)
            assert said.mean.rounded * step == exact.quantize(step, rounding=ROUND_HALF_UP)
        assert said.rank == 1 + sum(other > sums[agency] for other in sums.values())


@given(st.lists(TOTALS, min_size=1, max_size=12))
def test_the_order_of_months_is_no_part_of_it_and_equal_months_are_their_mean(totals: list[int]) -> None:
    given_totals = [Fraction(each) for each in totals]
    assert mean_of(given_totals, places=0) == mean_of(given_totals[::-1], places=0)
    assert mean_of([given_totals[0]] * len(totals), places=0).exact == given_totals[0]
    assert min(given_totals) <= mean_of(given_totals, places=0).exact <= max(given_totals)


def test_a_half_goes_up_once() -> None:
    assert mean_of([Fraction(84), Fraction(85)], places=0).rounded == 85
    # 84.499… to two decimals is 84.50, and would go up to 85 if it were rounded twice.
    assert mean_of([Fraction(84499, 1000)], places=0).rounded == 84


def test_nothing_has_no_mean() -> None:
    with pytest.raises(ValueError, match="no mean"):
        mean_of([], places=0)


@given(SPANS)
def test_a_span_reads_back_and_has_its_months(span: Span) -> None:
    assert Span.parse(str(span)) == span
    assert len(span.months) == (12 if span.quarter is None else 3)
    assert all(isinstance(each, Period) and each.year == span.year for each in span.months)
    if span.quarter is None:
        assert span.months == sum((Span(span.year, each).months for each in (1, 2, 3, 4)), ())


@pytest.mark.parametrize("words", ["2026-Q0", "2026-Q5", "2026-q1", "26", "2026-01", "0000", "9999-Q1", "2026-Q1 ", ""])
def test_what_is_no_span_is_refused(words: str) -> None:
    with pytest.raises(PeriodInvalid):
        Span.parse(words)
