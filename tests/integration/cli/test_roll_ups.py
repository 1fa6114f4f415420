"""`bangdiem roll-up`: a quarter is computed and shown; a month that is not published refuses it in a line (RUL-14)."""

from __future__ import annotations

import json

from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem
from tests.integration.cli.test_heads import people as people
from tests.integration.gateway.seeds import Seeds

UNTIL = ("--check-until", "2099-01-01T00:00:00+07:00", "--reason", "tổng hợp (minh họa)")


async def test_a_quarter_is_computed_and_shown(people: dict[str, dict[str, str]], database: TestDatabase) -> None:
    operator, seeds = people["operator"], Seeds(database.app_url)
    for month in ("2026-01", "2026-02"):
        await seeds.publish(month, version=1)
    refused = bangdiem("roll-up", "compute", "2026-Q1", *UNTIL, env=operator, check=False)
    assert (refused.returncode, "các tháng chưa công bố của 2026-Q1: 2026-03" in refused.stderr) == (2, True), refused.stderr
    await seeds.publish("2026-03", version=1)
    wrong = bangdiem("roll-up", "compute", "2026-Q1", *UNTIL, env=people["publisher"], check=False)
    assert wrong.returncode == 2
    made = json.loads(bangdiem("roll-up", "compute", "2026-Q1", *UNTIL, "--json", env=operator).stdout)
    assert (made["state"], made["silent"], made["stale"]) == ("đang để các cơ quan kiểm tra", 56, [])
    await seeds.publish("2026-02", version=2)
    told = bangdiem("roll-up", "show", "2026-Q1", env=operator).stdout
    assert "2026-Q1: đang để các cơ quan kiểm tra; từ 2026-01 phiên bản 1, 2026-02 phiên bản 1, 2026-03 phiên bản 1" in told
    assert "đã đính chính sau khi tổng hợp: 2026-02; cần tổng hợp lại" in told
    shown = json.loads(bangdiem("roll-up", "show", "2026-Q1", "--json", env=operator).stdout)
    assert (shown["digest"], len(shown["lines"])) == (made["digest"], 56)
    none = bangdiem("roll-up", "show", "2026", env=operator, check=False)
    assert (none.returncode, "chưa có bản tổng hợp nào của 2026" in none.stderr) == (2, True), none.stderr
