"""Rulings, applicability and calendar rows: validated against the scheme, recorded with reason, never changed (AUD-11)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from services.gateway.operations.decisions import propose_ruling
from shared.audit import record
from shared.canonical import canonical_bytes
from shared.database import Database
from shared.errors import InputInvalid
from shared.ids import new_id
from shared.tables.scoring import run
from tests.integration.gateway.conftest import API, ROOT, House
from tests.integration.gateway.seeds import Seeds

WORDS = {"reason": "Nguồn không trả lời", "document": "Công văn 1/VPCP (minh họa)"}
RULING = {"period": "2026-01", "agency": "G06", "measure": "accepted_tasks", "value": "3", **WORDS}
EXEMPTION = {"agency": "G06", "indicator": "B1", "valid_from": "2026-01", "valid_to": "2026-06", **WORDS}
ENTRY = {"period": "2026-01", "source": "ndxp", "kind": "cutoff", "falls_at": "2099-02-03T00:00:00+07:00", "reason": "gia hạn"}


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


@pytest.mark.parametrize(
    ("path", "body", "identity", "action"),
    [
        ("/rulings", RULING, "ruling_id", "ruling.propose"),
        ("/rulings", {**RULING, "measure": "transparency", "value": "17.25"}, "ruling_id", "ruling.propose"),
        ("/rulings", {**RULING, "measure": "speeches", "value": "0"}, "ruling_id", "ruling.propose"),
        ("/applicability", EXEMPTION, "applicability_id", "applicability.propose"),
        ("/applicability", {**EXEMPTION, "indicator": "B2", "valid_to": None}, "applicability_id", "applicability.propose"),
        ("/calendar", ENTRY, "entry_id", "calendar_entry.propose"),
        ("/calendar", {**ENTRY, "source": "*"}, "entry_id", "calendar_entry.propose"),
    ],
)
async def test_a_decision_is_a_fact_with_its_audit_row(
    house: House, path: str, body: dict[str, Any], identity: str, action: str
) -> None:
    answer = await house.post(API + path, "publisher", body)
    assert answer.status_code == 201, answer.text
    written = answer.json()
    assert answer.headers["location"] == f"{API}{path}/{written[identity]}"
    assert (await house.get(answer.headers["location"], "reader")).json() == written
    assert {name: written[name] for name in body if name != "falls_at"} == {k: v for k, v in body.items() if k != "falls_at"}
    assert written["actor"] == f"key:{house.ids['publisher']}"
    assert (written["state"], written["in_force"], written["approved_by"]) == ("proposed", False, None)
    audit = await house.audit_of(written[identity])
    assert [(row["action"], row["actor"], row["reason"]) for row in audit] == [(action, written["actor"], body["reason"])]


@pytest.mark.parametrize(
    ("path", "body", "status", "pointer"),
    [
        ("/rulings", {**RULING, "measure": "no_such_measure"}, 422, "/measure"),
        ("/rulings", {**RULING, "value": "2.5"}, 422, "/value"),
        ("/rulings", {**RULING, "value": "-1"}, 422, "/value"),
        ("/rulings", {**RULING, "value": "NaN"}, 422, "/value"),
        ("/rulings", {**RULING, "value": "1e3"}, 422, "/value"),
        ("/rulings", {**RULING, "value": 3}, 422, "/value"),
        ("/rulings", {**RULING, "measure": "transparency", "value": "18.01"}, 422, "/value"),
        ("/rulings", {**RULING, "measure": "bonus_points", "value": "6"}, 422, "/value"),
        ("/rulings", {**RULING, "period": "2025-12"}, 422, "/period"),
        ("/rulings", {**RULING, "document": " "}, 422, "/document"),
        ("/rulings", {**RULING, "reason": " "}, 422, "/reason"),
        ("/rulings", {**RULING, "agency": "Z99"}, 404, None),
        ("/rulings", {**RULING, "measure": "late_tasks", "value": None}, 409, None),
        ("/applicability", {**EXEMPTION, "indicator": "E9"}, 422, "/indicator"),
        ("/applicability", {**EXEMPTION, "indicator": "X1"}, 422, "/indicator"),
        ("/applicability", {**EXEMPTION, "valid_to": "2025-01"}, 422, "/valid_to"),
        ("/applicability", {**EXEMPTION, "valid_from": "2026-07"}, 422, "/valid_to"),
        ("/applicability", {**EXEMPTION, "agency": "Z99"}, 404, None),
        ("/applicability", {**EXEMPTION, "reason": ""}, 422, "/reason"),
        ("/calendar", {**ENTRY, "source": "nowhere"}, 422, "/source"),
        ("/calendar", {**ENTRY, "falls_at": "2026-01-31T00:00:00+07:00"}, 422, "/falls_at"),
        ("/calendar", {**ENTRY, "falls_at": "2026-02-01T23:59:59+07:00"}, 422, "/falls_at"),
        ("/calendar", {**ENTRY, "kind": "report_deadline", "falls_at": "2026-02-04T23:59:59+07:00"}, 422, "/falls_at"),
        ("/calendar", {**ENTRY, "falls_at": "2026-02-03T00:00:00"}, 422, "/falls_at"),
        ("/calendar", {**ENTRY, "kind": "holiday"}, 422, "/kind"),
        ("/calendar", {**ENTRY, "reason": ""}, 422, "/reason"),
        ("/calendar", {**ENTRY, "falls_at": "2026-02-03T00:00:00+07:00"}, 422, "/falls_at"),
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_nothing(
    house: House, path: str, body: dict[str, Any], status: int, pointer: str | None
) -> None:
    before = await house.facts("SELECT max(id) AS last FROM audit.entry")
    answer = await house.post(API + path, "publisher", body)
    assert answer.status_code == status, answer.text
    assert [fault["pointer"] for fault in answer.json().get("errors", [])] == ([pointer] if pointer else [])
    assert await house.facts("SELECT max(id) AS last FROM audit.entry") == before


async def test_a_ruling_is_withdrawn_by_a_later_one(house: House) -> None:
    body = {**RULING, "measure": "registered_tasks", "value": "9"}
    made = await house.decide("/rulings", body)
    back = await house.decide("/rulings", {**body, "value": None})
    assert (back["withdraws"], back["state"], back["in_force"]) == (made["ruling_id"], "approved", False)
    assert (await house.get(f"{API}/rulings/{made['ruling_id']}", "reader")).json()["in_force"] is False
    assert (await house.post(f"{API}/rulings", "publisher", {**body, "value": None})).status_code == 409


async def test_an_applicability_row_is_withdrawn_once(house: House) -> None:
    made = await house.decide("/applicability", {**EXEMPTION, "indicator": "C1"})
    place = f"{API}/applicability/{made['applicability_id']}/withdrawals"
    answer = await house.post(place, "publisher", WORDS)
    assert answer.status_code == 201
    assert (await house.approve(answer.json()["applicability_id"])).status_code == 201
    assert answer.json()["withdraws"] == made["applicability_id"]
    assert (answer.json()["agency"], answer.json()["indicator"]) == ("G06", "C1")
    assert (await house.post(place, "publisher", WORDS)).status_code == 409
    of_withdrawal = f"{API}/applicability/{answer.json()['applicability_id']}/withdrawals"
    assert (await house.post(of_withdrawal, "publisher", WORDS)).status_code == 409
    assert (await house.post(place, "publisher", {**WORDS, "reason": " "})).status_code == 422
    missing = f"{API}/applicability/appl_{'0' * 26}"
    assert (await house.get(missing, "reader")).status_code == 404
    assert (await house.post(f"{missing}/withdrawals", "publisher", WORDS)).status_code == 404


@pytest.mark.parametrize("value", ["NaN", "1e5", "Infinity", "", " 1", "٣"])
async def test_the_command_line_meets_the_same_checks(house: House, value: str) -> None:
    with pytest.raises(InputInvalid):
        await propose_ruling(house.runtime.database, actor=ROOT, **{**RULING, "value": value})


async def test_text_is_normalised_once_at_the_border(house: House) -> None:
    decomposed = "Nguo\u0302\u0300n im la\u0323\u0306ng "
    body = {**RULING, "measure": "kpis_updated", "reason": decomposed}
    written = (await house.post(f"{API}/rulings", "publisher", body)).json()
    assert written["reason"] == "Nguồn im lặng"


async def run_with(seeds: Seeds, period: str, agency: str, *, measures: dict[str, Any], settled: dict[str, str]) -> None:
    """A later run of the month in which one body's measures are others."""
    row = await seeds.run(period)
    sheet = json.loads(row["sheet"])
    body = next(each for each in sheet["agencies"] if each["agency"] == agency)
    body["measures"] |= measures
    body["settled"] |= settled
    database = Database(seeds.url, role="scoring")
    async with database.transaction() as connection:
        run_id = new_id("run")
        changed = {"run_id": run_id, "inputs_digest": f"sha256:{row['run_id']}", "sheet": canonical_bytes(sheet)}
        await connection.execute(run.insert().values(**(row | changed)))
        await record(connection, "local:demo", "score.compute", run_id, reason="số liệu minh họa")
    await database.close()


