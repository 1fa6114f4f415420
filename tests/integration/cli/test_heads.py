"""`bangdiem head`: entered by one person, approved by another, withdrawn by two; bad days are refused in a line (G-16)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem, environment

PAPER = ("--document", "01/QĐ-MẪU (minh họa)")


@pytest.fixture(scope="module")
def people(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    clean = environment(
        DATABASE_URL=database.app_url,
        BANGDIEM_DATA_DIR=str(tmp_path_factory.mktemp("site")),
        BANGDIEM_GATEWAY_KEY_PEPPER="pepper-of-thirty-two-characters-or-more",
    )
    found = {}
    for name in ("operator", "publisher"):
        key = bangdiem("key", "create", f"người {name}", "--role", name, "--reason", "thử", env=clean).stdout.strip()
        found[name] = {**clean, "BANGDIEM_KEY": key}
    return found


def said(env: dict[str, str], *words: str) -> Any:
    return json.loads(bangdiem("head", *words, "--json", env=env).stdout)


def acted(env: dict[str, str], words: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = said(env, *words, "--reason", "thử")
    return found


def test_two_people_enter_a_head_and_two_withdraw_it(people: dict[str, dict[str, str]]) -> None:
    one, other = people["operator"], people["publisher"]
    name = "Người đứng đầu (minh họa)"
    asked = acted(one, ["enter", "H38", name, "--from", "2026-01-15", *PAPER])
    assert asked == {
        "head_id": asked["head_id"], "agency": "H38", "name": name, "first_day": "15/01/2026", "last_day": "–",
        "state": "chờ phê duyệt",
    }  # fmt: skip
    refused = bangdiem("head", "approve", "H38", asked["head_id"], "--reason", "thử", env=one, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert acted(other, ["approve", "H38", asked["head_id"]])["state"] == "đương nhiệm"
    waiting = acted(one, ["withdraw", "H38", asked["head_id"], *PAPER])
    assert waiting["state"] == "đương nhiệm, chờ người khác phê duyệt thu hồi"
    assert acted(other, ["approve", "H38", asked["head_id"], "--withdrawal"])["state"] == "đã thu hồi"
    listed = said(one, "list", "H38")
    assert {head: each["state"] for head, each in listed.items()} == {asked["head_id"]: "đã thu hồi"}


def test_a_day_that_is_none_is_refused_and_nothing_written(people: dict[str, dict[str, str]]) -> None:
    words = ("enter", "G06", "Ai đó (minh họa)", "--from", "2026-02-30", *PAPER, "--reason", "thử")
    refused = bangdiem("head", *words, env=people["operator"], check=False)
    assert (refused.returncode, "2026-02-30" in refused.stderr, "không phải là một ngày" in refused.stderr) == (2, True, True)
    assert said(people["operator"], "list", "G06") == {}
