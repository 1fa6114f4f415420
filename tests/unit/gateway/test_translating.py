"""Who reads Vietnamese reads no English: every sentence of the product, workers and command line too, has its Vietnamese."""

from __future__ import annotations

import re
import string
import unicodedata
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.access.keys_making import ROLES
from services.gateway.access.missing_roles import role_missing
from services.gateway.access.tenancy import AGENCY_ROLES, NATIONAL_ROLES
from services.gateway.http import fault_words
from services.gateway.messages.problem_types import register
from services.gateway.messages.translating import SLOT, Template, in_vietnamese, names, sentences
from services.gateway.reports.workflow.machine import MOVES, STATES
from shared.audit import Actor
from tests.tables import whole
from tests.unit.gateway.test_explaining import VIETNAMESE
from tests.unit.gateway.written import Loose, written

SENTENCES, LOOSE = written()
# Of one fault its place and words; the first value is empty then, since of several a longer sentence tells.
GLUE = {"{}{}: {}"}
# Values and names of programs, and what other code words; each of the latter has a test below.
LEFT = {
    ("services.gateway.reports.attachment_policy", "expected"),
    # The law's own words: test_what_if.
    ("services.gateway.publication.what_if", "found.expected"),
    ("services.gateway.publication.what_if", "found.hint"),
    # What a worker kept of a problem, worded where the terminal shows every fault.
    ("services.cli.back_filling", "str(problem.get('detail', ''))"),
    ("services.cli.back_filling", "problem.get('hint')"),
    ("services.gateway.operations.decisions", "each.expected"),
    ("services.gateway.operations.decisions", "each.hint"),
    ("services.gateway.operations.decisions", "str(each)"),
    ("services.gateway.reports.rules.catalogue", "error['msg']"),
    ("services.gateway.reports.rules.catalogue", "str(problem)"),
    ("services.gateway.reports.form.form", "str(problem)"),
    ("services.gateway.reports.formats.json_values", "str(error)"),
    ("services.gateway.reports.formats.read_csv", "str(error)"),
    ("services.gateway.reports.form.sent_document", "section"),
    ("services.gateway.reports.formats.workbook_parts", "str(error)"),
    ("services.gateway.access.missing_roles", "_hint(actor, frozenset(roles))"),
    ("services.gateway.http.periods", "str(error)"),
    # Digests and ids.
    ("shared.plans.difference", "now.digest"),
    ("shared.plans.pins", "each.before"),
    ("services.gateway.access.permits", "message"),
    ("services.gateway.app.problem_pages", "expected"),
    ("services.gateway.app.problem_pages", "message"),
    ("services.gateway.reports.store.submissions", "str(getattr(getattr(error.orig, 'diag', None), 'message_primary', ''))"),
    ("services.gateway.reports.receipt_checks", "_shown(other)[:200]"),
    ("services.gateway.http.exception_handlers", "expected"),
    ("services.gateway.http.exception_handlers", "message"),
    ("services.gateway.registers.entering", "error.detail"),
    ("services.gateway.registers.entering", "found.period"),
    # A figure.
    ("services.gateway.reports.reviews", "str(found.new_records)"),
    ("services.gateway.registers.initiatives", "error.detail"),
    ("services.gateway.units.contents", "feeds"),
    ("services.cli.acting", "error.detail"),
    ("services.cli.acting", "error.hint"),
    ("services.cli.executing", "run['problem']"),
    ("services.cli.options", "str(error)"),
    ("services.cli.revisions", "str(error)"),
    ("services.cli.site", "str(error)"),
    ("services.gateway.app.problem_pages", "each.example"),
    ("services.ingest.pull.collect", "f'{source.name}/{dataset.name}: {status} {said.code} {said.message[:_SHOWN]}'.rstrip()"),
    ("services.ingest.pull.collect", "problem.detail"),
    ("services.ingest.contract.drift", "_AT.sub('', words)"),
    ("services.ingest.contract.drift", "expected"),
    ("services.ingest.contract.drift", "expected_words(each.type)"),
    ("services.ingest.contract.drift", "message"),
    ("services.ingest.contract.drift", "said['expected'].strip('`')"),
    ("services.ingest.contract.envelope", "_summary([fault])"),
    ("services.ingest.contract.envelope", "_summary(faults)"),
    ("services.ingest.contract.envelope", "str(error)"),
    ("services.ingest.official_files.formats", "problem.detail"),
    ("services.ingest.official_files.formats", "str(error)"),
    ("services.ingest.official_files.manifest", "each.message"),
    ("services.ingest.official_files.manifest", "said"),
    ("services.ingest.official_files.errors", "hint"),
    ("services.ingest.pull.errors", "str(refusal)"),
    ("services.ingest.official_files.import_file", "hint"),
    ("services.ingest.contract.reading", "hint"),
    ("services.ingest.contract.reading", "theirs"),
    ("services.gateway.operations.revisions", "str(error)"),
    ("services.gateway.publication.sheets", "str(each)"),
    ("services.gateway.publication.sheets", "str(error)"),
    ("services.ingest.contract.reading", "in_vietnam(window.as_of)"),
    ("services.ingest.sources.public_service_portal", "str(control.rows)"),
    ("services.scoring.compute", "fault.expected"),
    ("services.scoring.compute", "str(fault)"),
    ("services.scoring.second_engine", "message"),
    ("shared.law.input_document", "expected"),
    ("shared.law.input_document", "hint"),
    ("shared.law.input_document", "str(error)"),
    ("shared.law.measures", "expected"),
    ("shared.law.measures", "hint"),
    ("shared.postgres.cluster", "binaries.major()"),
    ("shared.postgres.cluster", "place.cluster"),
    ("shared.postgres.cluster", "place.data_dir"),
    ("shared.postgres.launch", "self.program"),
    ("shared.postgres.place", "PORTS"),
    ("shared.postgres.place", "path.parent"),
    ("shared.postgres.place", "self.data_dir"),
    ("shared.postgres.place", "self.state"),
    ("shared.postgres.server", "self.place.state"),
    ("shared.settings", "fault['msg']"),
}


