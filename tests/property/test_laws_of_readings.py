"""Every reading that figures alone can follow, and every two of them together, against the text read slowly (RUL-08)."""

from __future__ import annotations

from itertools import combinations

import pytest

from shared.law.readings import IN_FORCE, Readings
from shared.law.scheme import scheme_for
from shared.law.sheet import score
from shared.period import Period
from tests.property import oracle
from tests.property.months import complete, dice, with_gaps

JANUARY = Period(2026, 1)
MONTHS = 6


def computed_from_measures() -> list[tuple[str, str]]:
    readings = scheme_for(JANUARY).readings.items()
    return [
        (name, one.id)
        for name, reading in readings
        for one in reading.alternatives
        if one.source == "measures" and one.computed
    ]


ALTERNATIVES = computed_from_measures()
PAIRS = [pair for pair in combinations(ALTERNATIVES, 2) if pair[0][0] != pair[1][0]]


def test_there_are_thirteen_of_them() -> None:
    assert len(ALTERNATIVES) == 13
    assert len(PAIRS) == 78


@pytest.mark.parametrize(
    "chosen",
    [*((one,) for one in ALTERNATIVES), *PAIRS, tuple(ALTERNATIVES)],
    ids=lambda chosen: "+".join(map("=".join, chosen)),
)
def test_a_choice_agrees_with_the_text_read_slowly(chosen: tuple[tuple[str, str], ...]) -> None:
    scheme = scheme_for(JANUARY)
    readings = Readings.of(scheme, dict(chosen))
    for month in range(MONTHS):
        seed = 7919 * month + len(str(chosen))
        agencies = with_gaps(dice(seed)) if month % 2 else complete(dice(seed))
        expected = oracle.month(agencies, readings.as_mapping())
        for line in score(scheme, JANUARY, agencies, readings=readings).lines():
            said = expected[line.agency]
            assert {code: found.points for code, found in line.indicators.items()} == said.points
            assert {code: found.state for code, found in line.indicators.items()} == said.states
            assert (line.total_exact, line.total, line.grade, line.rank) == (
                said.total_exact,
                said.total,
                said.grade,
                said.rank,
            )


def test_the_applicable_maximum_is_what_the_rescaled_reading_counts_on() -> None:
    """Beside the official total stands what G-15 would give, for bodies with and without exemptions."""
    scheme = scheme_for(JANUARY)
    rescaled = Readings.of(scheme, {"G-15": "rescaled"})
    seen = set()
    for seed in range(200):
        agencies = with_gaps(dice(seed))
        official, other = (score(scheme, JANUARY, agencies, readings=chosen) for chosen in (IN_FORCE, rescaled))
        for mine, theirs in zip(official.lines(), other.lines(), strict=True):
            found = mine.applicable
            assert (found.total_exact, found.total, found.grade) == (theirs.total_exact, theirs.total, theirs.grade)
            assert theirs.applicable == found
            seen.add(found.maximum == 100)
    assert seen == {True, False}


def test_every_alternative_moves_somebody_in_some_month() -> None:
    """A switch that turns nothing would agree with everything."""
    scheme = scheme_for(JANUARY)
    still = set(ALTERNATIVES)
    for seed in range(400):
        agencies = with_gaps(dice(seed))
        plain = [(line.indicators, line.total, line.grade, line.rank) for line in score(scheme, JANUARY, agencies).lines()]
        for one in sorted(still):
            sheet = score(scheme, JANUARY, agencies, readings=Readings.of(scheme, dict([one])))
            if [(line.indicators, line.total, line.grade, line.rank) for line in sheet.lines()] != plain:
                still.discard(one)
    assert still == set()


def test_nothing_chosen_is_the_scheme_itself() -> None:
    scheme = scheme_for(JANUARY)
    assert IN_FORCE.applied_to(scheme) is scheme
    assert Readings.of(scheme, {}) == IN_FORCE
    assert not IN_FORCE
