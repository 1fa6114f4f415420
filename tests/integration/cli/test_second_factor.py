"""Where a second factor is configured, a key alone scores, approves and publishes nothing at the terminal either (SEC-04)."""

from __future__ import annotations

import pytest

from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem, environment

PUBLISH = ("publish", f"run_{'0' * 26}")
ACTS = {
    "score": ("score", "2026-01"),
    "publish": PUBLISH,
    "approve": ("supersede", "snap_0", "--approve", f"cmd_{'0' * 26}"),
}
WORDS = "Cần xác thực yếu tố thứ hai"


@pytest.fixture(scope="module")
def env(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    clean = environment(
        DATABASE_URL=database.app_url,
        BANGDIEM_DATA_DIR=str(tmp_path_factory.mktemp("site")),
        BANGDIEM_GATEWAY_KEY_PEPPER="pepper-of-thirty-two-characters-or-more",
    )
    roles = ("--role", "operator", "--role", "publisher")
    key = bangdiem("key", "create", "terminal", *roles, "--reason", "thử", env=clean).stdout.strip()
    return {**clean, "BANGDIEM_KEY": key}


@pytest.mark.parametrize("act", ACTS)
def test_a_key_alone_does_not_do_what_cannot_be_taken_back(env: dict[str, str], act: str) -> None:
    asking = {**env, "BANGDIEM_GATEWAY_SECOND_FACTOR": "amr:otp"}
    refused = bangdiem(*ACTS[act], "--reason", "thử", env=asking, check=False)
    assert (refused.returncode, WORDS in refused.stderr) == (2, True), refused.stderr


def test_without_the_setting_the_act_is_refused_for_its_own_reason(env: dict[str, str]) -> None:
    refused = bangdiem(*PUBLISH, "--reason", "thử", env=env, check=False)
    assert (refused.returncode, WORDS in refused.stderr) == (2, False), refused.stderr