def test_every_sentence_of_the_source_has_its_vietnamese() -> None:
    """Add what is named here to a file in services/gateway/messages/sentences."""
    missing = {each.text: each.place for each in SENTENCES if each.text not in sentences()}
    assert missing == {}


def test_no_sentence_of_the_source_is_vietnamese_itself() -> None:
    """Who asks for English would read it."""
    assert {each.text: each.place for each in SENTENCES if VIETNAMESE.search(each.text)} == {}


def test_what_the_source_words_elsewhere_is_known() -> None:
    """Lists of codes need no wording; anything else that the reader cannot follow is looked at by a person, and named here."""
    found = {(each.module, each.code) for each in LOOSE if not _is_value(each)}
    assert found - LEFT == set(), "word it where it is raised, or see that it is worded and name it in LEFT"
    assert LEFT - found == set()


def test_a_sentence_is_vietnamese_and_uses_its_values(subtests: pytest.Subtests) -> None:
    for english, vietnamese in whole(sorted(sentences().items()), least=873):
        with subtests.test(english):
            assert vietnamese == unicodedata.normalize("NFC", vietnamese).strip()
            plain = re.sub(r"\{[^}]*\}", SLOT, vietnamese)
            assert VIETNAMESE.search(plain) or plain == english or english in GLUE
            used = {int(name) for _, name, _, _ in string.Formatter().parse(vietnamese) if name is not None}
            given = english.count(SLOT)
            assert used <= set(range(given))
            assert len(used) == given or english in GLUE
            assert english.endswith(".") == vietnamese.endswith(".")


def test_a_sentence_is_found_with_values_in_it(subtests: pytest.Subtests) -> None:
    """By its own template, also where a more general one would fit."""
    valued = [(english, said) for english, said in sorted(sentences().items()) if SLOT in english and ":known}" not in said]
    for english, vietnamese in whole(valued, least=319):
        with subtests.test(english):
            text = english.replace(SLOT, "H38")
            assert in_vietnamese(text) == Template(tuple(english.split(SLOT)), vietnamese).fill(text)


def test_a_name_is_said_in_vietnamese_inside_a_sentence_only() -> None:
    """Alone it is a value to be sent, and stays what it is."""
    assert set(ROLES) | set(STATES) | {each.action for each in MOVES} - {"create", "lapse"} <= set(names()) | {"none"}
    for name, said in names().items():
        assert VIETNAMESE.search(said) or said == "byte"
        assert in_vietnamese(name) == name or " " in name
        assert in_vietnamese(f"no {name} has the id x") == f"không có {said} nào mang mã x"


def test_the_sentences_of_validation_are_worded() -> None:
    told = [*fault_words._ERRORS.values(), *fault_words._PATTERNS.values(), ("is blank", fault_words._ONE_LINE)]
    for message, expected in told:
        assert VIETNAMESE.search(in_vietnamese(message))
        needed = re.sub(r"\{(max_length|min_length|ge|le)\}", "7", expected or "")
        assert needed in ("", "{expected}") or in_vietnamese(needed) != needed


@pytest.mark.parametrize("roles", [{"operator"}, {"agency_signer"}, {"agency_drafter", "publisher"}, {"officer", "publisher"}])
@pytest.mark.parametrize("own", [{AGENCY_ROLES[0]}, {NATIONAL_ROLES[0]}])
def test_a_missing_role_is_worded(roles: set[str], own: set[str]) -> None:
    refused = role_missing(Actor("key:1", frozenset(own), agency="G06" if own & set(AGENCY_ROLES) else None), roles)
    for words in (refused.detail, str(refused.hint)):
        assert VIETNAMESE.search(in_vietnamese(words))
    assert " or " not in in_vietnamese(refused.detail)


