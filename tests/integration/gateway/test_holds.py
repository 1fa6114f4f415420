"""What holds a month's first version: told with bodies and points, and left out by two people alone (docs/adr/0028)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from shared.audit import record
from shared.holds.late_completions import OpenChange, at_stake
from shared.holds.register import PublicationHeld, open_holds
from shared.law.scheme import scheme_for
from shared.period import Period
from shared.tables.control import omission_approval
from tests.integration.gateway.conftest import API, ENGLISH, House, make_key
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_extensions import slug

MONTH = "2026-02"
WORDS = {"reason": "Hồ sơ chưa đủ căn cứ (minh họa)", "document": "Kết luận 9 (minh họa)"}
AGREED = {"reason": "Đồng ý để ngoài (minh họa)"}
TOLD = datetime(2026, 3, 3, 2, tzinfo=UTC)
# When January closed (G-7): the end of 1 February in Vietnam.
LOCKED = datetime(2026, 2, 1, 17, tzinfo=UTC)


def change(task: str, agency: str, kind: str, **beside: Any) -> dict[str, Any]:
    before, after = ("open", "on_time") if kind == "recorded_late" else ("on_time", "open")
    said = {"task_id": task, "agency": agency, "kind": kind, "due_on": date(2026, 2, 28), "completed_on": date(2026, 2, 27)}
    return {**said, "reported_at": TOLD, "verdict_before": before, "verdict_after": after, **beside}


async def fitting(seeds: Seeds, snapshot: str) -> dict[str, Any]:
    """A run whose H38 has a task on time, which can then be taken back: every run of the seeds has other figures."""
    while True:
        run = await seeds.run(MONTH, system57=snapshot)
        lines = {line["agency"]: line["measures"] for line in json.loads(run["sheet"])["agencies"]}
        if int(lines["H38"]["on_time_tasks"]):
            return run


def test_changes_that_do_not_fit_the_figures_have_no_points_that_could_be_told() -> None:
    """A ruling may have supplied the figures: no fact of the month is lost for it, and nothing breaks."""
    month = Period.parse(MONTH)
    facts = change("NV-1", "H38", "taken_back") | {"pull_id": "p", "snapshot_id": "s", "source": "system57"}
    lost = OpenChange(**facts, known_at=TOLD, found_at=TOLD)
    for on_time, told in (("1", Fraction(-18, 5)), ("0", None)):
        measures = {"period_tasks": "5", "on_time_tasks": on_time, "late_tasks": "0"}
        assert at_stake(scheme_for(month), month, "H38", measures, [lost]) == told


@pytest.fixture(scope="module")
async def held(seeds: Seeds, house: House) -> dict[str, Any]:
    """February: one body's two tasks were recorded late, one of another was taken back. The run rests on that month."""
    snapshot = await seeds.freeze(period=MONTH)
    run = await fitting(seeds, snapshot)
    later = datetime.now(UTC) + timedelta(days=1)
    changes = [
        change("NV-2", "G06", "recorded_late", verdict_after="late"),
        change("NV-1", "G06", "recorded_late"),
        change("NV-3", "H38", "taken_back"),
    ]
    look = await seeds.looked(MONTH, changes, snapshot=snapshot, as_of=later)
    lines = {line["agency"]: line["measures"] for line in json.loads(run["sheet"])["agencies"]}
    return {"run": run["run_id"], "snapshot": snapshot, "look": look, "measures": lines}


async def holds(house: House, period: str = MONTH) -> list[dict[str, Any]]:
    answer = await house.get(f"{API}/periods/{period}/holds", "reader")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["holds"]
    return found


async def second(house: House) -> dict[str, str]:
    _, key = await make_key(house.runtime, holder="người công bố thứ hai", role="publisher")
    return {"authorization": f"Bearer {key}"}


