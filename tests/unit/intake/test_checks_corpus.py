"""The corpus: every planted fault is found, in every format, and nothing else is (DQ-10, done-when 3)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from services.cli.checking import EarlierUnusable, document_of, look
from services.gateway.reports.form.report import Finding
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.writing import write_json
from services.gateway.reports.rules.catalogue import catalogue_in_force
from services.gateway.reports.rules.checking import Checked, check
from services.gateway.reports.rules.checks import BESIDE_REPORTS
from services.gateway.reports.rules.context import Context
from shared.errors import DomainError
from tests.unit.intake import corpus as made

CATALOGUE = catalogue_in_force(made.PERIOD)


def looked_at(body: bytes, media_type: str, context: Context) -> Checked:
    return check(body, media_type=media_type, context=context, catalogue=CATALOGUE, form=made.FORM)


def rules_of(checked: Checked) -> tuple[str, ...]:
    return tuple(sorted(finding.rule for finding in checked.findings))


@pytest.fixture(scope="module")
def files() -> list[made.File]:
    return list(made.corpus())


@pytest.fixture(scope="module")
def results(files: list[made.File]) -> dict[str, Checked]:
    return {name: looked_at(body, media_type, made.addressed()) for name, media_type, body, _ in files}


def test_five_hundred_files_give_exactly_what_was_planted(files: list[made.File], results: dict[str, Checked]) -> None:
    assert len(files) == len({name for name, *_ in files}) == 500
    found = {name: rules_of(results[name]) for name, *_ in files}
    assert found == {name: expected for name, _, _, expected in files}


def test_the_corpus_is_the_same_every_time(files: list[made.File]) -> None:
    assert files == list(made.corpus())


def test_the_corpus_plants_every_rule_that_needs_no_history(files: list[made.File]) -> None:
    planted = {rule for *_, expected in files for rule in expected}
    unchecked = set(looked_at(files[0][2], JSON, made.addressed()).unchecked)
    assert planted == {rule.id for rule in CATALOGUE.rules if rule.check not in BESIDE_REPORTS} - unchecked


def place_free(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.severity, finding.seen, finding.expected, finding.message_vi, finding.client_ref


def test_the_four_formats_agree_in_digest_and_findings(files: list[made.File], results: dict[str, Checked]) -> None:
    by_document = defaultdict(list)
    for name, *_ in files:
        by_document[name.partition(".")[0]].append(results[name])
    for found in by_document.values():
        assert len(found) == 4
        assert len({checked.digest for checked in found}) == 1
        json_way, lines, csv_way, workbook = ([place_free(finding) for finding in each.findings] for each in found)
        if not any(finding.rule == "cell-unknown" for finding in found[0].findings):
            assert json_way == lines == csv_way == workbook
            assert len({tuple((finding.key, finding.pointer) for finding in each.findings) for each in found}) == 1


@pytest.mark.parametrize("wanted", [rules[0] if rules else "none" for rules, _ in made.HISTORY])
def test_history_is_checked_against_the_last_accepted_report(wanted: str) -> None:
    for name, media_type, body, expected in made.history_corpus():
        if name.startswith(f"history-{wanted}."):
            checked = looked_at(body, media_type, made.remembered())
            assert rules_of(checked) == expected, name
            assert rules_of(looked_at(body, media_type, made.addressed())) == (), "without history there is nothing to find"
            assert checked.unchecked == ("database-automatic", "database-automatic-near", "database-automatic-gap")


def command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "services.cli", "check", *arguments]
    root = Path(__file__).parents[3]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "LANG": "C.UTF-8", "COLUMNS": "200"}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_the_command_line_finds_the_very_same_in_all_five_hundred(
    files: list[made.File], results: dict[str, Checked], tmp_path: Path
) -> None:
    for name, _, body, _ in files:
        path = tmp_path / name
        path.write_bytes(body)
        looked = document_of(look(str(path), agency=made.AGENCY, period=made.PERIOD, earlier=()))
        assert [Finding(**finding) for finding in looked["findings"]] == list(results[name].findings)
        assert (looked["digest"], looked["file_digest"]) == (results[name].digest, results[name].file_digest)


@pytest.mark.parametrize("place", [0, 29, 50, 487])
def test_the_command_says_it_and_ends_accordingly(
    place: int, files: list[made.File], results: dict[str, Checked], tmp_path: Path
) -> None:
    name, _, body, _ = files[place]
    (tmp_path / name).write_bytes(body)
    done = command(name, "--agency", made.AGENCY, "--period", made.PERIOD, "--json", folder=tmp_path)
    assert [Finding(**finding) for finding in json.loads(done.stdout)["findings"]] == list(results[name].findings)
    assert done.returncode == (2 if results[name].summary.fatal else 0)


def test_the_command_knows_history_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "thang-1.json").write_bytes(write_json(made.EARLIER, made.FORM))
    name, _, body, expected = next(each for each in made.history_corpus() if "database-gone" in each[3])
    (tmp_path / name).write_bytes(body)
    arguments = (name, "--agency", made.AGENCY, "--period", made.PERIOD, "--earlier", "thang-1.json", "--json")
    done = command(*arguments, folder=tmp_path)
    assert tuple(finding["rule"] for finding in json.loads(done.stdout)["findings"]) == expected
    assert done.returncode == 0, "what may be confirmed is no refusal"


def test_the_command_in_words(files: list[made.File], results: dict[str, Checked], tmp_path: Path) -> None:
    name, _, body, _ = next(each for each in files if "task-title-short" in each[3] and each[0].endswith(".xlsx"))
    (tmp_path / name).write_bytes(body)
    done = command(name, folder=tmp_path)
    short = next(finding for finding in results[name].findings if finding.rule == "task-title-short")
    for words in (short.cell, "lưu ý", results[name].digest, results[name].file_digest, "report-agency"):
        assert words is not None
        assert words in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("name", "body", "slug"),
    [
        ("a.json", b"{", "report-unreadable"),
        ("a.pdf", b"%PDF", "report-format-unknown"),
        ("a.json", b'{"report": {"period": "sometime"}}', "period-invalid"),
        ("a.json", '{"report": {"period": "2026-01", "document": "TỐI MẬT"}}'.encode(), "classified-content"),
        ("a.json", b'{"report": {"period": "2025-12"}}', "form-unknown"),
    ],
)
def test_what_cannot_be_checked_is_refused(name: str, body: bytes, slug: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(DomainError) as refused:
        look(str(tmp_path / name), agency=None, period=None, earlier=())
    assert refused.value.slug == slug


def test_a_refusal_is_a_line_and_exit_2(tmp_path: Path) -> None:
    done = command("no-such.csv", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Không đọc được tệp: no-such.csv")


def test_an_earlier_report_must_be_earlier_and_readable(tmp_path: Path) -> None:
    path, broken = tmp_path / "a.json", tmp_path / "b.json"
    path.write_bytes(write_json(made.EARLIER, made.FORM))
    broken.write_bytes(b'{"report": {"period": "2026-01"}}')
    with pytest.raises(EarlierUnusable, match=f"is of {made.AGENCY}, not of G99"):
        look(str(path), agency="G99", period=made.PERIOD, earlier=[str(path)])
    with pytest.raises(EarlierUnusable, match="not before 2026-01"):
        look(str(path), agency=None, period=None, earlier=[str(path)])
    with pytest.raises(EarlierUnusable, match="6 faults"):
        look(str(path), agency=None, period=None, earlier=[str(broken)])
