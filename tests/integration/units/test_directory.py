"""Units with their contact points, who works for them, and plans: configuration that two administrators make (APR-02)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.gateway.access import tenancy
from shared.audit import Actor, record
from tests.integration.units.conftest import Founding
from tests.integration.units.province import FIXTURE, REASON, Province

PLAN: dict[str, Any] = {**FIXTURE["plan"], **REASON}


def unit(code: str, **words: Any) -> dict[str, Any]:
    return {**FIXTURE["units"][0], "unit": code, **REASON, **words}


def change(**words: Any) -> dict[str, Any]:
    return {name: value for name, value in unit("x", **words).items() if name != "unit"}


async def test_a_unit_is_a_list_of_versions(empty: Province) -> None:
    made = await empty.post(f"{empty.path}/units", "admin one", unit("van-thu", name="Văn thư"))
    assert (made["unit"], made["version"], made["contact"]) == ("van-thu", 1, FIXTURE["units"][0]["contact"])
    assert (await empty.refused(f"{empty.path}/units", "admin one", unit("van-thu")))[:2] == (409, "unit-exists")
    contact = {**made["contact"], "name": "Cán bộ mới (minh họa)"}
    path = f"{empty.path}/units/van-thu"
    assert (await empty.post(f"{path}/versions", "admin one", change(contact=contact)))["version"] == 2
    assert (await empty.post(f"{path}/versions", "admin one", change(ended=True)))["ended"] is True
    whole = await empty.get(path, "admin one")
    assert [(each["version"], each["ended"], each["contact"]["name"]) for each in whole["versions"]] == [
        (1, False, FIXTURE["units"][0]["contact"]["name"]), (2, False, "Cán bộ mới (minh họa)"),
        (3, True, FIXTURE["units"][0]["contact"]["name"]),
    ]  # fmt: skip
    listed = await empty.get(f"{empty.path}/units?limit=500", "admin one")
    assert [each["version"] for each in listed["items"] if each["unit"] == "van-thu"] == [3]
    member = {"subject": f"key:{empty.keys['admin two'][0]}", **REASON}
    assert (await empty.refused(f"{path}/members", "admin one", member))[:2] == (409, "unit-ended")
    assert (await empty.refused(f"{empty.path}/units/khong-co/members", "admin one", member))[:2] == (404, "not-found")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/unit", {"unit": "Sở KHCN"}),
        ("/unit", {"unit": "so--khcn"}),
        ("/name", {"name": " "}),
        ("/contact/email", {"contact": {**FIXTURE["units"][0]["contact"], "email": "không có"}}),
        ("/contact/phone", {"contact": {**FIXTURE["units"][0]["contact"], "phone": "-"}}),
        ("/contact/position", {"contact": {**FIXTURE["units"][0]["contact"], "position": ""}}),
    ],
)
async def test_a_unit_without_its_contact_point_is_none(empty: Province, place: str, words: dict[str, Any]) -> None:
    status, slug, problem = await empty.refused(f"{empty.path}/units", "admin one", {**unit("moi"), **words})
    assert (status, slug, [each["pointer"] for each in problem["errors"]]) == (422, "input-invalid", [place])


async def test_only_people_of_the_agency_work_for_its_units(founded: Founding, empty: Province) -> None:
    province = await founded("H26")
    members = f"{province.path}/units/cong-an/members"
    stranger = {"subject": f"key:{empty.keys['admin one'][0]}", **REASON}
    nobody = {"subject": "oidc:vpcp:ai-do", **REASON}
    for body in (stranger, nobody):
        status, slug, problem = await province.refused(members, "admin one", body)
        assert (status, slug, problem["errors"][0]["pointer"]) == (422, "input-invalid", "/subject")
    (line,) = (await province.get(members, "admin one"))["items"]
    again = {"subject": line["subject"], **REASON}
    assert (await province.refused(members, "admin one", again))[:2] == (409, "unit-member-already")
    ended = await province.post(f"{members}/{line['membership_id']}/revocations", "admin one", REASON)
    assert ended["ended_at"] is not None
    over = await province.refused(f"{members}/{line['membership_id']}/revocations", "admin one", REASON)
    assert over[:2] == (409, "unit-membership-over")
    section = {"indicator": "C1", "rows": []}
    assert (await province.refused(f"{province.month}/sections", "cong-an", section))[:2] == (403, "not-in-a-unit")


async def test_a_rotated_key_goes_on_for_its_unit(founded: Founding) -> None:
    province = await founded("H42")
    key_id = province.keys["cong-an"][0]
    body = {"overlap_hours": 0, **REASON}
    made = await province.post(f"{province.path}/credentials/{key_id}/rotations", "cong-an", body)
    province.keys["cong-an"] = (made["credential"]["key_id"], made["key"])
    assert (await province.send({"indicator": "C1", "rows": []}))["version"] == 1


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ({"assignments": PLAN["assignments"][:-1]}, ["/assignments"]),
        ({"assignments": [*PLAN["assignments"], PLAN["assignments"][0]]},
         ["/assignments/0/indicator", "/assignments/15/indicator"]),
        ({"assignments": [*PLAN["assignments"], {"indicator": "E9", "unit": "so-khcn"}]}, ["/assignments/15/indicator"]),
        ({"assignments": [{**each, "unit": "khong-co"} for each in PLAN["assignments"][:1]] + PLAN["assignments"][1:]},
         ["/assignments/0/unit"]),
        ({"lead_unit": "khong-co"}, ["/lead_unit"]),
        ({"lead_unit": "het-viec"}, ["/lead_unit"]),
        ({"due_day": 5}, ["/due_day"]),
        ({"due_time": "24:00"}, ["/due_time"]),
        ({"first_period": "2025-12"}, ["/first_period"]),
    ],
)  # fmt: skip
async def test_a_plan_that_cannot_be_names_every_fault(
    founded: Founding, opened: Province, words: dict[str, Any], places: list[str]
) -> None:
    province = await _with_ended_unit(founded, opened)
    status, slug, problem = await province.refused(f"{province.path}/unit-plans", "admin one", {**PLAN, **words})
    assert (status, slug) == (422, "input-invalid")
    assert [each["pointer"] for each in problem["errors"]] == places


_KEPT: dict[str, Province] = {}


async def _with_ended_unit(founded: Founding, opened: Province) -> Province:
    """H56, set up once."""
    del opened
    if "H56" not in _KEPT:
        province = await founded("H56")
        await province.post(f"{province.path}/units", "admin one", unit("het-viec"))
        await province.post(f"{province.path}/units/het-viec/versions", "admin one", change(ended=True))
        _KEPT["H56"] = province
    return _KEPT["H56"]


async def test_a_plan_takes_two_people_and_the_last_approved_holds(founded: Founding) -> None:
    province = await founded("H01")
    plans = f"{province.path}/unit-plans"
    later = {**PLAN, "due_day": 2, "due_time": "17:00", "document": "Công văn 2 (minh họa)"}
    made = await province.post(plans, "admin one", later)
    assert made["state"] == "requested"
    approvals = f"{plans}/{made['plan_id']}/approvals"
    assert (await province.refused(approvals, "admin one", REASON))[:2] == (403, "same-person")
    held = await province.get(f"{province.month}/unit-plan", "drafter")
    assert held["document"] == PLAN["document"], "not in force yet"
    assert (await province.post(approvals, "admin two", REASON))["state"] == "approved"
    assert (await province.refused(approvals, "admin two", REASON))[:2] == (409, "already-approved")
    held = await province.get(f"{province.month}/unit-plan", "drafter")
    assert (held["document"], held["deadline"]) == ("Công văn 2 (minh họa)", "2026-02-02T17:00:00+07:00")
    coming = await province.post(plans, "admin one", {**later, "first_period": "2026-02", "document": "Công văn 3 (minh họa)"})
    await province.post(f"{plans}/{coming['plan_id']}/approvals", "admin two", REASON)
    held = await province.get(f"{province.month}/unit-plan", "drafter")
    assert held["document"] == "Công văn 2 (minh họa)", "the third one begins in February"
    listed = (await province.get(plans, "cong-an"))["items"]
    assert [each["state"] for each in listed] == ["approved"] * 3


async def test_a_unit_that_answers_for_something_is_not_ended(founded: Founding) -> None:
    province = await founded("H05")
    path = f"{province.path}/units/cong-an/versions"
    assert (await province.refused(path, "admin one", change(ended=True)))[:2] == (409, "unit-in-use")
    without = [{**each, "unit": "so-khcn"} if each["unit"] == "cong-an" else each for each in PLAN["assignments"]]
    made = await province.post(f"{province.path}/unit-plans", "admin one", {**PLAN, "assignments": without})
    await province.post(f"{province.path}/unit-plans/{made['plan_id']}/approvals", "admin two", REASON)
    ended = await province.post(path, "admin one", change(ended=True))
    assert ended["ended"] is True


async def test_without_a_plan_nobody_answers_for_anything(empty: Province) -> None:
    answer = await empty.ask("GET", f"{empty.month}/sections", "admin one")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "unit-plan-missing")


async def test_the_database_refuses_a_plan_approved_by_who_asked(empty: Province) -> None:
    """The database's guard by itself, without the use case."""
    await empty.post(f"{empty.path}/units", "admin one", unit("mot-minh"))
    assignments = [{**each, "unit": "mot-minh"} for each in PLAN["assignments"]]
    asked = {**PLAN, "lead_unit": "mot-minh", "assignments": assignments}
    made = await empty.post(f"{empty.path}/unit-plans", "admin one", asked)
    with pytest.raises(DBAPIError, match="approved by"):
        await _approve_by_hand(empty, made["plan_id"])


async def _approve_by_hand(empty: Province, plan_id: str) -> None:
    actor = Actor(f"key:{empty.keys['admin one'][0]}", frozenset({"agency_admin"}), empty.agency)
    insert = text("INSERT INTO intake.unit_plan_approval (plan_id, agency, actor, reason) VALUES (:id, :agency, :actor, 'x')")
    async with tenancy.transaction(empty.runtime.database, actor) as connection:
        await record(connection, actor.id, "unit_plan.approve", plan_id)
        await connection.execute(insert, {"id": plan_id, "agency": empty.agency, "actor": actor.id})
