"""JSON and NDJSON: exact, without repeated keys, and every place that cannot be read is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.gateway.reports.form.canonical_report import digest_of, document_of
from services.gateway.reports.formats import read_json as reader
from services.gateway.reports.formats.media_types import JSON, NDJSON
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.unreadable import MOST_ROWS, ReportTooLarge, ReportUnreadable
from tests.unit.intake.formats.make import DEMO, digest, rules


def places(body: bytes, media_type: str) -> list[str]:
    with pytest.raises(ReportUnreadable) as refused:
        read(body, media_type=media_type)
    return [fault.place for fault in refused.value.faults]


def test_a_byte_order_mark_is_no_content() -> None:
    assert digest(b"\xef\xbb\xbf" + json.dumps(document_of(DEMO)).encode(), JSON) == digest_of(DEMO)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"report": {"agency": "G06", "agency": "G07"}}', "file"),
        (b'{"report": {"agency": "G06"},\n "narratives": [}', "line 2 column 17"),
        (b'{"report": {"agency": NaN}}', "file"),
        (b"\xff\xfe{", "byte 0"),
        (b'{"a":' + b"[" * 100_000, "file"),
        (b'{"report": {"agency": "\\u0000"}}', "/report/agency"),
        (b'{"report": {"agency": "\\ud800"}}', "/report/agency"),
        (b'{"report": {"\\udfff": "G06"}}', "file"),
        (b'{"report": []}', "/report"),
        (b'{"report": {"agency": ["G06"]}}', "/report/agency"),
        (b'{"registered_tasks": {}}', "/registered_tasks"),
        (b'{"registered_tasks": [1]}', "/registered_tasks/0"),
        (b"[]", ""),
        (b"", "line 1 column 1"),
    ],
)
def test_what_is_no_report_is_refused_by_its_place(body: bytes, place: str) -> None:
    assert places(body, JSON) == [place]


def test_every_cell_that_is_none_is_named() -> None:
    body = json.dumps({"registered_tasks": [{"task_code": {"a": 1}, "title": []}, 5]}).encode()
    assert places(body, JSON) == ["/registered_tasks/0/task_code", "/registered_tasks/0/title", "/registered_tasks/1"]


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("12", 12),
        ("12.0", "12.0"),
        ("0.10", "0.10"),
        ("1e3", "1e3"),
        ("9007199254740993", 9007199254740993),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_numbers_are_kept_exactly(number: str, kept: Any) -> None:
    sent = read(b'{"reported_databases": [{"new_records": %s}]}' % number.encode(), media_type=JSON)
    assert sent.sections["reported_databases"][0].values["new_records"] == kept


def test_what_the_form_does_not_know_is_an_observation_at_its_place() -> None:
    document: dict[str, Any] = document_of(DEMO)
    document["registered_tasks"][1]["colour"] = {"red": 1}
    document["report"]["total"] = 2
    document["totals"] = {}
    assert rules(read(json.dumps(document).encode(), media_type=JSON)) == [
        ("cell-unknown", "", None, None),
        ("cell-unknown", "report", None, "total"),
        ("cell-unknown", "registered_tasks", 1, "colour"),
    ]


def test_null_is_a_section_not_sent_and_an_empty_list_one_sent_empty() -> None:
    document = {**document_of(DEMO), "narratives": None, "reported_databases": []}
    assert rules(read(json.dumps(document).encode(), media_type=JSON)) == [("section-missing", "narratives", None, None)]


def test_too_many_rows_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"narratives": [' + b"{}," * MOST_ROWS + b"{}]}"
    with pytest.raises(ReportTooLarge, match=f"{MOST_ROWS + 1} rows; at most {MOST_ROWS}"):
        read(body, media_type=JSON)
    assert reader.known_fields("narratives") == {"section", "visibility", "text", "client_ref"}


def test_every_line_that_cannot_be_read_is_named() -> None:
    lines = [
        b'{"section":"report"}',
        b"{",
        b"[]",
        b"",
        b'{"section":"narratives","a":1,"a":2}',
        b'{"section":"narratives","text":[]}',
    ]
    assert places(b"\n".join(lines), NDJSON) == ["line 2", "line 3", "line 5", "line 6/text"]


def test_lines_of_no_section_and_cells_of_no_field_are_observed() -> None:
    lines = [b'{"section":"tasks","task_code":"1"}', b'{"task_code":"1"}', b'{"section":"narratives","text":"x","section_":1}']
    sent = read(b"\r\n".join(lines), media_type=NDJSON)
    assert sent.strays == (("line 1/section", '"tasks"'), ("line 2/section", "null"), ("line 3/section_", "1"))


def test_a_line_with_a_section_alone_says_that_it_is_empty() -> None:
    sent = read(b'{"section":"narratives"}\n{"section":"registered_tasks","task_code":"1"}', media_type=NDJSON)
    assert {name: len(rows) for name, rows in sent.sections.items()} == {"narratives": 0, "registered_tasks": 1}
    assert sent.sections["registered_tasks"][0].at == "line 2"