async def test_holds_name_kind_bodies_tasks_and_points(house: House, held: dict[str, Any]) -> None:
    late, back = await holds(house)
    assert (late["kind"], back["kind"]) == ("recorded_late", "taken_back")
    assert late["title"] == "Nhiệm vụ hoàn thành trong kỳ, được ghi nhận sau khi chốt"
    english = (await house.get(f"{API}/periods/{MONTH}/holds", "reader", **ENGLISH)).json()["holds"][0]
    assert english["title"] == "Tasks completed inside the month and recorded after its freeze"
    (mine,) = late["bodies"]
    assert [(item["task"], item["before"], item["after"]) for item in mine["items"]] == [
        ("NV-1", "open", "on_time"), ("NV-2", "open", "late"),
    ]  # fmt: skip
    # One on time brings 18 of the body's tasks, a late one half as much (QĐ 4585 appendix, A1 and A2).
    assert Fraction(mine["exact"]) == Fraction(27, int(held["measures"]["G06"]["period_tasks"]))
    lost = back["bodies"][0]
    assert (lost["agency"], Fraction(lost["exact"])) == ("H38", Fraction(-18, int(held["measures"]["H38"]["period_tasks"])))
    assert lost["points"].startswith("-0.")
    assert late["evidence"]["snapshot"] == held["snapshot"]


async def test_the_first_version_is_refused_and_the_refusal_names_them(house: House, held: dict[str, Any]) -> None:
    answer = await house.publish(held["run"], **ENGLISH)
    problem = answer.json()
    assert (answer.status_code, slug(answer)) == (409, "publication-held")
    assert problem["detail"] == f"{MONTH}: open facts hold the first version: system57 recorded_late 2; system57 taken_back 1"
    assert [(each["pointer"], each["seen"]) for each in problem["errors"]] == [
        ("recorded_late/G06", "2"), ("taken_back/H38", "1"),
    ]  # fmt: skip
    vietnamese = (await house.publish(held["run"])).json()
    assert vietnamese["title"] == PublicationHeld.title_vi
    assert "liên quan" in vietnamese["errors"][0]["detail"]


async def test_a_supersession_may_take_what_was_found_alone(house: House, seeds: Seeds, held: dict[str, Any]) -> None:
    """The request names the look, so that the second person agrees to the rows that were shown."""
    place = f"{API}/snapshots/{held['snapshot']}/supersessions"
    alone = {"takes": "changed_completions", "reason": "đưa vào nhiệm vụ ghi nhận muộn"}
    whole = await house.post(place, "operator", {"reason": "thay toàn bộ"})
    assert (whole.status_code, slug(whole)) == (409, "changed-completions-open")
    both = await house.post(place, "operator", {**alone, "as_of": "2026-03-10T00:00:00+07:00"})
    assert (both.status_code, [each["pointer"] for each in both.json()["errors"]]) == (422, ["/as_of"])
    asked = await house.post(place, "operator", alone)
    assert asked.status_code == 202, asked.text
    state = (await house.get(asked.json()["status"], "reader")).json()
    assert (state["state"], state["arguments"]["look"]) == ("awaiting_approval", held["look"])
    approvals = f"{asked.json()['status']}/approvals"
    assert (await house.post(approvals, "operator", {"reason": "đồng ý"})).status_code == 403
    agreed = await house.post(approvals, "publisher", {"reason": "đồng ý"})
    assert agreed.status_code == 202, agreed.text
    job = await house.facts("SELECT j.args FROM queue.procrastinate_jobs j JOIN queue.job_run r ON r.job_id = j.id"
                            " WHERE r.command_id = :it", asked.json()["command_id"])  # fmt: skip
    given = job[0]["args"]["arguments"]
    people = (f"key:{house.ids['operator']}", f"key:{house.ids['publisher']}")
    assert (given["look"], (given["requested_by"], given["approver"])) == (held["look"], people)
    nothing_open = await seeds.freeze("system57", period="2026-03")
    refused = await house.post(f"{API}/snapshots/{nothing_open}/supersessions", "operator", alone)
    assert (refused.status_code, slug(refused)) == (409, "hold-not-open")


