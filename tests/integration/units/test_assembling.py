"""The lead unit assembles: what goes in, what stands in the way, and whose hand it was (APR-02, APR-03)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.gateway.access import tenancy
from shared.audit import Actor, record
from shared.ids import new_id
from tests.integration.units.conftest import Founding
from tests.integration.units.province import DAY_FOUR, FIXTURE, REASON, Province, section_of

DOCUMENT: dict[str, Any] = FIXTURE["report"]


async def ready(founded: Founding, agency: str, *codes: str) -> tuple[Province, str]:
    """A province whose units sent these sections, and the address of its draft."""
    province = await founded(agency)
    for code in codes:
        await province.send(section_of(code))
    sequence = await province.begin()
    return province, f"{province.month}/submissions/{sequence}"


async def content(province: Province, one: str) -> tuple[dict[str, Any], str]:
    answer = await province.ask("GET", f"{one}/content", "drafter")
    return answer.json(), answer.headers["etag"]


async def test_sections_go_into_the_draft_and_everything_else_stays(founded: Founding) -> None:
    province, one = await ready(founded, "H38", "C1", "D1")
    dry = await province.ask("POST", f"{one}/assemblies?dry_run=true", "drafter", DOCUMENT)
    assert (dry.status_code, dry.json()["assembly"], dry.json()["content"]["revision"]) == (200, None, None)
    made = await province.post(f"{one}/assemblies", "drafter", {**DOCUMENT, **REASON})
    assert (made["assembly"]["revision"], made["content"]["digest"]) == (1, dry.json()["content"]["digest"])
    report, tag = await content(province, one)
    assert report["report"] == {"form": "monthly-report/1", "agency": "H38", "period": "2026-01", **DOCUMENT}
    assert report["registered_tasks"] == section_of("D1")["rows"]
    assert report["reported_databases"] == section_of("C1")["rows"]
    assert report["narratives"] == [{"section": "C1", **section_of("C1")["narratives"][0]}]

    # The drafter writes a narrative of their own; a new version of C1 replaces C1's rows and narratives and nothing else.
    own = [{"section": "general", "visibility": "public", "text": "Lời của đơn vị đầu mối (minh họa)."}]
    put = await province.ask("PUT", f"{one}/content/narratives", "drafter", [*own, *report["narratives"]], **{"if-match": tag})
    assert put.status_code == 200, put.text
    rows = [{**section_of("C1")["rows"][0], "new_records": 7}]
    await province.send({"indicator": "C1", "rows": rows})
    assert (await province.board())["C1"]["state"] == "sent", "the new version is not in the report yet"
    for headers, status, slug in (({}, 428, "precondition-missing"), ({"if-match": tag}, 412, "content-changed")):
        answer = await province.ask("POST", f"{one}/assemblies", "drafter", {}, **headers)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, slug)
    again = await province.post(f"{one}/assemblies", "drafter", {}, **{"if-match": put.headers["etag"]})
    report, _ = await content(province, one)
    assert (report["reported_databases"], report["narratives"], report["report"]["document"]) == (
        rows,
        own,
        DOCUMENT["document"],
    )
    listed = (await province.get(f"{one}/assemblies", "approver"))["items"]
    assert [each["revision"] for each in listed] == [1, 3]
    assert [each["version"] for each in listed[1]["sections"]] == [2, 1]
    assert (
        listed[1] == again["assembly"] == await province.get(f"{one}/assemblies/{again['assembly']['assembly_id']}", "signer")
    )
    whole = await province.get(f"{province.month}/sections/D1", "so-khcn")
    assert [each["revision"] for each in whole["assembled_in"]] == [1, 3]


async def test_a_missing_section_names_its_unit_unless_it_is_left_out_with_a_reason(founded: Founding) -> None:
    province, one = await ready(founded, "H26", "D1")
    status, slug, problem = await province.refused(f"{one}/assemblies", "drafter", DOCUMENT)
    assert (status, slug) == (409, "sections-missing")
    (fault,) = problem["errors"]
    contact = FIXTURE["units"][2]["contact"]
    assert fault["pointer"] == "/sections/C1"
    assert "Công an tỉnh" in fault["detail"]
    assert all(contact[name] in fault["expected"] for name in ("name", "phone", "email"))
    left_out = [{"indicator": "C1", "reason": "Chưa có số liệu, sẽ bổ sung (minh họa)"}]
    made = await province.post(f"{one}/assemblies", "drafter", {**DOCUMENT, "without": left_out})
    assert (made["assembly"]["without"], [each["indicator"] for each in made["sections"]]) == (left_out, ["D1"])
    report, _ = await content(province, one)
    assert "reported_databases" not in report, "left out is missing, never an empty list"
    assert made["content"]["digest"] is None
    missing = [each["rule"] for each in made["content"]["findings"] if each["severity"] == "fatal"]
    assert "section-missing" in missing
    assert (await province.refused(f"{one}/handovers", "drafter", {}))[:2] == (409, "findings-open")


@pytest.mark.parametrize(
    ("without", "places"),
    [
        ([{"indicator": "A1", **REASON}], ["/without/0/indicator"]),
        ([{"indicator": "C1", **REASON}, {"indicator": "C1", **REASON}], ["/without"]),
        ([{"indicator": "C1", "reason": " "}], ["/without/0/reason"]),
    ],
)
async def test_what_feeds_nothing_cannot_be_left_out(founded: Founding, without: Any, places: list[str]) -> None:
    if not _READY:
        _READY.append(await ready(founded, "H42"))
    province, one = _READY[0]
    status, _, problem = await province.refused(f"{one}/assemblies", "drafter", {"without": without})
    assert (status, [each["pointer"] for each in problem["errors"]]) == (422, places)


async def test_what_a_unit_sent_is_taken_in_or_returned_and_never_left_out(founded: Founding) -> None:
    province, one = await ready(founded, "H05", "C1", "D1")
    left_out = {**DOCUMENT, "without": [{"indicator": "D1", **REASON}]}
    status, slug, problem = await province.refused(f"{one}/assemblies", "drafter", left_out)
    assert (status, slug, [each["pointer"] for each in problem["errors"]]) == (422, "input-invalid", ["/without/0/indicator"])
    await province.post(f"{province.month}/sections/D1/returns", "drafter", {"version": 1, **REASON})
    made = await province.post(f"{one}/assemblies", "drafter", left_out)
    assert [each["indicator"] for each in made["sections"]] == ["C1"]


_READY: list[tuple[Province, str]] = []


async def test_a_returned_section_is_missing_again_and_a_late_one_counts(founded: Founding) -> None:
    province, one = await ready(founded, "H56", "C1", "D1")
    await province.post(f"{province.month}/sections/C1/returns", "drafter", {"version": 1, "reason": "Sai số liệu (minh họa)"})
    status, _, problem = await province.refused(f"{one}/assemblies", "drafter", DOCUMENT)
    assert (status, [each["pointer"] for each in problem["errors"]]) == (409, ["/sections/C1"])
    assert "Sai số liệu (minh họa)" in problem["errors"][0]["detail"]
    province.clock["at"] = DAY_FOUR
    assert (await province.send(section_of("C1")))["late"] is True
    made = await province.post(f"{one}/assemblies", "drafter", DOCUMENT)
    assert {each["indicator"]: each["late"] for each in made["sections"]} == {"C1": True, "D1": False}


async def test_only_a_drafter_of_the_lead_unit_assembles(founded: Founding) -> None:
    province, one = await ready(founded, "H01", "C1", "D1")
    for who in ("so-khcn", "approver", "signer", "admin one"):
        assert (await province.refused(f"{one}/assemblies", who, DOCUMENT))[:2] == (403, "not-allowed")
    await province.employ("another drafter", "agency_drafter")
    assert (await province.refused(f"{one}/assemblies", "another drafter", DOCUMENT))[:2] == (403, "not-lead-unit")


async def test_who_wrote_a_section_that_went_in_neither_approves_nor_signs(founded: Founding) -> None:
    """The author of C1 has the approver's and signer's roles too; nobody else's hand is on the report."""
    province = await founded("H24")
    await province.employ("all hands", "agency_unit", "agency_approver", "agency_signer")
    await province.assign("all hands", "cong-an")
    await province.send(section_of("C1"), "all hands")
    await province.send(section_of("D1"))
    one = f"{province.month}/submissions/{await province.begin()}"
    made = await province.post(f"{one}/assemblies", "drafter", DOCUMENT)
    for finding in made["content"]["findings"]:
        if finding["severity"] == "confirm":
            await province.post(f"{one}/confirmations", "drafter", {"finding_key": finding["key"], **REASON})
    await province.post(f"{one}/handovers", "drafter")
    assert "approve" not in (await province.get(one, "all hands"))["allowed_actions"]
    assert (await province.refused(f"{one}/approvals", "all hands", {}))[:2] == (403, "same-person")
    with pytest.raises(DBAPIError, match="had a hand in it"):
        await _approve_by_hand(province, one)
    await province.post(f"{one}/approvals", "approver")
    signed = {"digest": made["content"]["digest"]}
    assert (await province.refused(f"{one}/signatures", "all hands", signed))[:2] == (403, "same-person")
    assert (await province.post(f"{one}/signatures", "signer", signed))["state"] == "accepted"


