"""The terminal counts what the route counts (SEC-10)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from shared.period import VIETNAM
from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem, environment


def test_the_terminal_prints_the_months_counts_in_three_forms(database: TestDatabase) -> None:
    env = environment(DATABASE_URL=database.app_url, BANGDIEM_GATEWAY_KEY_PEPPER="pepper-of-thirty-two-characters-or-more")
    month = datetime.now(UTC).astimezone(VIETNAM).strftime("%Y-%m")
    bangdiem("key", "create", "Người minh họa", "--role", "auditor", "--reason", "thử", env=env)
    document = json.loads(bangdiem("usage", "--period", month, "--json", env=env).stdout)
    machine = next(each for each in document["groups"] if each["user_group"] == "machine")
    made = [one for held in machine["by_roles"] for one in held["actions"] if one["action"] == "key.create"]
    assert made == [{"action": "key.create", "entries": 1, "actors": 1}]
    lines = bangdiem("usage", "--period", month, "--csv", env=env).stdout.splitlines()
    assert sum(int(line.split(",")[-2]) for line in lines[1:]) == document["entries"]
    assert json.loads(bangdiem("webhooks", "--json", env=env).stdout) == {"webhooks": []}
    assert "Tổng cộng" in bangdiem("usage", "--period", month, env=env).stdout
    assert bangdiem("usage", "--period", month, "--csv", "--json", env=env, check=False).returncode == 2
