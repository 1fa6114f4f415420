"""What a body would have had is what scoring would give it, and nobody else is named (EXP-07, EXP-08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.law.refusals import InputRefused
from shared.law.scheme import packaged_schemes
from shared.law.sheet import AgencyInput, ScoreSheet, score
from shared.law.what_if import BOUNDS, FEWEST, Bucket, distribution, what_if
from tests.property.months import complete, dice, figures, seeds, with_gaps

SCHEME = packaged_schemes()[0]


def months(law: Any) -> Any:
    words = {"max_examples": 60, "derandomize": True, "deadline": None, "database": None}
    return settings(**words, suppress_health_check=list(HealthCheck))(given(seeds)(law))


def sheet_of(agencies: Sequence[AgencyInput]) -> ScoreSheet:
    return score(SCHEME, SCHEME.first_period, agencies)


def otherwise(random: Random) -> dict[str, str]:
    """A whole other body's figures: they agree with one another, and lead the pool now and then."""
    return {name: str(value) for name, value in figures(random).items()}


@months
def test_with_its_own_figures_a_body_has_its_published_line(seed: int) -> None:
    sheet = sheet_of(with_gaps(dice(seed)))
    for agency, line in zip(sheet.agencies, sheet.lines(), strict=True):
        own = {name: str(value) for name, value in agency.measures.items() if value is not None}
        for given_figures in ({}, own):
            told = what_if(sheet, agency.code, given_figures)
            assert told.before == told.after == line
            assert told.newly_best == ()
            nobody = (Bucket(None, Fraction(0), told.others),) if told.others >= FEWEST else ()
            assert told.lost == told.gained == nobody


@months
def test_with_other_figures_it_has_what_scoring_the_changed_pool_gives(seed: int) -> None:
    random = dice(seed)
    sheet = sheet_of(complete(random, most=12))
    for agency in sheet.agencies:
        asked = otherwise(random)
        changed = {**agency.measures, **{name: Fraction(value) for name, value in asked.items()}}
        then = sheet_of([replace(one, measures=changed) if one.code == agency.code else one for one in sheet.agencies])
        told = what_if(sheet, agency.code, asked)
        assert (told.before, told.after) == (sheet.line(agency.code), then.line(agency.code))
        led = {code for code, leaders in then.leaders.items() if agency.code in leaders.agencies}
        assert set(told.newly_best) == {code for code in led if agency.code not in sheet.leaders[code].agencies}
        losses = [sheet.line(one.code).total_exact - then.line(one.code).total_exact for one in sheet.agencies if one != agency]
        assert (told.lost, told.gained) == (distribution(losses), distribution([-loss for loss in losses]))


@settings(max_examples=500, derandomize=True, deadline=None, database=None)
@given(st.lists(st.fractions(min_value=-10, max_value=10, max_denominator=2000), max_size=30))
def test_every_body_is_in_one_bucket_and_never_alone(losses: list[Fraction]) -> None:
    found = distribution(losses)
    if len(losses) < FEWEST:
        assert found == ()
        return
    assert sum(each.agencies for each in found) == len(losses)
    for each in found:
        assert each.agencies >= FEWEST
        assert {each.above, each.up_to} <= {None, *BOUNDS}
        inside = [loss for loss in map(to_cents, losses) if is_in(each, loss)]
        assert len(inside) == each.agencies
    # The order of the bodies tells nothing.
    assert distribution(sorted(losses)) == found


def to_cents(loss: Fraction) -> Fraction:
    return Fraction(int(max(loss, Fraction(0)) * 100 + Fraction(1, 2)), 100)


def is_in(bucket: Bucket, loss: Fraction) -> bool:
    return (bucket.above is None or loss > bucket.above) and (bucket.up_to is None or loss <= bucket.up_to)


def test_a_loss_is_rounded_before_it_is_counted() -> None:
    losses = [Fraction(4, 1000)] * 3 + [Fraction(504, 1000)] * 3 + [Fraction(505, 1000)] * 3 + [Fraction(7)]
    assert distribution(losses) == (
        Bucket(Fraction(1, 2), None, 4),
        Bucket(Fraction(0), Fraction(1, 2), 3),
        Bucket(None, Fraction(0), 3),
    )
    assert distribution([Fraction(7), Fraction(0), Fraction(0), Fraction(0)]) == (Bucket(None, None, 4),)


@pytest.mark.parametrize(
    ("asked", "rules"),
    [
        ({"on_time_tasks": "fifteen"}, ["not-a-number"]),
        ({"on_time_tasks": "1" * 1000}, ["not-a-number"]),
        ({"on_time_tasks": "1/0"}, ["not-a-number"]),
        ({"on_time_tasks": "-1"}, ["negative"]),
        ({"on_time_tasks": "1/2"}, ["fraction-in-count"]),
        ({"transparency": "18.01"}, ["above-maximum"]),
        ({"punctuality": "1"}, ["unknown-measure"]),
        ({"period_tasks": "1", "on_time_tasks": "1", "late_tasks": "1"}, ["above-total"]),
        ({"transparency": "x", "digitisation": "99"}, ["not-a-number", "above-maximum"]),
    ],
)
def test_impossible_figures_are_refused_as_scoring_refuses_them(asked: dict[str, str], rules: list[str]) -> None:
    sheet = sheet_of(complete(dice(1)))
    agency = sheet.agencies[0].code
    with pytest.raises(InputRefused) as refused:
        what_if(sheet, agency, asked)
    assert [fault.rule for fault in refused.value.faults] == rules
    assert {fault.agency for fault in refused.value.faults} == {agency}


def test_a_body_that_is_not_on_the_sheet_is_unknown() -> None:
    with pytest.raises(KeyError):
        what_if(sheet_of(complete(dice(1))), "nobody", {})
