"""A section sent again: only the rules that read it are run, the result is the whole check's, confirmations stay (INT-07)."""

from __future__ import annotations

import json
from typing import Any

from services.gateway.reports.formats.media_types import JSON, NDJSON
from services.gateway.reports.rules.catalogue import catalogue_in_force
from services.gateway.reports.rules.checks import CHECKS
from tests.integration.gateway.conftest import House
from tests.integration.gateway.reports import Body, report, task
from tests.integration.gateway.seeds import Seeds

PERIOD = "2026-02"
RULES = {rule.id: CHECKS[rule.check].reads for rule in catalogue_in_force(PERIOD).rules if rule.check in CHECKS}
TRIAL = {"section": "D1", "visibility": "public", "text": "Nội dung test 1"}
TWICE = [{"database": code, "database_name": "Dữ liệu minh họa", "new_records": 0} for code in ("csdl-a", "csdl-b")]


async def replaced(body: Body, section: str, rows: Any) -> dict[str, Any]:
    tag = (await body.get("/1")).json()["content"]["etag"]
    answer = await body.ask(
        "PUT", f"/1/content/{section}", "drafter", headers={"content-type": JSON, "if-match": tag}, content=json.dumps(rows)
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def listed(body: Body) -> list[dict[str, Any]]:
    answer = await body.get("/1/findings", accept=NDJSON)
    return [json.loads(line) for line in answer.content.splitlines()]


async def whole_check(body: Body) -> dict[str, Any]:
    """Recorded by asking for it: it rests on nothing."""
    made = await body.post("/1/validations", "drafter")
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()["summary"]
    return found


async def test_only_dependent_rules_run_and_the_result_is_that_of_the_whole_check(house: House, seeds: Seeds) -> None:
    body = Body(house, "G28", PERIOD)
    await body.begin()
    sent = await body.sent(1, report("G28", PERIOD, reported_databases=TWICE, narratives=[TRIAL]))
    assert sent["summary"]["carried"] == [], "a whole report is checked whole"
    keys = {each["rule"]: each["key"] for each in sent["findings"] if each["severity"] == "confirm"}
    assert set(keys) == {"database-name-repeated"}
    for key in keys.values():
        asked = {"finding_key": key, "reason": "Đúng như vậy (minh họa)"}
        assert (await body.post("/1/confirmations", "drafter", asked)).status_code == 201

    tasks = await replaced(body, "registered_tasks", [task(7, title="Cầu số 7")])
    assert set(tasks["summary"]["carried"]) == {rule for rule, reads in RULES.items() if "registered_tasks" not in reads}
    assert {"narrative-trial", "database-name-repeated"} <= set(tasks["summary"]["carried"])
    found = await listed(body)
    assert {"narrative-trial", "database-name-repeated", "task-title-short"} <= {each["rule"] for each in found}
    others = {name for name, digest in tasks["section_digests"].items() if digest == sent["section_digests"][name]}
    assert others == {"report", "reported_databases", "narratives"}
    again = await whole_check(body)
    assert {**tasks["summary"], "carried": []} == again
    assert await listed(body) == found
    await body.step(1, "handovers", "drafter")
    assert (await body.post("/1/rejections", "approver", {"reason": "Xem lại (minh họa)"})).status_code == 201

    words = await replaced(body, "narratives", [{**TRIAL, "text": "Nội dung test 2"}])
    assert set(words["summary"]["carried"]) == {rule for rule, reads in RULES.items() if "narratives" not in reads}
    other = await replaced(body, "reported_databases", [{**row, "database_name": "Dữ liệu khác"} for row in TWICE])
    assert set(other["summary"]["carried"]) == {rule for rule, reads in RULES.items() if "reported_databases" not in reads}
    refused = await body.post("/1/handovers", "drafter")
    assert [each["rule_id"] for each in refused.json()["errors"]] == ["database-name-repeated"], "its value changed: it lapsed"

    wrong = await replaced(body, "registered_tasks", [task(7, registered_on="sai")])
    assert (wrong["digest"], wrong["summary"]["carried"]) == (None, [])
    mended = await replaced(body, "registered_tasks", [task(7)])
    assert mended["summary"]["carried"] == [], "nothing was known of a report that could not be read"
    await seeds.counted({"G28": 12}, PERIOD, version=1)
    known = await replaced(body, "reported_databases", [{**TWICE[0], "database": "CSDL-MH", "new_records": 12}])
    assert known["summary"]["carried"] == [], "what is known is another since"
    assert "database-automatic" in {each["rule"] for each in known["findings"]}
    assert {**known["summary"], "carried": []} == await whole_check(body)
