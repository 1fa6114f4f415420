"""Findings by rule equal what the stores hold, finding by finding; a body sees its own (DSH-05). Every figure is invented."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import Any

from services.gateway.reports.submissions.stored import unpacked
from tests.integration.gateway.conftest import API, HOME, House
from tests.integration.gateway.reports import Body, report, task
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_eform import browser
from tests.integration.gateway.test_lists import walk

MONTH, BEFORE, OTHER, TRIAL = "2026-02", "2026-01", "G09", "G10"
BOARD = f"{API}/periods/{MONTH}/finding-board"
OWN = f"{API}/agencies/{{}}/periods/{MONTH}/finding-board"
SHORT = [task(1, title="a"), task(2, title="b"), task(3, accepted_on="2026-02-03")]


async def stored(house: House) -> Counter[tuple[str, str, str]]:
    """By agency, rule and severity, every finding of every check of a body's last report, decoded one by one by other code."""
    checks = await house.facts(
        "SELECT s.agency, s.sequence, s.period, v.revision, v.recorded_at, v.findings FROM intake.validation v"
        " JOIN intake.submission s USING (submission_id) WHERE NOT s.test"
    )
    latest: dict[str, Any] = {}
    for check in sorted(checks, key=lambda each: (each["sequence"], each["revision"], each["recorded_at"])):
        if check["period"] == MONTH:
            latest[check["agency"]] = check
    lines = [(agency, line) for agency, check in latest.items() for line in unpacked(bytes(check["findings"])).splitlines()]
    decoded = [(agency, json.loads(line)) for agency, line in lines]
    return Counter((agency, each["rule"], each["severity"]) for agency, each in decoded)


async def filled(house: House, seeds: Seeds) -> None:
    await seeds.freeze("ndxp", BEFORE)
    first = await seeds.freeze("system57", MONTH)
    await seeds.freeze("system57", MONTH, version=2, supersedes=first)
    await seeds.freeze("ndxp", MONTH)
    for agency, tasks in ((HOME, SHORT), (OTHER, SHORT[:1])):
        body = Body(house, agency, MONTH)
        if agency == HOME:
            await body.signed()
        await body.sent(await body.begin(), report(agency, MONTH, tasks=tasks))
    trial = Body(house, TRIAL, MONTH)
    await trial.sent(await trial.begin(test=True), report(TRIAL, MONTH, tasks=SHORT))
    earlier = Body(house, HOME, BEFORE)
    await earlier.sent(await earlier.begin(), report(HOME, BEFORE, tasks=SHORT[:1]))


async def test_counts_are_those_of_the_stores(house: House, seeds: Seeds) -> None:
    await filled(house, seeds)
    found = (await house.get(BOARD, "operator")).json()
    lines = {(each["store"], each["source"], each["rule"], each["severity"]): each for each in found["items"]}

    reports = await stored(house)
    by_rule: Counter[tuple[str, str]] = Counter()
    for (_, rule, severity), count in reports.items():
        by_rule[rule, severity] += count
    shown = {key[2:]: each["count"] for key, each in lines.items() if key[0] == "reports" and each["count"]}
    assert len(by_rule) > 1
    assert shown == dict(by_rule)
    for (rule, severity), count in by_rule.items():
        line = lines["reports", "agency_report", rule, severity]
        assert line["agencies"] == sorted({agency for agency, one, of in reports if (one, of) == (rule, severity)})
        assert "{" not in line["message_vi"]
        assert count

    listed = await walk(house, f"{API}/findings?period={MONTH}", lambda: seeds.run("2026-01"))
    pulled = Counter((each["source"], each["code"], each["severity"]) for each in listed)
    assert {key[1:]: each["count"] for key, each in lines.items() if key[0] == "sources" and each["count"]} == dict(pulled)
    assert found["findings"] == sum(by_rule.values()) + len(listed)

    ndxp = next(each for each in found["items"] if each["source"] == "ndxp")
    assert (ndxp["before"], ndxp["change"], ndxp["months"], ndxp["indicators"]) == (1, 0, [BEFORE, MONTH], ["C2"])
    short = lines["reports", "agency_report", "task-title-short", "notice"]
    assert (short["count"], short["bodies"], short["before"], short["indicators"]) == (3, 2, 1, ["D1"])
    assert [each["count"] for each in found["items"]] == sorted((each["count"] for each in found["items"]), reverse=True)

    table = (await house.get(f"{BOARD}?format=csv", "operator")).content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(table), delimiter=";")
    assert (head[2:5], len(rows)) == (["Quy tắc", "Mức độ", "Số cảnh báo"], len(lines))

    own = (await house.get(OWN.format(HOME), "agency_drafter")).json()
    mine = {(each["rule"], each["severity"]): each["count"] for each in own["items"] if each["count"]}
    assert mine == {(rule, severity): count for (agency, rule, severity), count in reports.items() if agency == HOME}
    assert {code for each in own["items"] for code in each["agencies"]} == {HOME}
    assert OTHER not in (await house.get(OWN.format(HOME), "agency_drafter")).text
    assert (await house.get(OWN.format(OTHER), "agency_drafter")).status_code == 404

    async with browser(house, house.keys["operator"]) as client:
        page = await client.get(f"/e-form/periods/{MONTH}/finding-board")
        assert (page.status_code, page.text.count('role="rowheader"')) == (200, len(lines))
        assert (await client.get(f"/e-form/periods/{MONTH}/finding-board.csv")).content.decode("utf-8-sig") == table
    async with browser(house, house.keys["agency_signer"]) as client:
        page = await client.get(f"/e-form/agencies/{HOME}/periods/{MONTH}/finding-board")
        assert page.status_code == 200
        assert "Cảnh báo theo quy tắc" in page.text


async def test_the_first_month_has_none_before_it(house: House, seeds: Seeds) -> None:
    await seeds.freeze("finance", BEFORE)
    found = (await house.get(f"{API}/periods/{BEFORE}/finding-board", "auditor")).json()
    assert {(each["before"], each["change"]) for each in found["items"]} == {(None, None)}
    assert found["since"] == "2025-02"
