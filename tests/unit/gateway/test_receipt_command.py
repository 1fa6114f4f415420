"""`bangdiem receipt verify` as a body runs it: files alone, exit 0 or 2, words in Vietnamese (INT-10)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from services.cli.application import application, refuse
from services.gateway.reports.form.canonical_report import digest_of
from services.gateway.reports.formats.media_types import CSV, JSON
from services.gateway.reports.formats.writing import write
from services.gateway.reports.keyring import new_key, read_key
from services.gateway.reports.receipts import KIND
from shared.canonical import canonical_bytes, sha256_hex
from shared.errors import DomainError
from tests.unit.intake.corpus import EARLIER, FORM


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A receipt of EARLIER sent as JSON, its keys, and the report in several files."""
    place = tmp_path_factory.mktemp("receipt")
    key = read_key(new_key(), place="here")
    body = write(EARLIER, media_type=JSON, form=FORM)
    content = {
        "receipt_number": "BN-2026-01-H38-000001", "agency": "H38", "period": "2026-01", "sequence": 2,
        "digest": digest_of(EARLIER), "file_digest": sha256_hex(body), "late": False, "deadline": "2026-02-05T00:00:00+07:00",
        "submitted_at": "2026-02-04T12:00:00+07:00", "issued_at": "2026-02-04T12:00:00+07:00",
    }  # fmt: skip
    jws = key.sign(canonical_bytes(content), kind=KIND)
    answer = {"receipt_number": content["receipt_number"], "kid": key.kid, "jws": jws, "content": content}
    other = replace(EARLIER, document="02/BC-DEMO")
    for name, data in {
        "receipt.txt": jws.encode(),
        "receipt.json": json.dumps(answer).encode(),
        "short.json": json.dumps({"jws": jws}).encode(),
        "number.json": json.dumps({**answer, "receipt_number": "BN-2026-01-H38-000002"}).encode(),
        "late.json": json.dumps({**answer, "content": {**content, "late": True}}).encode(),
        "zero.json": json.dumps({**answer, "content": {**content, "late": 0}}).encode(),
        "cut.json": json.dumps({**answer, "content": {k: v for k, v in content.items() if k != "deadline"}}).encode(),
        "kid.json": json.dumps({**answer, "kid": "B" * 43}).encode(),
        "more.json": json.dumps({**answer, "note": "đúng hạn"}).encode(),
        "altered.txt": (jws[:-9] + ("A" if jws[-9] != "A" else "B") + jws[-8:]).encode(),
        "empty.json": b"{}",
        "keys.json": _keys(key.public),
        "revoked.json": _keys(key.public, revoked_from="2026-02-01T00:00:00+07:00", state="revoked"),
        "others.json": _keys(read_key(new_key(), place="there").public),
        "report.json": body,
        "report.csv": write(EARLIER, media_type=CSV, form=FORM),
        "other.json": write(other, media_type=JSON, form=FORM),
    }.items():
        (place / name).write_bytes(data)
    return place


def _keys(public: Any, **more: Any) -> bytes:
    return json.dumps({"keys": [{**public, "state": "active", **more}]}).encode()


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program's way from words to exit code, in this process."""
    monkeypatch.chdir(folder)

    def verify(*words: str) -> Done:
        told = ["receipt", "verify", *words]
        try:
            try:
                application(told)(told)
            except DomainError as error:
                refuse(error)
        except SystemExit as ended:
            captured = capsys.readouterr()
            return Done(int(ended.code or 0), captured.out, captured.err)
        raise AssertionError("a command ends with an exit code")

    return verify


def test_the_program_needs_neither_database_nor_settings(folder: Path) -> None:
    environment = {**os.environ, "BANGDIEM_DATA_DIR": str(folder / "nowhere"), "BANGDIEM_NO_SUCH_SETTING": "1"}
    program = str(Path(sys.executable).with_name("bangdiem"))
    command = [program, "receipt", "verify", "receipt.txt", "--keys", "keys.json", "--report", "report.csv", "--json"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["report"] == {"digest": True, "file_digest": False}
    assert told["content"]["receipt_number"] == "BN-2026-01-H38-000001"
    assert not (folder / "nowhere").exists()


@pytest.mark.parametrize("receipt", ["receipt.txt", "receipt.json", "short.json"])
def test_a_good_receipt(run: Run, receipt: str) -> None:
    done = run(receipt, "--keys", "keys.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Biên nhận BN-2026-01-H38-000001: chữ ký đúng." in done.stdout
    assert "đúng hạn" in done.stdout
    assert digest_of(EARLIER) in done.stdout


@pytest.mark.parametrize(
    ("report", "code", "words"),
    [
        ("report.json", 0, "đúng từng byte"),
        ("report.csv", 0, "nhưng cùng một nội dung"),
        ("other.json", 2, "KHÔNG KHỚP"),
    ],
)
def test_against_the_bodys_own_file(run: Run, report: str, code: int, words: str) -> None:
    done = run("receipt.txt", "--keys", "keys.json", "--report", report)
    assert (done.returncode, words in done.stdout) == (code, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("receipt", "keys", "words"),
    [
        ("altered.txt", "keys.json", "chữ ký không khớp"),
        ("receipt.txt", "others.json", "không có trong bộ khóa"),
        ("receipt.txt", "revoked.json", "đã bị thu hồi"),
        ("number.json", "keys.json", "/receipt_number"),
        ("late.json", "keys.json", "/content/late"),
        ("zero.json", "keys.json", "/content/late"),
        ("cut.json", "keys.json", "/content/deadline"),
        ("kid.json", "keys.json", "/kid"),
        ("more.json", "keys.json", "/note"),
        ("empty.json", "keys.json", "không có trường jws"),
        ("keys.json", "keys.json", "không có trường jws"),
        ("receipt.txt", "report.csv", "bộ khóa"),
        ("nowhere.txt", "keys.json", "nowhere.txt"),
    ],
)
def test_what_does_not_hold_is_refused_with_a_line(run: Run, receipt: str, keys: str, words: str) -> None:
    done = run(receipt, "--keys", keys)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
