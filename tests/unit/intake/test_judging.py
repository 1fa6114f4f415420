"""INT-05, INT-06, INT-15, DQ-02, DQ-07: findings name place, value, expectation and what to do; none is lost; keys lapse."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.report import Finding, Observation, SentReport, SentRow, Severity
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, WORKBOOK
from services.gateway.reports.rules import findings_files as written
from services.gateway.reports.rules.catalogue import catalogue_in_force, parse_catalogue
from services.gateway.reports.rules.checking import Checked, check
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.findings_summary import RuleCount, Summary, summary, unresolved
from services.gateway.reports.rules.judging import cell_of, judge, pointer_of
from shared.canonical import sha256_hex
from tests.unit.intake import corpus
from tests.unit.intake.test_catalogue import with_rule

FORM = form_for("2026-02")
CATALOGUE = catalogue_in_force("2026-02")
EMPTY = SentReport(JSON, {})


def report(*tasks: dict[str, Any], **sections: Any) -> corpus.Document:
    head = {"form": FORM.id, "agency": "H38", "period": "2026-02", "document": "1/BC-DEMO"}
    document = {"report": [head], "registered_tasks": list(tasks), "reported_databases": [], "narratives": []}
    return {**document, **sections}


def task(**cells: Any) -> dict[str, Any]:
    return {**corpus.task("NV-1", "Nền tảng dữ liệu mở cấp xã", "2026-01-05"), **cells}


def checked(document: corpus.Document, media_type: str = JSON) -> Checked:
    write = next(each[2] for each in corpus.WRITERS if each[1] == media_type)
    return check(write(document), media_type=media_type, context=Context(), catalogue=CATALOGUE, form=FORM)


FAULTY = report(task(), task(task_code="NV-2", registered_on="32/01/2026", client_ref="hàng 2"))


@pytest.mark.parametrize(
    ("media_type", "cell"),
    [(JSON, None), (NDJSON, "line 3, registered_on"), (CSV, "line 4, registered_on"), (WORKBOOK, "Nhiệm vụ!C3")],
)
def test_a_finding_leads_to_one_cell_in_every_format(media_type: str, cell: str | None) -> None:
    (finding,) = checked(FAULTY, media_type).findings
    assert finding == Finding(
        rule="cell-type",
        severity="fatal",
        category="cell",
        pointer="/registered_tasks/1/registered_on",
        cell=cell,
        seen="32/01/2026",
        expected="Đúng kiểu của cột: YYYY-MM-DD",
        message_vi="“Ngày đăng ký” không đọc được: “32/01/2026”.",
        message_en="“Registered on” cannot be read: “32/01/2026”.",
        hint_vi="Viết năm-tháng-ngày, tháng và ngày đủ hai chữ số, ví dụ 2026-01-05; ngày phải có trong lịch và không kèm giờ.",
        hint_en="Write YYYY-MM-DD, two digits for month and day; the day must exist, and no time follows it.",
        client_ref="hàng 2",
        key=finding.key,
        expected_en="A value of the column's type: YYYY-MM-DD",
    )


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (report(task(registered_on="2026-01-05T12:30")), "không kèm giờ"),
        (report(task(), reported_databases=[{"database": "CSDL", "new_records": "1.250"}]), "Chỉ viết chữ số"),
        (report(task(title=5)), "trong JSON đặt trong ngoặc kép"),
    ],
)
def test_the_hint_on_an_unreadable_cell_is_about_its_type(document: corpus.Document, words: str) -> None:
    found = [each for each in checked(document).findings if each.rule == "cell-type"]
    assert [words in each.hint_vi for each in found] == [True]


@pytest.mark.parametrize("media_type", [JSON, NDJSON, CSV, WORKBOOK])
def test_the_client_s_own_reference_comes_back_in_every_finding_of_the_row(media_type: str) -> None:
    twofold = task(client_ref="của tôi", registered_on="2026-04-01", acceptance_document="chỉ có số")
    findings = checked(report(twofold, task(task_code="NV-2", title="Ngắn")), media_type).findings
    assert [(each.rule, each.client_ref) for each in findings] == [
        ("task-registered-after-period", "của tôi"),
        ("task-document-without-acceptance", "của tôi"),
        ("task-title-short", None),
    ]


@pytest.mark.parametrize(
    ("observation", "pointer"),
    [
        (Observation("x", "registered_tasks", 7, "a/b~c"), "/registered_tasks/7/a~1b~0c"),
        (Observation("x", "registered_tasks", 7), "/registered_tasks/7"),
        (Observation("x", "registered_tasks"), "/registered_tasks"),
        (Observation("x", "report", 0, "agency"), "/report/agency"),
        (Observation("x", "", words={"place": "line 1/Ghi chú"}), ""),
        (Observation("x", "", words={"place": "/ghi~1chu"}), "/ghi~1chu"),
    ],
)
def test_pointers_are_rfc_6901(observation: Observation, pointer: str) -> None:
    assert pointer_of(observation) == pointer


def test_cells_are_named_as_the_file_names_them() -> None:
    rows = (SentRow({"title": "x"}, "Nhiệm vụ!7"),)
    sent = SentReport(
        WORKBOOK,
        {"registered_tasks": rows, "report": (SentRow({}, "Báo cáo!"),)},
        {"registered_tasks": {"title": "B"}, "report": {"agency": "B2"}},
    )
    assert cell_of(Observation("x", "registered_tasks", 0, "title"), sent) == "Nhiệm vụ!B7"
    assert cell_of(Observation("x", "registered_tasks", 0, "accepted_on"), sent) == "Nhiệm vụ!7, accepted_on"
    assert cell_of(Observation("x", "registered_tasks", 0), sent) == "Nhiệm vụ!7"
    assert cell_of(Observation("x", "report", 0, "agency"), sent) == "Báo cáo!B2"
    assert cell_of(Observation("x", "report", 0, "document"), sent) == "Báo cáo, document"
    assert cell_of(Observation("x", "registered_tasks"), sent) is None
    assert cell_of(Observation("x", "", words={"place": "Bìa"}), sent) == "Bìa"


def test_findings_stand_by_section_row_and_field_of_the_form() -> None:
    late = [
        Observation("cell-type", "narratives", 0, "text"),
        Observation("cell-type", "registered_tasks", 10, "title"),
        Observation("cell-type", "registered_tasks", 2, "accepted_on"),
        Observation("cell-type", "registered_tasks", 2, "title"),
        Observation("cell-type", "registered_tasks", 2, "task_code"),
        Observation("section-missing", "registered_tasks"),
        Observation("cell-unknown", "", words={"place": "Bìa"}),
    ]
    pointers = [finding.pointer for finding in judge(late, CATALOGUE, EMPTY, form=FORM)]
    assert pointers == [
        "",
        "/registered_tasks",
        "/registered_tasks/2/task_code",
        "/registered_tasks/2/title",
        "/registered_tasks/2/accepted_on",
        "/registered_tasks/10/title",
        "/narratives/0/text",
    ]
    assert judge(reversed(late), CATALOGUE, EMPTY, form=FORM) == judge(late, CATALOGUE, EMPTY, form=FORM)


def test_an_observation_without_a_rule_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        judge([Observation("no-such-rule", "report")], CATALOGUE, EMPTY, form=FORM)


# Keys: a confirmation holds for what was seen, and for nothing else


def key_of(**cells: Any) -> str:
    (finding,) = checked(report(task(**cells))).findings
    assert finding.severity == "confirm"
    return finding.key


def test_a_key_lapses_when_the_value_changes() -> None:
    assert key_of(acceptance_document="4/BB") == key_of(acceptance_document="4/BB")
    assert key_of(acceptance_document="4/BB") != key_of(acceptance_document="5/BB")


def test_a_key_stays_when_the_row_moves_or_something_else_changes() -> None:
    alone = key_of(acceptance_document="4/BB")
    assert key_of(acceptance_document="4/BB", title="Một tên khác hẳn của nhiệm vụ", client_ref="x") == alone
    moved = report(task(task_code="NV-0", title="Trợ lý ảo một cửa"), task(acceptance_document="4/BB"))
    assert [finding.key for finding in checked(moved, WORKBOOK).findings] == [alone]
    assert key_of(acceptance_document="4/BB", task_code="NV-9") != alone


def test_keys_are_told_apart_also_where_everything_seen_is_the_same() -> None:
    findings = checked(report(task(), task(), task())).findings
    assert [finding.rule for finding in findings] == ["row-repeated", "row-repeated"]
    assert len({finding.key for finding in findings}) == 2


def test_only_a_confirmation_of_this_very_key_resolves() -> None:
    document = report(task(acceptance_document="4/BB"), task(task_code="NV-2", title="Ngắn", accepted_on="2026-02-02"))
    findings = checked(document).findings
    by = {finding.severity: finding for finding in findings}
    assert set(by) == {"fatal", "confirm", "notice"}
    assert unresolved(findings, set()) == (by["confirm"], by["fatal"])
    assert unresolved(findings, {by["confirm"].key}) == (by["fatal"],)
    assert unresolved(findings, {each.key for each in findings}) == (by["fatal"],), "a fatal finding cannot be confirmed away"
    assert unresolved([replace(by["confirm"], key="sha256:other")], {by["confirm"].key}) != ()


# The whole list


def test_twenty_five_thousand_bad_cells_are_twenty_five_thousand_findings() -> None:
    bad = {"title": None, "registered_on": "hôm qua", "accepted_on": "ngày mai", "acceptance_document": "x" * 201}
    rows = [task(task_code=f"NV-{number}", client_ref=f"r{number}", **bad) for number in range(6_250)]
    found = checked(report(*rows))
    assert found.report is None
    assert found.digest is None
    assert found.summary == Summary(
        total=25_000,
        fatal=25_000,
        confirm=0,
        notice=0,
        rules=(
            RuleCount("cell-type", "fatal", 12_500),
            RuleCount("cell-required", "fatal", 6_250),
            RuleCount("cell-too-long", "fatal", 6_250),
        ),
    )
    places = {f"/registered_tasks/{row}/{field}" for row in range(6_250) for field in bad}
    assert {finding.pointer for finding in found.findings} == places
    assert len({finding.key for finding in found.findings}) == 25_000
    assert len(json.loads(written.as_json(found.findings))) == 25_000
    assert written.as_ndjson(found.findings).count(b"\n") == 25_000
    assert len(list(csv.reader(io.StringIO(written.as_csv(found.findings).decode("utf-8-sig"))))) == 25_001


def test_a_file_s_digest_is_of_its_bytes_and_the_canonical_one_of_its_meaning() -> None:
    one, other = checked(report(task()), JSON), checked(report(task()), CSV)
    assert one.digest == other.digest
    assert one.file_digest != other.file_digest
    body = corpus.WRITERS[0][2](report(task()))
    assert one.file_digest == sha256_hex(body)


def finding(**changes: Any) -> Finding:
    (one,) = checked(FAULTY).findings
    return replace(one, **changes)


def test_summaries_count_by_severity_and_frequency() -> None:
    def many(rule: str, severity: Severity, count: int) -> list[Finding]:
        return [finding(rule=rule, severity=severity)] * count

    found = summary([*many("n", "notice", 9), *many("a", "fatal", 1), *many("b", "fatal", 2), *many("c", "confirm", 3)])
    assert found == Summary(
        15,
        3,
        3,
        9,
        (RuleCount("b", "fatal", 2), RuleCount("a", "fatal", 1), RuleCount("c", "confirm", 3), RuleCount("n", "notice", 9)),
    )


@pytest.mark.parametrize("seen", ["=1+1", "+84", "-5", "@SUM(A1)", "\t=x", "\r=x", " =x", "＝1+1", "\ufeff=1"])
def test_no_cell_of_the_csv_is_a_formula(seen: str) -> None:
    rows = list(csv.DictReader(io.StringIO(written.as_csv([finding(seen=seen)]).decode("utf-8-sig"), newline="")))
    assert rows[0]["seen"] == f"'{seen}"


def test_the_csv_says_everything_and_may_do_without_its_mark() -> None:
    one = finding(seen='"a", b\nc', client_ref=None)
    marked, bare = written.as_csv([one]), written.as_csv([one], mark=False)
    assert marked == b"\xef\xbb\xbf" + bare
    (row,) = csv.DictReader(io.StringIO(bare.decode(), newline=""))
    assert row["seen"] == one.seen
    assert row["client_ref"] == row["cell"] == ""
    assert row["message_vi"] == one.message_vi


def test_json_and_lines_give_the_finding_back() -> None:
    one = finding()
    assert [Finding(**each) for each in json.loads(written.as_json([one]))] == [one]
    assert [Finding(**json.loads(line)) for line in written.as_ndjson([one, one]).splitlines()] == [one, one]


# Words


def test_a_rule_that_could_not_be_checked_says_what_was_missing() -> None:
    for on_missing, severity in (("notice", "notice"), ("fatal", "fatal")):
        catalogue = parse_catalogue(with_rule("database-automatic-gap", on_missing=on_missing))
        body = corpus.WRITERS[0][2](report(task()))
        found = check(body, media_type=JSON, context=Context(), catalogue=catalogue, form=FORM)
        (one,) = found.findings
        assert (one.rule, one.severity) == ("database-automatic-gap", severity)
        assert one.message_vi == "Chưa kiểm tra được theo quy tắc này vì chưa biết: số liệu tự động."
        assert "database-automatic-gap" in found.unchecked


def test_what_was_seen_cannot_act_as_a_placeholder() -> None:
    (one,) = checked(report(task(acceptance_document="{seen} {0} {other}"))).findings
    assert "“{seen} {0} {other}”" in one.message_vi


def test_long_values_are_shortened_in_words_but_not_in_the_key() -> None:
    long = "thử " * 200
    documents = [
        report(task(), narratives=[{"section": "D1", "visibility": "public", "text": long + end}]) for end in ("abc", "xyz")
    ]
    one, other = (checked(document).findings[0] for document in documents)
    assert one.rule == "narrative-trial"
    assert one.seen == other.seen
    assert one.seen is not None
    assert len(one.seen) <= 80
    assert one.key != other.key


def test_every_rule_s_words_can_be_filled() -> None:
    """No text of the catalogue names what its check does not give: every finding of the corpus has whole sentences."""
    for name, media_type, body, _ in corpus.corpus():
        if not name.endswith(".json"):
            continue
        found = check(body, media_type=media_type, context=corpus.addressed(), catalogue=CATALOGUE, form=FORM)
        for one in found.findings:
            for words in (one.message_vi, one.message_en, one.hint_vi, one.hint_en, one.expected, one.expected_en):
                assert words
                assert "“”" not in words
                assert "{" not in words
