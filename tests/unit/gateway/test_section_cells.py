"""A unit's section as it is typed at a page: what is sent of it, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.pages.feedback import evidences
from services.gateway.pages.posted import Posted
from services.gateway.pages.units.section_cells import (
    Typed,
    asked_of,
    figure_of,
    form_rows,
    held_in,
    places_of,
    typed_figures,
    typed_rows,
    unplaced,
    with_state,
)
from services.gateway.reports.form.form import FormSection, form_for
from shared.period import Period


@pytest.fixture
def tasks() -> FormSection:
    return form_for(Period.parse("2026-01")).section("registered_tasks")


def posted(**values: str) -> Posted:
    return Posted({name.replace("__", "."): [value] for name, value in values.items()})


def row(number: int, **cells: str) -> dict[str, str]:
    return {f"rows__{number}__{name}": value for name, value in cells.items()}


def test_rows_without_a_word_and_rows_left_out_are_not_sent(tasks: FormSection) -> None:
    typed = typed_rows(
        tasks,
        posted(
            **row(0, task_code="007", title="", registered_on="12/01/2026"),
            **row(1, task_code="", title="", registered_on=""),
            **row(2, task_code="008", dropped="yes"),
            **row(10, title="Sau cùng", registered_on="31/02/2026", client_ref="dòng 10"),
        ),
    )
    empty = dict.fromkeys(("task_code", "title", "registered_on", "accepted_on", "acceptance_document"))
    assert typed.rows == [
        {**empty, "task_code": "007", "registered_on": "2026-01-12"},
        {**empty, "title": "Sau cùng", "registered_on": "31/02/2026", "client_ref": "dòng 10"},
    ]


def test_no_rows_say_nothing_until_somebody_says_that_there_are_none(tasks: FormSection) -> None:
    silent = asked_of("D1", "scored", typed_rows(tasks, posted()))
    assert silent["rows"] is None
    assert asked_of("D1", "scored", typed_rows(tasks, posted(none="yes")))["rows"] == []
    both = typed_rows(tasks, posted(none="yes", **row(0, task_code="1")))
    assert (both.none, len(both.rows)) == (False, 1)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("", None),
        ("0", 0),
        ("12", 12),
        ("18,57", "18.57"),
        ("18.57", "18.57"),
        ("007", "007"),
        ("1.234.567", "1.234.567"),
        ("1,5,2", "1,5,2"),
        ("mười", "mười"),
        ("9" * 18, 10**18 - 1),
    ],
)
def test_a_figure_is_read_or_goes_on_as_it_was_typed(typed: str, sent: int | str | None) -> None:
    assert figure_of(typed) == sent


def test_an_empty_figure_is_not_known_and_never_zero() -> None:
    typed = typed_figures(("disbursed_vnd", "allocated_vnd"), posted(figures__allocated_vnd="400", figures__other="1"))
    assert asked_of("D2", "monitoring", typed) == {
        "indicator": "D2", "figures": {"disbursed_vnd": None, "allocated_vnd": 400}, "note": None,
    }  # fmt: skip
    assert (typed.figure("disbursed_vnd"), typed.figure("allocated_vnd")) == ("", "400")
    assert Typed(figures={"progress": "18.57"}).figure("progress") == "18,57"


def test_narratives_stand_where_the_api_finds_them(tasks: FormSection) -> None:
    typed = typed_rows(tasks, posted(narrative__private="Nội bộ"))
    assert typed.narratives == [{"visibility": "private", "text": "Nội bộ"}]
    assert typed.place_of("private") == "/narratives/0/text"
    assert typed.place_of("public") == "/narratives/1/text"


def finding(pointer: str, severity: str = "fatal") -> dict[str, Any]:
    return with_state({"pointer": pointer, "severity": severity})


def test_a_finding_stands_beside_its_field_and_no_other(tasks: FormSection) -> None:
    content = {"rows": [{"task_code": "1"}] * 12, "narratives": [], "figures": None, "note": None}
    held = held_in(content)
    found = [finding("/rows/1/title"), finding("/rows/11/title", "notice"), finding("/rows/1"), finding("/rows/0/lạ")]
    rows = form_rows(tasks, held, found, language="vi")
    beside = {cell.place: cell.found for each in rows for cell in each.cells if cell.found}
    assert beside == {"/rows/1/title": [found[0]], "/rows/11/title": [found[1]]}
    assert [each.number for each in rows if each.found] == [1]
    assert unplaced(found, places_of(rows, held)) == [found[3]]
    assert [each["to_do"] for each in found] == [True, False, True, True]
    assert (len(rows), [each.held for each in rows].count(True)) == (13, 12)
    assert len(form_rows(tasks, Typed(), [], language="en")) == 3


def test_evidence_is_counted_without_gaps() -> None:
    read = evidences.read(Posted({"evidence.1.title": ["Biên bản"], "evidence.1.digest": ["A" * 64]}))
    assert evidences.asked(read) == [{"title": "Biên bản", "digest": f"sha256:{'a' * 64}", "link": None}]
    assert evidences.asked(evidences.read(Posted())) == []