def test_the_example_of_every_type_is_worded(subtests: pytest.Subtests) -> None:
    for slug, example in whole([(each.slug, each.example) for each in register() if each.example], least=160):
        with subtests.test(slug):
            assert VIETNAMESE.search(in_vietnamese(example))


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("this needs the role officer or publisher",
         "việc này cần vai trò cán bộ theo dõi (officer) hoặc người công bố (publisher)"),
        ("line 3: wrong number of cells", "dòng 3: sai số ô trên dòng"),
        ("2 faults, the first: /tasks/0: not a row", "2 lỗi, lỗi đầu tiên: /tasks/0: không phải là một dòng số liệu"),
        ("submission 1 is in_review and held by agency_approver",
         "báo cáo 1 đang chờ duyệt, do người duyệt của cơ quan (agency_approver) giữ"),
        ("submission 1 is accepted and held by nobody", "báo cáo 1 đã tiếp nhận, không sửa được nữa"),
        ("no scored body has the code 'G99' in 2026-01", "không có cơ quan được chấm điểm nào mang mã 'G99' trong kỳ 2026-01"),
        ("2 faults, the first: line 3: not JSON: Expecting value",
         "2 lỗi, lỗi đầu tiên: dòng 3: không phải JSON: thiếu giá trị"),
        ("byte 0: not UTF-8", "byte thứ 0: không phải mã UTF-8"),
        ("line 1: no column names the sections", "dòng 1: không có cột ghi tên phần của báo cáo"),
        ("line 1 column 6: not JSON: Expecting value", "dòng 1 cột 6: không phải JSON: thiếu giá trị"),
        ("line 1 column 6", "dòng 1 cột 6"),
        ("line 2, column Tên: a column stands twice", "dòng 2, cột Tên: một cột xuất hiện hai lần"),
        ("file: not a workbook: File is not a zip file", "tệp: không phải sổ tính Excel: tệp không phải dạng nén ZIP"),
        ("file: not a workbook: its parts are not those of an .xlsx workbook",
         "tệp: không phải sổ tính Excel: các thành phần không phải của sổ tính .xlsx"),
        ("Expected <protected header>..<signature>, base64url without padding.",
         "Cần <phần đầu>..<chữ ký>, mã hóa base64url không có ký tự đệm."),
        ("Vụ Kế hoạch: D1 has not been sent", "Vụ Kế hoạch: D1 chưa được gửi"),
        ("250000 rows; at most 200000 are read", "250000 dòng; chỉ đọc nhiều nhất 200000"),
        ("Input should be 'fatal', 'confirm' or 'notice'", "giá trị phải là 'fatal', 'confirm' hoặc 'notice'"),
        ("json or csv", "json hoặc csv"),
        ("json or csv or xlsx or pdf", "json hoặc csv hoặc xlsx hoặc pdf"),
        ("json or csv or xlsx or pdf or sdmx", "json hoặc csv hoặc xlsx hoặc pdf hoặc sdmx"),
        ("'vi', 'a b' or 'en'", "'vi', 'a b' hoặc 'en'"),
        ("'report', 'registered_tasks', 'reported_databases', 'narratives' or 'whole'",
         "'report', 'registered_tasks', 'reported_databases', 'narratives' hoặc 'whole'"),
        ("wh_1 is active already", "wh_1 đã ở trạng thái đang hoạt động (active)"),
        ("line 1: field larger than field limit (131072)", "dòng 1: ô dài hơn mức tối đa 131072 ký tự"),
        ("officer", "officer"),
        ("agency G06, measure transparency: got 19, expected at most 18; check the figure with its source",
         "cơ quan G06, số đo transparency: nhận được 19, cần nhiều nhất 18; kiểm tra lại số liệu với nguồn"),
        ("task-gone is fatal", "task-gone thuộc loại lỗi phải sửa"),
        ("the sky is blue", "the sky is blue"),
        ("a: b", "a: b"),
        ("Nội dung này đã là tiếng Việt.", "Nội dung này đã là tiếng Việt."),
        ("", ""),
    ],
)  # fmt: skip
def test_values_stay_names_are_worded_and_the_unknown_is_kept(english: str, vietnamese: str) -> None:
    assert in_vietnamese(english) == vietnamese


@given(st.text(max_size=80), st.sampled_from(sorted(sentences())))
def test_no_words_break_the_wording(words: str, english: str) -> None:
    assert isinstance(in_vietnamese(words), str)
    assert isinstance(in_vietnamese(english.replace(SLOT, words)), str)


@pytest.mark.parametrize(
    "glue", [": ", " of ", " is ", ", ", " or ", "line 1: ", "not JSON: ", "2 faults, the first: a: ", "revision 1 "]
)
def test_a_text_made_of_our_glue_is_answered_at_once(glue: str) -> None:
    """Callers choose what stands in places and names: a file's heading may be anything."""
    begun = monotonic()
    assert in_vietnamese(glue * 5000 + "x")
    assert monotonic() - begun < 1


def test_values_with_braces_stay_what_they_are() -> None:
    assert in_vietnamese("no run has the id {0.__class__}") == "không có lần chấm điểm nào mang mã {0.__class__}"


def _is_value(each: Loose) -> bool:
    return ".join(" in each.code or each.code.startswith(("str(len(", "str(found["))
