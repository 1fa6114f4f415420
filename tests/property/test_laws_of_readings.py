"""Every reading that figures alone can follow, and every two of them together: against the text read slowly, and by the laws
that hold for every month (RUL-08)."""

from __future__ import annotations

from itertools import combinations

import pytest

from shared.law.readings import IN_FORCE, Readings
from shared.law.scheme import scheme_for
from shared.law.sheet import score
from shared.period import Period
from tests.property import oracle, test_laws_of_explanation, test_laws_of_scoring
from tests.property.exceptions import RIGHTLY_BROKEN, rightly_broken
from tests.property.months import complete, dice, with_gaps
from tests.property.test_laws_of_scoring import Law

JANUARY = Period(2026, 1)
MONTHS = 6
Choice = tuple[tuple[str, str], ...]


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
LAWS = test_laws_of_scoring.LAWS | test_laws_of_explanation.LAWS
EACH = dict.fromkeys(test_laws_of_scoring.LAWS, 3) | dict.fromkeys(test_laws_of_explanation.LAWS, 1)
"""Months that a law is tried on under every two readings; explaining takes longer than scoring."""


def named(chosen: Choice) -> str:
    return "+".join(map("=".join, chosen))


def test_there_are_thirteen_of_them() -> None:
    assert len(ALTERNATIVES) == 13
    assert len(PAIRS) == 78


@pytest.mark.parametrize(
    "chosen",
    [*((one,) for one in ALTERNATIVES), *PAIRS, tuple(ALTERNATIVES)],
    ids=named,
)
def test_a_choice_agrees_with_the_text_read_slowly(chosen: Choice) -> None:
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


@pytest.mark.parametrize("chosen", [*((one,) for one in ALTERNATIVES), *PAIRS], ids=named)
def test_every_law_holds_under_a_choice(chosen: Choice) -> None:
    """Those of scoring and of explanation, but for what a reading is there to break."""
    readings = Readings.of(scheme_for(JANUARY), dict(chosen))
    for name, law in LAWS.items():
        if not rightly_broken(name, readings):
            for month in range(EACH[name]):
                law(104729 * month + sum(map(ord, named(chosen))), readings)


@pytest.mark.parametrize(("name", "one"), RIGHTLY_BROKEN, ids=str)
def test_an_exception_is_one(name: str, one: tuple[str, str]) -> None:
    """A law that held under the reading as well would be left out for nothing."""
    readings = Readings.of(scheme_for(JANUARY), dict([one]))
    assert not all(holds(LAWS[name], seed, readings) for seed in range(50))


def holds(law: Law, seed: int, readings: Readings) -> bool:
    try:
        law(seed, readings)
    except AssertionError:
        return False
    return True


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
