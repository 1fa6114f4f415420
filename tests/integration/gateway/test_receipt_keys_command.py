"""`bangdiem receipt-key`: rotated, retired and revoked from the machine, with the private halves 0600 beside the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.cli.application import application
from services.gateway.reports.keyring import Keyring, read_key
from shared.errors import DomainError, NotFound
from tests.conftest import TestDatabase

Run = Callable[..., str]
WHY = ("--reason", "đổi khóa định kỳ")


@pytest.fixture
def run(database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command's standard output; refusals are raised."""
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("BANGDIEM_DATA_DIR", str(tmp_path))

    def receipt_key(*words: str) -> str:
        told = ["receipt-key", *words]
        application(told)(told, standalone_mode=False)
        return capsys.readouterr().out

    return receipt_key


def states(run: Run) -> dict[str, str]:
    return {key["kid"]: key["state"] for key in json.loads(run("list", "--json"))["keys"]}


def test_a_life_of_keys(run: Run, tmp_path: Path) -> None:
    first, second = (run("rotate", *WHY).split()[0] for _ in range(2))
    assert states(run) == {first: "retired", second: "active"}
    folder = tmp_path / "receipt-keys"
    assert sorted(path.name for path in folder.iterdir()) == ["0001.jwk", "0002.jwk"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert Keyring(issuer="https://bangdiem.example", folder=folder).newest_first()[0].kid == second
    run("revoke", second, "--from", "2026-02-01 08:00:00", *WHY)
    assert states(run)[second] == "revoked"
    shown = json.loads(run("list", "--json"))["keys"]
    assert [key["revoked_from"] for key in shown if key["kid"] == second] == ["2026-02-01T08:00:00+07:00"]
    assert "d" not in shown[0]
    third = run("rotate", *WHY).split()[0]
    run("retire", third, *WHY)
    assert states(run)[third] == "retired"
    assert third in run("list")


def test_what_cannot_be_is_refused_and_changes_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kid = run("rotate", *WHY).split()[0]
    before, files = states(run), sorted((tmp_path / "receipt-keys").iterdir())
    for words in (("rotate", "--reason", " "), ("retire", "nobody", *WHY), ("revoke", kid, "--reason", "")):
        with pytest.raises(DomainError):
            run(*words)
    monkeypatch.setenv("BANGDIEM_GATEWAY_RECEIPT_KEY", run("make").strip())
    with pytest.raises(DomainError, match="BANGDIEM_GATEWAY_RECEIPT_KEY"):
        run("rotate", *WHY)
    assert (states(run), sorted((tmp_path / "receipt-keys").iterdir())) == (before, files)


@pytest.mark.parametrize("command", ["retire", "revoke"])
def test_a_key_whose_id_begins_with_a_dash_is_no_option(run: Run, command: str) -> None:
    with pytest.raises(NotFound, match="-NDyaOTdxbde4dwap"):
        run(command, "-NDyaOTdxbde4dwap", *WHY)


def test_a_new_key_can_be_printed_for_a_secret_store(run: Run) -> None:
    text = run("make")
    assert read_key(text, place="the output").kid not in states(run)
