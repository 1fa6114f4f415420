"""Words and figures of the pages about scores: every column and code of frozen rows is said, figures are read as written."""

from __future__ import annotations

import typing
from typing import Any, Literal, get_args, get_origin
from urllib.parse import parse_qsl

import pytest

from services.gateway.pages.scores.row_words import COLUMNS, DATASETS, VALUES, Column, dataset_words, written
from services.gateway.pages.scores.what_if import address_of, plain_figure
from shared.awaiting import own_group_points, own_points
from shared.datasets import DATASETS as FROZEN
from shared.writing import figure, is_seen, points, signed, signed_figure


def literals(hint: Any) -> set[str]:
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return set().union(*map(literals, get_args(hint))) if get_args(hint) else set()


@pytest.mark.parametrize("dataset", FROZEN, ids=lambda each: each.name)
def test_every_column_shown_is_the_datasets_and_every_code_in_it_is_said(dataset: Any) -> None:
    hints = typing.get_type_hints(dataset.row, include_extras=False)
    shown = COLUMNS[dataset.name]
    assert {column.name for column in shown} <= set(dataset.names)
    codes = set().union(*(literals(hints.get(column.name)) for column in shown if column.written is None))
    assert codes <= set(VALUES)
    assert dataset_words(dataset.name, "vi") != dataset_words(dataset.name, "en")


def test_no_words_are_kept_for_what_is_not_frozen() -> None:
    assert set(COLUMNS) == set(DATASETS) == {each.name for each in FROZEN}


def test_what_is_missing_is_a_dash_and_never_a_zero() -> None:
    column = Column("transactions", "Giao dịch", "Transactions", figure)
    assert [written(column, value, "vi") for value in (None, 0, "1042413")] == ["–", "0", "1042413"]
    plain = Column("role", "Vai trò", "Role")
    assert [written(plain, value, "vi") for value in ("lead", True, False, "X")] == ["chủ trì", "có", "không", "X"]
    assert points(None) == "–"


def test_points_and_changes_are_rounded_half_up_with_a_comma() -> None:
    assert [points(each) for each in ("27/2", "1/200", "-1/200", "0")] == ["13,50", "0,01", "−0,01", "0,00"]
    assert [signed(each) for each in ("9/8", "-9/8", "0")] == ["+1,13", "−1,13", "+0,00"]
    assert [figure(each) for each in ("18", "18/5", "1/3")] == ["18", "3,6", "0,33"]
    assert [signed_figure(each) for each in ("24847", "-3", "73/100")] == ["+24.847", "−3", "+0,73"]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("13", "13"),
        ("1.042.413", "1042413"),
        ("18,57", "18.57"),
        ("1.042,5", "1042.5"),
        ("14.6", "14.6"),
        ("ba", "ba"),
        ("–", None),
        ("-", None),
        ("27/2", "27/2"),
    ],
)
def test_figures_are_read_as_the_page_writes_them(typed: str, asked: str | None) -> None:
    assert plain_figure(typed) == asked


def change(total: tuple[str, str], rank: tuple[int, int] = (3, 3), indicator: tuple[str, str] = ("5", "5")) -> dict[str, Any]:
    def ends(pair: tuple[Any, Any]) -> dict[str, Any]:
        return {"from": pair[0], "to": pair[1]}

    whole = {"total": ends((70, 70)), "grade": ends(("B", "B")), "rank": ends(rank)}
    return {**whole, "total_exact": ends(total), "indicators": [ends(indicator)]}


def test_a_change_is_seen_where_two_decimals_a_grade_or_a_rank_show_it() -> None:
    assert not is_seen(change(("69.361", "69.362")))
    assert is_seen(change(("69.364", "69.365")))
    assert is_seen(change(("69.361", "69.362"), rank=(3, 4)))
    # One indicator more, another less by the same.
    assert is_seen(change(("69.361", "69.361"), indicator=("5", "6")))


def test_a_zero_of_what_does_not_apply_is_no_points_of_the_bodys() -> None:
    found = {"B1": ("0.00", "not_applicable"), "B2": ("0.00", "scored"), "E1": (None, "missing")}
    line = {
        "groups": {"B": "0.00", "E": None},
        "indicators": {code: {"points": given, "state": state} for code, (given, state) in found.items()},
    }
    assert [own_points(line, code) for code in found] == [None, "0.00", None]
    assert own_group_points(line, "B", ["B1"]) is None
    assert own_group_points(line, "B", ["B1", "B2"]) == "0.00"
    assert own_group_points(line, "E", ["E1"]) is None
    assert (
        own_group_points({**line, "indicators": {"bonus": {"points": "1.00", "state": "scored"}}}, "bonus", ["bonus"]) == "1.00"
    )


def test_an_address_of_the_form_fills_in_what_is_missing_as_a_dash() -> None:
    address = address_of("H38", {"period": "2026-01", "version": 2}, {"accepted_tasks": None, "registered_tasks": "22"})
    path, _, query = address.partition("?")
    assert path == "/agencies/H38/periods/2026-01/what-if"
    filled = dict(parse_qsl(query))
    assert filled == {"version": "2", "figures.accepted_tasks": "–", "figures.registered_tasks": "22"}
    assert plain_figure(filled["figures.accepted_tasks"]) is None