async def _approve_by_hand(province: Province, one: str) -> None:
    """The trigger by itself, without the use case."""
    found = await province.get(one, "drafter")
    actor = Actor(f"key:{province.keys['all hands'][0]}", frozenset({"agency_approver"}), province.agency)
    statement = text("""
        INSERT INTO intake.transition (transition_id, submission_id, number, agency, action, from_state, to_state, actor)
        VALUES (:step, :submission, :number, :agency, 'approve', 'in_review', 'approved', :actor)""")
    values = {"step": new_id("step"), "submission": found["submission_id"], "number": found["step"] + 1}
    async with tenancy.transaction(province.runtime.database, actor) as connection:
        await record(connection, actor.id, "submission.approve", found["submission_id"])
        await connection.execute(statement, {**values, "agency": province.agency, "actor": actor.id})


async def test_a_reverted_report_leaves_its_sections_to_the_next_one(founded: Founding) -> None:
    province, one = await ready(founded, "H55", "C1", "D1")
    await province.post(f"{one}/assemblies", "drafter", DOCUMENT)
    assert (await province.board())["D1"]["state"] == "assembled"
    await province.post(f"{one}/reverts", "drafter", REASON)
    assert (await province.board())["D1"]["state"] == "sent"
    again = f"{province.month}/submissions/{await province.begin()}"
    assert (await province.post(f"{again}/assemblies", "drafter", DOCUMENT))["assembly"]["revision"] == 1
