"""What the national board draws and lists, from what the API tells (DSH-03)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from services.gateway.pages.board.movers import movers
from services.gateway.pages.board.nation import matters_of
from services.gateway.pages.board.nation_drawn import Drawing
from services.gateway.pages.board.national import Awaited, awaited_of

LAW: dict[str, Any] = {
    "scale": {"value": 100},
    "groups": {"A": {"maximum": {"value": 20}}, "bonus": {"maximum": {"value": 5}}},
    "grading": {"grades": [{"grade": "A", "from": {"value": 85}}, {"grade": "D", "from": {"value": 0}}]},
}


def value(points: str, exact: str) -> dict[str, str]:
    return {"points": points, "exact": exact}


def spread(mean: dict[str, str], group: dict[str, str] | None) -> dict[str, Any]:
    return {
        "bodies": 2, "mean": mean, "median": mean, "highest": value("90.00", "90"), "lowest": value("50.00", "50"),
        "totals": ["90", "50"], "grades": {"A": 1}, "groups": {"A": {"bodies": 2, "mean": group, "median": group}},
    }  # fmt: skip


def month(period: str, version: int, mean: dict[str, str], group: dict[str, str] | None) -> dict[str, Any]:
    whole = spread(mean, group)
    return {"period": period, "version": version, "corrected": version > 1, "all": whole, "kinds": {"province": whole}}


MONTHS = [
    month("2026-01", 2, value("70.00", "70"), value("10.00", "10")),
    month("2026-03", 1, value("66.67", "200/3"), None),
]


def test_a_corrected_month_is_marked_and_a_month_that_is_not_published_is_a_gap() -> None:
    mean, median, province = Drawing(MONTHS, LAW).totals()
    told = [(each.period, each.version, each.corrected, each.total) for each in mean.trend.points]
    assert told == [("2026-01", 2, True, "70,00"), ("2026-02", None, False, None), ("2026-03", 1, False, "66,67")]
    assert mean.trend.runs == ()
    assert mean.trend.points[-1].height == Fraction(2, 3)
    assert (mean.name[0], median.name[0]) == ("tất cả cơ quan, trung bình", "tất cả cơ quan, trung vị")
    assert province.name == ("tỉnh, thành phố, trung bình", "provinces and cities, mean")


def test_a_group_that_nobody_has_points_in_is_a_gap_and_no_zero() -> None:
    group, bonus = Drawing(MONTHS, LAW).groups({"A": "Nhiệm vụ", "bonus": "Khuyến khích"})
    assert [(each.version, each.height) for each in group.trend.points] == [(2, Fraction(1, 2)), (None, 0), (None, 0)]
    assert group.name[0] == "A Nhiệm vụ, trung bình trên 20"
    assert bonus.trend.published == ()


def test_kinds_are_compared_with_all_bodies_first() -> None:
    everybody, province = Drawing(MONTHS, LAW).kinds()
    assert (everybody.code, province.code) == (None, "province")
    assert everybody.dots.dots == [Fraction(9, 10), Fraction(1, 2)]
    assert [(each.letter, each.count) for each in everybody.grades] == [("A", 1), ("D", 0)]
    assert [(each.letter, each.worth.points, each.worth.maximum) for each in everybody.groups] == [
        ("A", None, "20"),
        ("KK", None, "5"),
    ]


def body(agency: str, change: str, *indicators: tuple[str, str]) -> dict[str, Any]:
    moved = [{"code": code, "change": by} for code, by in indicators]
    return {"agency": agency, "total_exact": {"change": change}, "indicators": moved}


def test_those_who_moved_most_stand_first_with_what_moved_them() -> None:
    bodies = [body(f"G0{number}", str(number)) for number in range(1, 8)]
    bodies += [body("H01", "-1/3"), body("H02", "-5", ("A1", "1"), ("B2", "-6")), body("H03", "0")]
    found = movers({"from": {}, "to": {}, "moved": 9, "agencies": bodies}, "/path")
    assert [each["agency"] for each in found.rose] == ["G07", "G06", "G05", "G04", "G03"]
    assert [each["agency"] for each in found.fell] == ["H02", "H01"]
    assert [one["code"] for one in found.fell[0]["indicators"]] == ["B2", "A1"]


def test_readings_that_move_nobody_or_were_not_computed_do_not_matter() -> None:
    def entry(name: str, agencies: int | None, grades: int | None) -> dict[str, Any]:
        counts = {"agencies_moved": agencies, "grades_moved": grades, "ranks_moved": grades}
        return {"id": name, "in_force": {}, "alternatives": [{"says": {}, **counts}]}

    register = [entry("A-1", 0, 0), entry("B-1", 40, 1), entry("C-1", 3, 2), entry("D-3", None, None)]
    assert [(each.reading, each.grades_moved) for each in matters_of(register)] == [("C-1", 2), ("B-1", 1)]


def test_who_has_not_reported_and_still_has_time_is_awaited() -> None:
    items = [
        {"agency": "H01", "state": "none", "hard_at": "2026-02-05T00:00:00+07:00"},
        {"agency": "H02", "state": "none", "hard_at": "2026-02-08T00:00:00+07:00"},
        {"agency": "H03", "state": "in_time", "hard_at": "2026-02-08T00:00:00+07:00"},
    ]
    found = awaited_of(items, "2026-02-06T00:00:00+07:00", {"H02": "Cao Bằng"})
    assert found == [Awaited("H02", "Cao Bằng", "2026-02-08T00:00:00+07:00")]