async def test_a_ruling_supplies_only_what_the_latest_run_misses(house: House, seeds: Seeds) -> None:
    body = {**RULING, "period": "2026-02", "measure": "speeches", "value": "0"}
    before_any_run = await house.decide("/rulings", body)
    waits = (await house.post(f"{API}/rulings", "publisher", {**body, "measure": "kpis_updated"})).json()["ruling_id"]
    await seeds.run("2026-02")
    assert slug(await house.approve(waits)) == "measure-not-missing", "judged anew by the approval"
    refused = await house.post(f"{API}/rulings", "publisher", body)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "measure-not-missing")
    assert (await house.post(f"{API}/rulings", "publisher", {**body, "value": None})).status_code == 201
    given = {"settled": {"late_tasks": before_any_run["ruling_id"]}, "measures": {"speeches": None}}
    await run_with(seeds, "2026-02", "G06", **given)
    for measure, status in (("speeches", 201), ("late_tasks", 201), ("kpis_updated", 409)):
        answer = await house.post(f"{API}/rulings", "publisher", {**body, "measure": measure})
        assert answer.status_code == status, (measure, answer.text)
    assert (await house.post(f"{API}/rulings", "publisher", {**body, "agency": "G01"})).status_code == 409


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2026-03", "2026-05", 409),
        ("2026-01", "2026-03", 409),
        ("2026-05", None, 409),
        ("2026-04", "2026-04", 409),
        ("2026-01", None, 409),
        ("2026-01", "2026-02", 201),
        ("2026-06", None, 201),
        ("2026-06", None, 409),
    ],
)
async def test_a_month_is_exempted_once(house: House, first: str, last: str | None, status: int) -> None:
    """From March to May a row holds; what lies beside it may be said, and said once."""
    body = {**EXEMPTION, "indicator": "E1"}
    if (first, last) == ("2026-03", "2026-05"):
        await house.decide("/applicability", {**body, "valid_from": first, "valid_to": last})
    answer = await house.post(f"{API}/applicability", "publisher", {**body, "valid_from": first, "valid_to": last})
    assert answer.status_code == status, answer.text
    if status == 201:
        assert (await house.approve(answer.json()["applicability_id"])).status_code == 201
    if status == 409:
        assert answer.json()["type"].endswith("/problems/already-exempted")
        standing = answer.json()["context"]["applicability_id"]
        assert (await house.get(f"{API}/applicability/{standing}", "reader")).status_code == 200