async def test_two_people_leave_a_hold_out_and_nobody_alone(house: House, held: dict[str, Any]) -> None:
    late, back = await holds(house)
    place = f"{API}/periods/{MONTH}/omissions"
    strange = await house.post(place, "publisher", {"hold_id": "hold_" + "0" * 32, **WORDS})
    assert (strange.status_code, slug(strange)) == (409, "hold-not-open")
    assert (await house.post(place, "reader", {"hold_id": late["hold_id"], **WORDS})).status_code == 403
    assert (await house.post(place, "publisher", {"hold_id": late["hold_id"], **WORDS, "reason": " "})).status_code == 422
    asked = await house.post(place, "publisher", {"hold_id": late["hold_id"], **WORDS})
    assert asked.status_code == 201, asked.text
    made = asked.json()
    assert (made["approved_by"], made["hold"]["bodies"]) == (None, late["bodies"])
    assert [each["hold_id"] for each in await holds(house)] == [late["hold_id"], back["hold_id"]], (
        "one person leaves nothing out"
    )
    approvals = f"{API}/omissions/{made['omission_id']}/approvals"
    own = await house.post(approvals, "publisher", AGREED)
    assert (own.status_code, slug(own)) == (403, "same-person")
    with pytest.raises(DBAPIError, match="approved by its own author"):
        await approve_alone(house, made)
    agreed = await house.client.post(approvals, headers=await second(house), json=AGREED)
    assert agreed.status_code == 201, agreed.text
    assert agreed.json()["approval_reason"] == AGREED["reason"]
    assert [row["action"] for row in await house.audit_of(made["omission_id"])] == ["omission.ask", "omission.approve"]
    assert [each["kind"] for each in await holds(house)] == ["taken_back"]
    again = await house.client.post(approvals, headers=await second(house), json=AGREED)
    assert (again.status_code, slug(again)) == (409, "already-approved")
    listed = (await house.get(place, "reader")).json()["items"]
    assert [each["omission_id"] for each in listed] == [made["omission_id"]]
    assert (await house.get(f"{API}/omissions/{made['omission_id']}", "reader")).json() == listed[0]


async def approve_alone(house: House, made: dict[str, Any]) -> None:
    """Past the use case, as the gateway's own role."""
    async with house.runtime.database.transaction() as connection:
        row = {"omission_id": made["omission_id"], "actor": made["actor"], "reason": "một mình"}
        await connection.execute(omission_approval.insert().values(**row))
        await record(connection, made["actor"], "omission.approve", made["omission_id"])


async def test_a_fact_that_says_something_else_is_open_again(house: House, held: dict[str, Any], seeds: Seeds) -> None:
    """The decision was on a task recorded at one instant; recorded anew, nobody has decided on it."""
    changes = [
        change("NV-1", "G06", "recorded_late"),
        change("NV-2", "G06", "recorded_late", reported_at=TOLD + timedelta(days=2), verdict_after="late"),
    ]
    later = datetime.now(UTC) + timedelta(days=2)
    await seeds.looked(MONTH, changes, snapshot=held["snapshot"], as_of=later)
    (late,) = await holds(house)
    (body,) = late["bodies"]
    assert [item["task"] for item in body["items"]] == ["NV-2"]
    assert Fraction(body["exact"]) == Fraction(9, int(held["measures"]["G06"]["period_tasks"])), "of what is open alone"


async def test_a_snapshot_of_that_instant_takes_them_in(house: House, held: dict[str, Any], seeds: Seeds) -> None:
    async with house.owner.read() as connection:
        assert await open_holds(connection, Period.parse(MONTH))
    later = datetime.now(UTC) + timedelta(days=3)
    await seeds.freeze(period=MONTH, version=2, supersedes=held["snapshot"], as_of=later)
    assert await holds(house) == []
    answer = await house.publish(held["run"])
    assert answer.status_code == 202, answer.text


async def test_a_look_closes_the_hold_and_an_earlier_one_does_not(house: House, seeds: Seeds) -> None:
    snapshot = await seeds.freeze(period="2026-01", as_of=LOCKED)
    for days, kinds in ((1, ["look_missing"]), (4, [])):
        await seeds.looked("2026-01", [], snapshot=snapshot, as_of=LOCKED + timedelta(days=days))
        assert [each["kind"] for each in await holds(house, "2026-01")] == kinds


