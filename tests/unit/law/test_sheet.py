"""States, pools, ranks and flags of a sheet."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from shared.law.columns import Column
from shared.law.exact import Number
from shared.law.refusals import InputRefused, LawError, SchemeNotInForce
from shared.law.scheme import Scheme, scheme_for
from shared.law.sheet import AgencyInput, ScoreSheet, faults_of, score
from shared.law.totals import group_columns
from shared.period import Period

JANUARY = Period(2026, 1)
NOTHING: dict[str, Number | None] = dict.fromkeys(scheme_for(JANUARY).measures, 0)


def agency(
    code: str, /, *, kind: str | None = None, barred: str = "", settled: str = "", **figures: Number | None
) -> AgencyInput:
    return AgencyInput(code, NOTHING | figures, kind, frozenset(barred.split()), frozenset(settled.split()))


def sheet_of(*agencies: AgencyInput) -> ScoreSheet:
    return score(scheme_for(JANUARY), JANUARY, agencies)


def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    points = {"a": 1, "b": 3, "c": 3, "d": 5, "e": 0}
    sheet = sheet_of(*(agency(code, bonus_points=value) for code, value in points.items()))
    assert {line.agency: line.rank for line in sheet.lines()} == {"d": 1, "b": 2, "c": 2, "a": 4, "e": 5}


def test_rank_goes_by_the_exact_total_and_inside_the_kind() -> None:
    sheet = sheet_of(
        agency("a", kind="ministry", meetings_summoned=10**30, meetings_attended=1),
        agency("b", kind="province", meetings_summoned=10**30, meetings_attended=2),
        agency("c", kind="ministry", meetings_summoned=10**30, meetings_attended=2),
        agency("d", meetings_summoned=10**30, meetings_attended=3),
    )
    lines = list(sheet.lines())
    assert len({line.total for line in lines}) == 1
    assert [line.rank for line in lines] == [4, 2, 2, 1]
    assert [line.rank_in_kind for line in lines] == [2, 1, 1, None]


def test_equal_values_over_other_denominators_are_equal() -> None:
    sheet = sheet_of(
        agency("a", meetings_summoned=3, meetings_attended=1),
        agency("b", meetings_summoned=10**40 * 3, meetings_attended=10**40),
    )
    assert [line.rank for line in sheet.lines()] == [1, 1]


@pytest.mark.parametrize("size", [3, 10, 2**53, 10**40])
def test_order_keys_part_the_closest_values_there_are(size: int) -> None:
    keys = Column([size - 1, size, size], [size, size + 1, size + 1]).order_keys()
    assert keys[0] < keys[1] == keys[2]


def test_states_take_precedence_in_order() -> None:
    sheet = sheet_of(
        agency("barred", barred="E1", meetings_summoned=None),
        agency("missing", meetings_summoned=None, settled="meetings_attended"),
        agency("settled", settled="meetings_summoned"),
        agency("nothing"),
        agency("scored", meetings_summoned=2),
    )
    assert {line.agency: line.indicators["E1"].state for line in sheet.lines()} == {
        "barred": "not_applicable",
        "missing": "missing",
        "settled": "settled",
        "nothing": "no_events",
        "scored": "scored",
    }
    assert sheet.line("settled").indicators["E1"].flags == ("no_events",)
    assert sheet.line("barred").missing == ("E2",)
    assert sheet.line("missing").missing == ("E1", "E2")


def test_a_settled_figure_counts_in_the_pool() -> None:
    sheet = sheet_of(agency("a", digitised_records=50, settled="digitised_records"), agency("b", digitised_records=25))
    assert sheet.leaders["C1"].agencies == ("a",)
    assert sheet.leaders["C1"].value == 50
    assert sheet.line("b").indicators["C1"].points == 5


def test_a_pool_with_unknown_figures_says_so_to_its_members_only() -> None:
    sheet = sheet_of(
        agency("a", digitised_records=4), agency("b", digitised_records=None), agency("c", digitised_records=None, barred="C1")
    )
    assert sheet.leaders["C1"].incomplete is True
    assert sheet.leaders["C2"].incomplete is False
    assert {line.agency: line.indicators["C1"].flags for line in sheet.lines()} == {
        "a": ("pool_incomplete",),
        "b": ("pool_incomplete",),
        "c": (),
    }
    alone = sheet_of(agency("a", digitised_records=4), agency("c", digitised_records=None, barred="C1"))
    assert alone.leaders["C1"].incomplete is False
    assert not alone.provisional


def test_nobody_known_in_a_pool_means_no_leader() -> None:
    sheet = sheet_of(agency("a", digitised_records=None), agency("b", barred="C1", digitised_records=9))
    assert (sheet.leaders["C1"].agencies, sheet.leaders["C1"].value) == ((), 0)
    assert sheet.line("a").indicators["C1"].state == "missing"


def test_share_of_the_applicable_points() -> None:
    full = sheet_of(agency("a", bonus_points=5)).line("a")
    assert full.applicable_share == full.total_exact / 100
    part = sheet_of(agency("a", bonus_points=5, barred="C1 C2 A1", digitised_records=None)).line("a")
    assert part.applicable_share == part.total_exact / (100 - 20 - 18 + 9)
    gap = sheet_of(agency("a", bonus_points=None)).line("a")
    assert gap.applicable_share == gap.total_exact / 95
    nothing = sheet_of(AgencyInput("a", {}))
    assert nothing.line("a").applicable_share is None
    assert nothing.provisional


def test_the_total_and_grade_on_the_applicable_maximum_are_information() -> None:
    """A1 (no tasks), E1, E3 and a bonus: 31 of 100 is grade D, 31 of the 60 that apply without C and D is grade C."""
    given = {"meetings_summoned": 2, "meetings_attended": 2, "kpis_required": 1, "kpis_updated": 1}
    line = sheet_of(agency("a", barred="C1 C2 D1 D2", bonus_points=3, **given)).line("a")
    assert (line.total_exact, line.total, line.grade) == (31, 31, "D")
    found = line.applicable
    assert (found.maximum, found.total_exact, found.total, found.grade) == (60, Fraction(155, 3), 52, "C")
    whole = sheet_of(agency("a", **given)).line("a")
    assert (whole.applicable.maximum, whole.applicable.total, whole.applicable.grade) == (100, whole.total, whole.grade)
    none = sheet_of(agency("a", barred=" ".join(scheme_for(JANUARY).indicators))).line("a").applicable
    assert (none.maximum, none.total, none.grade) == (0, 0, "D")


def test_a_grade_lifted_by_rounding_is_flagged_and_the_scheme_decides_which_total_counts(content: dict[str, Any]) -> None:
    given = {
        "digitised_records": 1,
        "exchange_transactions": 1,
        "meetings_summoned": 2,
        "meetings_attended": 1,
        "kpis_required": 2,
    }
    lifted = agency("a", **given, kpis_updated=2, bonus_points=4)
    rounded = sheet_of(lifted).line("a")
    assert (rounded.total_exact, rounded.total, rounded.grade, rounded.grade_differs_unrounded) == (
        Fraction(99, 2),
        50,
        "C",
        True,
    )
    content["grading"]["basis"]["value"] = "exact_total"
    other = score(Scheme.of(content), JANUARY, [lifted]).line("a")
    assert (other.total, other.grade, other.grade_differs_unrounded) == (50, "D", False)


def test_the_commendation_list_is_the_best_grade() -> None:
    best = {"digitised_records": 1, "exchange_transactions": 1, "registered_tasks": 1, "accepted_tasks": 1, "allocated_vnd": 1}
    more = {
        "disbursed_vnd": 1,
        "progress": 20,
        "online_services": 22,
        "digitisation": 22,
        "bonus_points": 5,
        "satisfaction": 18,
    }
    sheet = sheet_of(agency("z"), agency("a", **best, **more, transparency=18))
    assert sheet.line("a").total == 93
    assert sheet.commended == ("a",)


def test_a_group_is_capped_at_its_maximum_and_says_so() -> None:
    sheet = sheet_of(agency("a"), agency("b"))
    columns = {code: replace(column, points=Column([11, 10], [1, 1])) for code, column in sheet.indicators.items()}
    capped = group_columns(sheet.scheme, columns, 2)
    assert (capped["C"].points.at(0), capped["C"].capped) == (20, frozenset({0}))
    assert capped["C"].points.at(1) == 20
    assert (capped["bonus"].points.at(1), capped["bonus"].capped) == (5, frozenset({0, 1}))


def test_an_empty_group_of_a_scheme_gives_nothing(content: dict[str, Any]) -> None:
    content["groups"]["F"] = {"maximum": {"value": 0, "cite": "scale"}, "label": {"vi": "Trống", "en": "Empty"}}
    line = score(Scheme.of(content), JANUARY, [agency("a")]).line("a")
    assert line.total_exact == sheet_of(agency("a")).line("a").total_exact


def test_a_sheet_cannot_be_changed() -> None:
    sheet = sheet_of(agency("a"))
    with pytest.raises(AttributeError):
        sheet.totals = sheet.totals  # type: ignore[misc]
    with pytest.raises(TypeError):
        sheet.indicators["A1"] = sheet.indicators["A2"]  # type: ignore[index]
    with pytest.raises(TypeError):
        sheet.line("a").groups["A"] = None  # type: ignore[index]


def test_an_agency_that_is_not_on_the_sheet() -> None:
    with pytest.raises(KeyError):
        sheet_of(agency("a")).line("b")


def test_faults_of_callers_are_named() -> None:
    doubtful = [
        agency("b", bonus_points=9),
        AgencyInput("a", {"speech": 1}, None, frozenset({"E9"}), frozenset({"speeches", "nonsense"})),
        agency("b"),
    ]
    with pytest.raises(InputRefused) as refusal:
        score(scheme_for(JANUARY), JANUARY, doubtful)
    assert sorted((fault.agency, fault.measure, fault.rule) for fault in refusal.value.faults if fault.measure) == [
        ("a", "E9", "unknown-indicator"),
        ("a", "nonsense", "settled-without-value"),
        ("a", "speech", "unknown-measure"),
        ("a", "speeches", "settled-without-value"),
        ("b", "bonus_points", "above-maximum"),
    ]
    assert [fault.agency for fault in refusal.value.faults] == ["a", "a", "a", "a", "b", "b"]
    assert [fault.rule for fault in refusal.value.faults[4:]].count("duplicate-agency") == 1
    assert len(faults_of(scheme_for(JANUARY), doubtful)) == 6
    assert isinstance(refusal.value, LawError)
    assert refusal.value.title_vi == "Số liệu đầu vào không hợp lệ"


def test_a_period_before_the_scheme_is_not_scored() -> None:
    with pytest.raises(SchemeNotInForce, match="first period is 2026-01"):
        score(scheme_for(JANUARY), Period(2025, 12), [])
