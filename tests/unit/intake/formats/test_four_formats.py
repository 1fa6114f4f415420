"""The same month has one digest in all four formats, whatever its rows' order and however its letters are composed (INT-04)."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from services.gateway.reports.form.canonical_report import (
    DocumentBroken,
    digest_of,
    document_of,
    from_document,
    section_digests,
)
from services.gateway.reports.form.report import Report, SentRow
from services.gateway.reports.form.sent_document import sent_as_json, sent_from_json
from services.gateway.reports.formats.media_types import FORMATS, JSON, FormatUnknown, media_type_of
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.writing import write
from services.gateway.reports.submissions.stored import plain_report
from shared.canonical import canonical_bytes, sha256_hex
from tests.unit.intake.formats.make import DEMO, FORM, digest, reports, understood


@given(reports)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_month_in_four_formats_has_one_digest(report: Report) -> None:
    bodies = {media_type: write(report, media_type=media_type, form=FORM) for media_type in FORMATS}
    assert {media_type: digest(body, media_type) for media_type, body in bodies.items()} == dict.fromkeys(
        FORMATS, digest_of(report)
    )
    assert from_document(document_of(report)) == sorted_report(report)


def sorted_report(report: Report) -> Report:
    return replace(
        report,
        registered_tasks=tuple(sorted(report.registered_tasks, key=lambda task: task.task_code)),
        reported_databases=tuple(sorted(report.reported_databases, key=lambda database: database.database)),
        narratives=tuple(sorted(report.narratives, key=lambda each: (each.section, each.visibility))),
    )


@pytest.mark.parametrize("media_type", FORMATS)
def test_a_count_is_a_whole_number_whatever_it_was_sent_in(media_type: str) -> None:
    """Tables write it as text; the API's JSON has one type for it. What cannot be read stays as it was sent."""
    sent = read(write(DEMO, media_type=media_type, form=FORM), media_type=media_type)
    told = [row["new_records"] for row in plain_report(sent, FORM)["reported_databases"]]
    assert told == [row.new_records for row in DEMO.reported_databases]
    assert {type(each) for each in told} == {int}
    bad = SentRow({"database": "a", "database_name": "b", "new_records": "1,5"}, 0)
    strange = plain_report(replace(sent, sections={**sent.sections, "reported_databases": (bad,)}), FORM)
    assert strange["reported_databases"] == [dict(bad.values)]


@pytest.mark.parametrize("media_type", FORMATS)
def test_what_was_sent_is_kept_whole_through_json(media_type: str) -> None:
    sent = read(write(DEMO, media_type=media_type, form=FORM), media_type=media_type)
    assert sent_from_json(json.loads(json.dumps(sent_as_json(sent)))) == sent


def test_the_digest_is_that_of_the_rfc_8785_bytes_of_the_json_file_with_rows_in_order() -> None:
    document = json.loads(write(DEMO, media_type=JSON, form=FORM))
    assert sha256_hex(canonical_bytes(document)) == digest_of(DEMO)
    assert section_digests(DEMO)["registered_tasks"] == sha256_hex(canonical_bytes(document["registered_tasks"]))


def test_the_digest_of_the_demo_report_is_for_ever() -> None:
    """Receipts name it: a change of the canonical form would make agencies' own computation wrong."""
    assert digest_of(DEMO) == "sha256:36a5fe8e08ae19dbccb00a88e3522205625fe4ea54a0c663f3034172b5edd73c"


def test_rows_may_be_sent_in_any_order() -> None:
    document = document_of(DEMO)
    for section in ("registered_tasks", "narratives"):
        document[section].reverse()
    assert digest(json.dumps(document).encode(), JSON) == digest_of(DEMO)


def test_letters_may_be_composed_or_not_and_surrounded_by_blanks() -> None:
    text = unicodedata.normalize("NFD", json.dumps(document_of(DEMO), ensure_ascii=False))
    text = text.replace('"0007"', '"  0007\u00a0"')
    assert not unicodedata.is_normalized("NFC", text)
    assert digest(text.encode(), JSON) == digest_of(DEMO)


def test_another_value_is_another_digest() -> None:
    task = replace(DEMO.registered_tasks[0], client_ref=None)
    other = replace(DEMO, registered_tasks=(task, DEMO.registered_tasks[1]))
    assert digest_of(other) != digest_of(DEMO)
    assert {name for name, found in section_digests(other).items() if found != section_digests(DEMO)[name]} == {
        "registered_tasks"
    }


def test_a_document_that_is_not_canonical_is_refused() -> None:
    document = document_of(DEMO)
    document["registered_tasks"].reverse()
    with pytest.raises(DocumentBroken, match="order"):
        from_document(document)
    with pytest.raises(DocumentBroken):
        from_document({**document_of(DEMO), "narratives": [{"section": "D1", "visibility": "secret", "text": "x"}]})
    with pytest.raises(DocumentBroken):
        from_document({"report": {}})


def test_a_format_is_known_by_its_media_type_or_its_suffix() -> None:
    body = write(DEMO, media_type=JSON, form=FORM)
    assert understood(body, "application/json; charset=utf-8")[1] == []
    assert [media_type_of(name) for name in ("a.JSON", "b.ndjson", "c.csv", "d.xlsx")] == list(FORMATS)
    with pytest.raises(FormatUnknown, match=r"application/pdf"):
        read(b"", media_type="application/pdf")
    with pytest.raises(FormatUnknown, match=r"report\.pdf"):
        media_type_of("report.pdf")