async def test_a_body_of_which_the_look_could_not_read_a_row_is_held_until_one_could(house: House, seeds: Seeds) -> None:
    """The other rows were compared; of this body nobody knows what else was recorded since."""
    (frozen,) = await house.facts("SELECT snapshot_id FROM ingest.snapshot WHERE period = '2026-01'")
    for days, unread, agencies in ((5, ["G06"], ["G06"]), (6, [], [])):
        as_of = LOCKED + timedelta(days=days)
        look = await seeds.looked("2026-01", [], snapshot=frozen["snapshot_id"], as_of=as_of, unread=unread)
        found = await holds(house, "2026-01")
        assert [body["agency"] for hold in found for body in hold["bodies"]] == agencies
        assert [(hold["kind"], hold["evidence"]["pull"]) for hold in found] == [("look_missing", look)][: len(agencies)]


async def test_a_look_that_never_came_holds_until_two_people_do_without(house: House, seeds: Seeds) -> None:
    """The month came anew by official file, or System 57 was away: nobody knows what was recorded since (SNP-14)."""
    (first,) = await house.facts("SELECT snapshot_id FROM ingest.snapshot WHERE period = '2026-01'")
    snapshot = await seeds.freeze(period="2026-01", version=2, supersedes=first["snapshot_id"], as_of=LOCKED)
    (hold,) = await holds(house, "2026-01")
    assert (hold["kind"], hold["source"], len(hold["bodies"])) == ("look_missing", "system57", 56)
    assert {body["points"] for body in hold["bodies"]} == {None}, "before the month is scored nobody can say"
    place = f"{API}/periods/2026-01/omissions"
    early = await house.post(place, "publisher", {"hold_id": hold["hold_id"], **WORDS})
    assert (early.status_code, slug(early)) == (409, "hold-not-scored")
    run = await seeds.run("2026-01", system57=snapshot)
    lines = {line["agency"]: line["measures"] for line in json.loads(run["sheet"])["agencies"]}
    (scored,) = await holds(house, "2026-01")
    for body in scored["bodies"]:
        assert Fraction(body["exact"]) == most_to_gain(lines[body["agency"]])
        assert body["items"][0]["due_at"] == "2026-02-05T00:00:00+07:00"
    assert {body["agency"] for body in scored["bodies"]} == set(lines), (
        "a completion from before the month may be taken back too"
    )
    refused = await house.publish(run["run_id"])
    assert (refused.status_code, slug(refused)) == (409, "publication-held")
    made = (await house.post(place, "publisher", {"hold_id": scored["hold_id"], **WORDS})).json()
    assert made["hold"]["bodies"] == scored["bodies"], "the decision names bodies and points"
    approvals = f"{API}/omissions/{made['omission_id']}/approvals"
    assert (await house.client.post(approvals, headers=await second(house), json=AGREED)).status_code == 201
    assert await holds(house, "2026-01") == []


def most_to_gain(measures: dict[str, str]) -> Fraction:
    """All open tasks of the month done in time: 18 points of their share (QĐ 4585 appendix, A1)."""
    due, done, late = (int(measures[name]) for name in ("period_tasks", "on_time_tasks", "late_tasks"))
    return Fraction(18 * (due - done - late), due) if due else Fraction()


async def test_two_people_put_the_second_look_off_also_of_a_frozen_month(house: House, held: dict[str, Any]) -> None:
    """It changes nothing that is frozen; and only a source that tells of completions is looked at twice."""
    row = {"period": MONTH, "source": "system57", "kind": "second_look", "falls_at": "2099-03-11T00:00:00+07:00", "reason": "x"}
    made = await house.decide("/calendar", row)
    assert (made["kind"], made["state"]) == ("second_look", "approved")
    refused = await house.post(f"{API}/calendar", "publisher", {**row, "source": "ndxp"})
    assert (refused.status_code, refused.json()["errors"][0]["expected"]) == (422, "*, system57")
    frozen = await house.post(f"{API}/calendar", "publisher", {**row, "kind": "cutoff"})
    assert (frozen.status_code, slug(frozen)) == (409, "month-frozen")
