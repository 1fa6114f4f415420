"""Every bad cell is one observation, none is left out, and a report exists only without any (INT-05, INT-06, INT-08)."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from services.gateway.reports.form.canonical_report import document_of
from services.gateway.reports.form.report import SentReport, SentRow
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.reading import read
from shared.canonical import SAFE_INTEGER
from tests.unit.intake.formats.make import DEMO, FORM, rules
from tests.unit.intake.test_form import later


def sent(**changes: Any) -> SentReport:
    """The demo report with some members changed, as JSON would bring it."""
    return read(json.dumps({**document_of(DEMO), **changes}).encode(), media_type=JSON)


def with_task(**cells: Any) -> SentReport:
    first, *others = document_of(DEMO)["registered_tasks"]
    return sent(registered_tasks=[{**first, **cells}, *others])


def test_a_good_report_is_understood() -> None:
    report, observations = understand(sent(), FORM)
    assert observations == []
    assert report is not None
    assert document_of(report) == document_of(DEMO)


@pytest.mark.parametrize(
    ("cells", "rule", "seen"),
    [
        ({"title": None}, "cell-required", None),
        ({"title": "  "}, "cell-required", None),
        ({"title": 5}, "cell-type", "5"),
        ({"title": True}, "cell-type", "true"),
        ({"title": "x" * 1001}, "cell-too-long", "x" * 79 + "…"),
        ({"title": "a\nb"}, "cell-pattern", "a\nb"),
        ({"title": "a\x07b"}, "cell-pattern", "a\x07b"),
        ({"task_code": "a  b"}, "cell-pattern", "a  b"),
        ({"task_code": "NV\u200b-1"}, "cell-pattern", "NV\u200b-1"),
        ({"task_code": "NV\u00a01"}, "cell-pattern", "NV\u00a01"),
        ({"task_code": 7}, "cell-type", "7"),
        ({"registered_on": "05/01/2026"}, "cell-type", "05/01/2026"),
        ({"registered_on": "2026-02-30"}, "cell-type", "2026-02-30"),
        ({"registered_on": 20260105}, "cell-type", "20260105"),
        ({"accepted_on": "2026-1-5"}, "cell-type", "2026-1-5"),
        ({"accepted_on": "２０２６-01-05"}, "cell-type", "２０２６-01-05"),
        ({"client_ref": 12}, "cell-type", "12"),
    ],
)
def test_one_bad_cell_is_one_observation(cells: dict[str, Any], rule: str, seen: str | None) -> None:
    report, observations = understand(with_task(**cells), FORM)
    assert report is None
    (found,) = observations
    assert (found.rule, found.section, found.ordinal, found.field, found.seen) == (
        rule,
        "registered_tasks",
        0,
        next(iter(cells)),
        seen,
    )
    assert found.expected
    assert found.identity == (seen if "task_code" in cells else "0007")


@pytest.mark.parametrize("count", [-1, SAFE_INTEGER + 1, True, "1.0", "1 000", "+5", "1e3", "٣", 1.5, "12345678901234567"])
def test_what_is_no_count(count: Any) -> None:
    document = sent(reported_databases=[{"database": "d1", "database_name": "x", "new_records": count}])
    assert rules(document) == [("cell-type", "reported_databases", 0, "new_records")]


@pytest.mark.parametrize("count", [0, SAFE_INTEGER, "0", "007", str(SAFE_INTEGER)])
def test_what_is_a_count(count: Any) -> None:
    document = sent(reported_databases=[{"database": "d1", "database_name": "x", "new_records": count}])
    report, observations = understand(document, FORM)
    assert observations == []
    assert report is not None
    assert report.reported_databases[0].new_records == int(count)


def test_a_stated_nothing_is_not_a_silence() -> None:
    report, _ = understand(sent(registered_tasks=[], reported_databases=[], narratives=[]), FORM)
    assert report is not None
    assert report.registered_tasks == ()
    full = sent()
    for section in full.sections:
        rest = {name: rows for name, rows in full.sections.items() if name != section}
        report, observations = understand(replace(full, sections=rest), FORM)
        assert report is None
        assert [(each.rule, each.section, each.ordinal) for each in observations] == [("section-missing", section, None)]


def test_a_repeated_key_names_the_first_row_and_an_unread_key_is_no_repetition() -> None:
    task = document_of(DEMO)["registered_tasks"][0]
    bad = {**task, "task_code": None}
    (found,) = understand(sent(registered_tasks=[task, {**task, "title": "Khác"}]), FORM)[1]
    assert (found.rule, found.ordinal, found.field, found.seen, found.words) == (
        "row-repeated", 1, "task_code", "0007", {"first": "0"}
    )  # fmt: skip
    assert [rule for rule, *_ in rules(sent(registered_tasks=[bad, bad]))] == ["cell-required", "cell-required"]


def test_one_narrative_per_section_and_visibility() -> None:
    public = {"section": "D1", "visibility": "public", "text": "x"}
    assert rules(sent(narratives=[public, {**public, "visibility": "private"}])) == []
    assert rules(sent(narratives=[public, public])) == [("row-repeated", "narratives", 1, "section")]
    assert rules(sent(narratives=[{**public, "section": "D9", "visibility": "secret"}])) == [
        ("cell-choice", "narratives", 0, "section"),
        ("cell-choice", "narratives", 0, "visibility"),
    ]


def test_a_second_report_row_is_a_repetition() -> None:
    row = sent().sections["report"][0]
    doubled = replace(sent(), sections={**sent().sections, "report": (row, row)})
    assert ("row-repeated", "report", 1, None) in rules(doubled)


def test_cells_under_unknown_names_are_observed_where_they_stand() -> None:
    row = SentRow({**sent().sections["narratives"][0].values, "colour": "red"})
    assert rules(replace(sent(), sections={**sent().sections, "narratives": (row,)})) == [
        ("cell-unknown", "narratives", 0, "colour")
    ]


def test_twenty_five_thousand_bad_cells_are_twenty_five_thousand_observations() -> None:
    bad = {"task_code": "a  b", "title": 1, "registered_on": "x", "accepted_on": "y", "acceptance_document": 2}
    began = time.perf_counter()
    observations = understand(sent(registered_tasks=[bad] * 5000), FORM)[1]
    assert time.perf_counter() - began < 5
    assert len(observations) == 25_000
    assert len({(each.ordinal, each.field) for each in observations}) == 25_000


def test_five_thousand_tasks_are_understood_in_a_moment() -> None:
    task = document_of(DEMO)["registered_tasks"][0]
    document = sent(registered_tasks=[{**task, "task_code": f"NV-{number:05}"} for number in range(5000)])
    began = time.perf_counter()
    report, observations = understand(document, FORM)
    assert time.perf_counter() - began < 1
    assert observations == []
    assert report is not None
    assert len(report.registered_tasks) == 5000


def test_a_report_is_read_by_the_form_of_its_month() -> None:
    february = later(FORM, version=2, first_period="2026-02", longest_title=10)
    assert understand(sent(), FORM)[1] == []
    assert [(each.rule, each.field) for each in understand(sent(), february)[1]] == [
        ("cell-choice", "form"),
        ("cell-too-long", "title"),
        ("cell-too-long", "title"),
    ]
