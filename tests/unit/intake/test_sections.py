"""One section is replaced, every other keeps its digest; and what was wrong in the old rows goes with them (INT-07)."""

from __future__ import annotations

import json

import pytest

from services.gateway.reports.form.canonical_report import document_of, section_digests
from services.gateway.reports.form.sent_document import SectionUnknown, read_section, with_section
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.media_types import CSV, FORMATS, JSON, NDJSON, WORKBOOK
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.unreadable import ReportUnreadable
from services.gateway.reports.formats.writing import write
from tests.unit.intake.formats.make import DEMO, FORM, cell_name, rules, sheets

TASK = {**document_of(DEMO)["registered_tasks"][0], "title": "Tên đã sửa"}


@pytest.mark.parametrize("media_type", FORMATS)
def test_the_other_sections_keep_their_digests(media_type: str) -> None:
    sent = read(write(DEMO, media_type=media_type, form=FORM), media_type=media_type)
    part = read_section(json.dumps([TASK]).encode(), section="registered_tasks")
    report, observations = understand(with_section(sent, "registered_tasks", part.sections["registered_tasks"]), FORM)
    assert observations == []
    assert report is not None
    before, after = section_digests(DEMO), section_digests(report)
    assert {name for name in before if before[name] != after[name]} == {"registered_tasks"}
    assert report.registered_tasks[0].title == "Tên đã sửa"


def test_a_table_of_one_section_replaces_it_with_its_own_cell_names() -> None:
    sent = read(write(DEMO, media_type=WORKBOOK, form=FORM), media_type=WORKBOOK)
    part = read_section(b"section,text,about,visibility\nnarratives,,D1,public\n", section="narratives", media_type=CSV)
    replaced = with_section(
        sent, "narratives", part.sections["narratives"], columns=part.columns.get("narratives"), strays=part.strays
    )
    assert rules(replaced) == [("cell-required", "narratives", 0, "text")]
    assert cell_name(replaced, "narratives", 0, "text") == "line 2, text"
    assert cell_name(replaced, "narratives", 0, "section") == "line 2, about"
    assert cell_name(replaced, "registered_tasks", 1, "title") == "Nhiệm vụ!B3"


def test_what_was_unknown_in_the_old_rows_goes_with_them() -> None:
    document = document_of(DEMO)
    document["registered_tasks"][0]["colour"] = "red"
    document["extra"] = 1
    lines = b'{"section":"registered_tasks","colour":1,"task_code":"1"}\n{"section":"narratives","mood":1,"text":"x"}'
    workbook = sheets({"Nhiệm vụ": [["Mã nhiệm vụ", "Màu"], ["1", "đỏ"]], "Lạ": [["x"]]})
    for body, media_type, left in (
        (json.dumps(document).encode(), JSON, ["/extra"]),
        (lines, NDJSON, ["line 2/mood"]),
        (workbook, WORKBOOK, ["Lạ"]),
    ):
        sent = read(body, media_type=media_type)
        assert len(sent.strays) == 2
        assert [place for place, _ in with_section(sent, "registered_tasks", ()).strays] == left


def test_the_new_part_brings_its_own_strays() -> None:
    part = read_section(json.dumps([{**TASK, "colour": 1}]).encode(), section="registered_tasks")
    assert part.strays == (("/registered_tasks/0/colour", "1"),)


def test_a_part_is_one_known_section() -> None:
    with pytest.raises(SectionUnknown, match="tasks"):
        read_section(b"[]", section="tasks")
    with pytest.raises(SectionUnknown):
        with_section(read(b"{}", media_type=JSON), "tasks", ())
    with pytest.raises(ReportUnreadable, match="not a section"):
        read_section(b"{}", section="narratives")
    with pytest.raises(ReportUnreadable, match="one section is replaced at a time"):
        read_section(b"section\nnarratives\nregistered_tasks\n", section="narratives", media_type=CSV)
    assert read_section(b"{}", section="report").sections["report"][0].values == {}


def test_cells_of_json_and_places_beyond_the_rows_have_no_name() -> None:
    sent = read(write(DEMO, media_type=JSON, form=FORM), media_type=JSON)
    assert cell_name(sent, "registered_tasks", 0, "title") is None
    assert cell_name(sent, "registered_tasks", 99) is None
    assert cell_name(sent, "registered_tasks") is None
