"""Laws that hold for every month (RUL-11, RUL-13), on 1,000 generated months in every run and 10,000 in test-slow."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.canonical import canonical_bytes
from shared.law.document import render
from shared.law.readings import IN_FORCE, Readings
from shared.law.scheme import scheme_for
from shared.law.sheet import AgencyInput, ScoreSheet, score
from shared.period import Period
from tests.property import oracle
from tests.property.months import PORTAL, complete, dice, seeds, with_gaps

JANUARY = Period(2026, 1)
OWN_NUMERATORS = (
    "on_time_tasks",
    "late_tasks",
    *PORTAL,
    "digitised_records",
    "exchange_transactions",
    "accepted_tasks",
    "disbursed_vnd",
    "meetings_attended",
    "speeches",
    "thematic_reports",
    "kpis_updated",
)
CEILINGS = {
    "accepted_tasks": "registered_tasks",
    "meetings_attended": "meetings_summoned",
    "kpis_updated": "kpis_required",
}
UNBOUNDED = 10**40
MONTHS = {"oracle": 4000, "order": 1000, "numerator": 2400, "scaling": 800, "leader": 800, "sums": 1000, "groups": 1000}
Law = Callable[[int, Readings], None]
LAWS: dict[str, Law] = {}
"""By the name of its test: a law of one month, given by its seed, under these readings."""


def generated(law: str) -> Callable[[Law], Callable[[int], None]]:
    """The law is tried on a tenth of its months in every run, and on all of them in a slow one: under the readings in force.
    Under every other two of them test_laws_of_readings tries it."""
    some, every = MONTHS[law] // 10, MONTHS[law]
    slow = pytest.mark.slow("10,000 months in all; a tenth of each law's are in every run")

    def made(holds: Law) -> Callable[[int], None]:
        LAWS[holds.__name__] = holds

        @pytest.mark.parametrize("months", [some, pytest.param(every, marks=slow)])
        def tried(months: int) -> None:
            words = {"derandomize": True, "deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
            settings(max_examples=months, **words)(given(seeds, st.just(IN_FORCE))(holds))()  # type: ignore[arg-type]

        tried.__name__, tried.__doc__ = holds.__name__, holds.__doc__
        return tried

    return made


def sheet_of(agencies: list[AgencyInput], readings: Readings) -> ScoreSheet:
    return score(scheme_for(JANUARY), JANUARY, agencies, readings=readings)


def test_ten_thousand_months_are_generated() -> None:
    assert sum(MONTHS.values()) >= 10_000


@generated("oracle")
def test_the_engine_agrees_with_the_text_read_slowly(seed: int, readings: Readings) -> None:
    random = dice(seed)
    agencies = with_gaps(random)
    expected = oracle.month(agencies, readings.as_mapping())
    sheet = sheet_of(agencies, readings)
    for line in sheet.lines():
        said = expected[line.agency]
        assert {code: found.points for code, found in line.indicators.items()} == said.points
        assert {code: found.state for code, found in line.indicators.items()} == said.states
        assert (line.total_exact, line.total, line.grade, line.rank) == (said.total_exact, said.total, said.grade, said.rank)
        assert list(line.missing) == [code for code in oracle.CODES if said.points[code] is None]
    assert sheet.provisional == any(None in said.points.values() for said in expected.values())


@generated("order")
def test_the_order_of_agencies_changes_nothing(seed: int, readings: Readings) -> None:
    random = dice(seed)
    agencies = with_gaps(random)
    shuffled = random.sample(agencies, len(agencies))
    assert canonical_bytes(render(sheet_of(agencies, readings))) == canonical_bytes(render(sheet_of(shuffled, readings)))
    assert json.dumps(render(sheet_of(agencies, readings))) == json.dumps(render(sheet_of(shuffled, readings)))


@generated("numerator")
def test_raising_an_own_numerator_never_lowers_the_own_total(seed: int, readings: Readings) -> None:
    random = dice(seed)
    agencies = complete(random)
    chosen = random.randrange(len(agencies))
    name = random.choice(OWN_NUMERATORS)
    measures = dict(agencies[chosen].measures)
    raised = Fraction(measures[name] or 0) + random.choice((1, 5, 10**6))
    top = room(name, measures)
    measures[name] = min(raised, Fraction(top))
    raising = [replace(agency, measures=measures) if at == chosen else agency for at, agency in enumerate(agencies)]
    code = agencies[chosen].code
    before, after = sheet_of(agencies, readings).line(code), sheet_of(raising, readings).line(code)
    assert after.total_exact >= before.total_exact
    assert after.total >= before.total


def room(name: str, measures: dict[str, int | Decimal | Fraction | None]) -> int:
    """The largest value the checks allow this measure, others unchanged."""

    def whole(other: str) -> int:
        return int(measures[other] or 0)

    if name in PORTAL:
        return PORTAL[name]
    if name in CEILINGS:
        return whole(CEILINGS[name])
    if name in {"on_time_tasks", "late_tasks"}:
        other = {"on_time_tasks": "late_tasks", "late_tasks": "on_time_tasks"}[name]
        return whole("period_tasks") - whole(other)
    if name in {"speeches", "thematic_reports"} and not measures["meetings_summoned"]:
        return 0
    return UNBOUNDED


@generated("scaling")
def test_scaling_all_transactions_changes_nothing(seed: int, readings: Readings) -> None:
    random = dice(seed)
    agencies = complete(random)
    factor = random.choice((2, 7, 1000, 10**15))
    scaled = [
        replace(
            agency,
            measures={**agency.measures, "exchange_transactions": int(agency.measures["exchange_transactions"] or 0) * factor},
        )
        for agency in agencies
    ]
    assert render(sheet_of(agencies, readings)) == render(sheet_of(scaled, readings))


@generated("leader")
def test_a_new_leader_in_data_creation_never_raises_another(seed: int, readings: Readings) -> None:
    random = dice(seed)
    code, measure = "C1", "digitised_records"
    agencies = complete(random)
    best = max(int(agency.measures[measure] or 0) for agency in agencies)
    risen = replace(agencies[0], measures={**agencies[0].measures, measure: best + random.choice((1, 1000))})
    before, after = sheet_of(agencies, readings), sheet_of([risen, *agencies[1:]], readings)
    assert after.leaders[code].agencies == (risen.code,)
    for agency in agencies[1:]:
        assert after.line(agency.code).total_exact <= before.line(agency.code).total_exact


@generated("sums")
def test_groups_sum_to_the_total(seed: int, readings: Readings) -> None:
    for line in sheet_of(with_gaps(dice(seed)), readings).lines():
        assert sum(value or 0 for value in line.groups.values()) == line.total_exact


@generated("groups")
def test_indicators_sum_to_groups_and_nothing_passes_its_maximum(seed: int, readings: Readings) -> None:
    sheet = sheet_of(with_gaps(dice(seed)), readings)
    for line in sheet.lines():
        for group, value in line.groups.items():
            points = [line.indicators[code].points for code in sheet.scheme.indicators_of(group)]
            assert value == (None if set(points) == {None} else sum(each or 0 for each in points))
            assert value is None or value <= sheet.scheme.groups[group].maximum.value
        assert line.total_exact <= 100
        assert line.applicable_share is None or 0 <= line.applicable_share <= 1
        assert not line.capped_groups
