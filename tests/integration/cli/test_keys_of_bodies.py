"""Whoever holds the machine cannot write, approve and sign a body's report with keys of their own making (SEC-09)."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem, environment


def test_the_terminal_gives_a_body_administrators_only(database: TestDatabase, tmp_path: Path) -> None:
    pepper = "pepper-of-thirty-two-characters-or-more"
    env = environment(DATABASE_URL=database.app_url, BANGDIEM_DATA_DIR=str(tmp_path), BANGDIEM_GATEWAY_KEY_PEPPER=pepper)
    words = ("key", "create", "Người thử", "--agency", "H38", "--reason", "thử", "--role")
    refused = bangdiem(*words, "agency_signer", env=env, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "credentials" in refused.stderr
    assert bangdiem(*words, "agency_admin", env=env).stdout.startswith("bd_")
