"""Generated months: every sum, rounding and rank checked with rational arithmetic, and the laws of scheme §6."""

from __future__ import annotations

import random
from fractions import Fraction
from math import floor

import pytest

from tests.integration.second_engine.rows import Month
from tests.integration.second_engine.test_scores import MAXIMA


def random_body(dice: random.Random) -> dict[str, object]:
    def part(whole: str, *parts: str, most: int = 60) -> dict[str, object]:
        size = dice.choice([0, 1, 2, 3, 7, dice.randint(0, most)])
        return {whole: size, **{name: dice.randint(0, size // len(parts)) for name in parts}}

    def portal(most: int) -> str:
        return f"{dice.randint(0, most - 1)}.{dice.randint(0, 99):02}"

    meetings = part("meetings_summoned", "meetings_attended", most=9)
    spoken = dice.randint(0, 7) if meetings["meetings_summoned"] else 0
    body = {
        **part("period_tasks", "on_time_tasks", "late_tasks"), **part("registered_tasks", "accepted_tasks"),
        **part("kpis_required", "kpis_updated"), **part("allocated_vnd", "disbursed_vnd", most=2**62), **meetings,
        "speeches": spoken, "thematic_reports": dice.randint(0, 1) if spoken else 0, "bonus_points": dice.randint(0, 5),
        "digitised_records": dice.randint(0, 10**7), "exchange_transactions": dice.randint(0, 10**9),
        "transparency": portal(18), "progress": portal(20), "online_services": portal(22), "satisfaction": portal(18),
        "digitisation": portal(22),
    }  # fmt: skip
    return {name: value for name, value in body.items() if dice.random() > 0.03}


def half_up(value: Fraction, *, places: int) -> Fraction:
    return Fraction(floor(value * 10**places + Fraction(1, 2)), 10**places)


@pytest.mark.parametrize("seed", range(4))
async def test_sums_roundings_and_ranks_agree_with_rational_arithmetic(month: Month, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - reproducible cases, no secret
    bodies = {f"Q{n:02}": random_body(dice) for n in range(40)}
    sheet = await month.settled(bodies)
    totals: dict[str, Fraction] = {}
    for agency in sheet["agencies"]:
        known = {code: Fraction(s["exact"]) for code, s in agency["indicators"].items() if s["exact"] is not None}
        for code, value in known.items():
            shown = agency["indicators"][code]["points"]
            assert (Fraction(shown), len(shown.split(".")[1])) == (half_up(value, places=2), 2)
            assert str(value) == agency["indicators"][code]["exact"], "not reduced"
            assert 0 <= value <= Fraction(agency["indicators"][code]["max"])
        for letter, shown in agency["groups"].items():
            parts = [value for code, value in known.items() if code[0] == letter]
            assert (None if shown is None else Fraction(shown)) == (
                half_up(sum(parts, Fraction()), places=2) if parts else None
            )
        totals[agency["agency"]] = sum(known.values(), Fraction())
        assert agency["total_exact"] == str(totals[agency["agency"]])
        assert agency["total"] == half_up(totals[agency["agency"]], places=0)
        assert agency["missing"] == [code for code in MAXIMA if code not in known]
    for agency in sheet["agencies"]:
        assert agency["rank"] == 1 + sum(other > totals[agency["agency"]] for other in totals.values())


async def test_order_of_bodies_and_scale_of_the_pool_change_nothing(month: Month) -> None:
    dice = random.Random(7)  # noqa: S311 - reproducible cases, no secret
    bodies = {f"Q{n}": {**random_body(dice), "exchange_transactions": dice.randint(0, 99)} for n in range(12)}
    sheet = await month.settled(bodies)
    assert await month.settled(dict(reversed(bodies.items()))) == sheet
    scaled = {
        code: {**body, "exchange_transactions": 7 * int(str(body["exchange_transactions"]))} for code, body in bodies.items()
    }
    assert await month.settled(scaled) == sheet
