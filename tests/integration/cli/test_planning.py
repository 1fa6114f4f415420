"""`bangdiem plan` and `bangdiem publish`: what would move is printed first, and publishing names what was printed (OPS-01)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem
from tests.integration.cli.test_revisions import Env
from tests.integration.cli.test_revisions import people as people
from tests.integration.scoring.test_runs import looked_again, rule

WHY = ("--reason", "thử")
MONTH = "2026-01"


def said(env: Env, *words: str, code: int = 0) -> Any:
    done = bangdiem(*words, *WHY, "--json", env=env, check=False)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
async def ruled(people: dict[str, Env], database: TestDatabase) -> dict[str, Env]:
    await rule(database, "5")
    await looked_again(database, MONTH)
    return people


async def test_what_would_move_is_shown_before_it_is_scored_and_before_it_is_published(
    ruled: dict[str, Env], database: TestDatabase
) -> None:
    operator, publisher = ruled["operator"], ruled["one"]
    first = said(operator, "plan", MONTH)
    assert first["difference"]["against"] is None
    run = said(operator, "score", MONTH, "--plan", first["plan_id"])["run_id"]
    shown = bangdiem("publish", run, *WHY, env=publisher, check=False)
    assert (shown.returncode, "chưa công bố phiên bản nào; 56 cơ quan có điểm lần đầu" in shown.stdout) == (2, True)
    command = f"bangdiem publish {run} --plan {first['digest']} --reason …"
    assert shown.stdout.rstrip().endswith(command), "the very command to type, with the digest that the plan had"
    assert said(publisher, "publish", run, code=2) == {"plan": first["digest"], "difference": first["difference"]}
    assert said(publisher, "publish", run, "--plan", first["digest"])["version"] == 1

    stale = said(operator, "plan", MONTH)
    assert stale["difference"]["agencies"] == []
    await rule(database, "7")
    told = bangdiem("plan", MONTH, *WHY, env=operator).stdout
    assert "so với phiên bản 1, 1 cơ quan đổi điểm" in told
    assert "do quyết định xử lý" in told
    refused = bangdiem("score", MONTH, "--plan", stale["plan_id"], *WHY, env=operator, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "rulings/H38/exchange_transactions" in refused.stderr
    other = bangdiem("score", "2026-02", "--plan", stale["plan_id"], *WHY, env=operator, check=False)
    assert (other.returncode, f"là kế hoạch của kỳ {MONTH}" in other.stderr) == (2, True)
    later = said(operator, "score", MONTH)["run_id"]
    blind = bangdiem("publish", later, "--plan", first["digest"], *WHY, env=publisher, check=False)
    assert (blind.returncode, blind.stdout) == (2, "")
    seen = said(publisher, "publish", later, code=2)["plan"]
    assert said(publisher, "publish", later, "--plan", seen)["version"] == 2