async def test_another_body_or_indicator_or_a_withdrawn_row_stands_in_nobodys_way(house: House) -> None:
    body = {**EXEMPTION, "indicator": "E2"}
    made = await house.decide("/applicability", body)
    for other in ({**body, "indicator": "E3"}, {**body, "agency": "G01"}):
        assert (await house.post(f"{API}/applicability", "publisher", other)).status_code == 201
    place = f"{API}/applicability/{made['applicability_id']}/withdrawals"
    assert (await house.post(f"{API}/applicability", "publisher", body)).status_code == 409
    back = await house.post(place, "publisher", WORDS)
    assert (await house.post(f"{API}/applicability", "publisher", body)).status_code == 409, "a proposal has withdrawn nothing"
    assert (await house.approve(back.json()["applicability_id"])).status_code == 201
    assert (await house.post(f"{API}/applicability", "publisher", body)).status_code == 201


async def test_two_at_once_exempt_once(house: House) -> None:
    body = {**EXEMPTION, "indicator": "A2"}
    asked = [(await house.post(f"{API}/applicability", "publisher", body)).json()["applicability_id"] for _ in range(6)]
    answers = await asyncio.gather(*(house.approve(each) for each in asked))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409, 409]


@pytest.mark.parametrize("source", ["ndxp", "*"])
async def test_no_date_opens_a_frozen_month_again(house: House, seeds: Seeds, source: str) -> None:
    """Otherwise a late report of a published month could be made one in time by whoever writes the calendar."""
    frozen = {**ENTRY, "period": "2026-02", "source": source, "falls_at": "2099-12-30T00:00:00+07:00"}
    if source == "ndxp":
        await seeds.freeze(source="ndxp", period="2026-02")
    refused = await house.post(f"{API}/calendar", "publisher", frozen)
    assert (refused.status_code, slug(refused)) == (409, "month-frozen")
    other = {**frozen, "source": "finance"}
    assert (await house.post(f"{API}/calendar", "publisher", other)).status_code == 201


async def test_the_operators_board_says_how_everything_stands(house: House, seeds: Seeds) -> None:
    await seeds.freeze("national_database", "2026-02")
    answer = await house.get(f"{API}/operator-board?period=2026-02", "operator")
    assert answer.status_code == 200, answer.text
    board = answer.json()
    sources = {each["source"]: each for each in board["sources"]}
    assert len(sources) == 8
    assert [name for name, each in sources.items() if each["internal"]] == [
        "agency_report",
        "records_review",
        "government_office",
    ]
    assert sources["national_database"]["state"] == "frozen"
    assert sources["national_database"]["age_seconds"] is not None
    assert sources["finance"]["age_seconds"] is None
    assert len(board["bodies"]) == 56
    assert {each["state"] for each in board["bodies"]} == {"none"}
    status = (await house.get(f"{API}/status?period=2026-02", "operator")).json()
    assert [{name: each[name] for name in status["sources"][0]} for each in board["sources"]] == status["sources"]
