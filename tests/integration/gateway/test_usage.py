"""The usage report: every audit row is counted, in exactly one user group (seed: Regulation 02-QC/BCĐTW, Art. 20.4; SEC-10)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from services.gateway.access.auth import ROLES, create_key
from services.gateway.access.keys_limits import limits_of
from services.gateway.usage.store.usage import UsageCount
from services.gateway.usage.usage import CSV_COLUMNS, GROUPS, report
from shared.audit import record
from shared.period import VIETNAM
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, PEPPER, ROOT, House
from tests.integration.gateway.office import Office, meeting, summons
from tests.integration.gateway.reports import Body
from tests.integration.gateway.seeds import Seeds

# Audit rows bear the database's clock.
THIS_MONTH = datetime.now(UTC).astimezone(VIETNAM).strftime("%Y-%m")
PERSON = "oidc:vpcp:nguoi-minh-hoa"
LATER = "oidc:vpcp:nguoi-sau-minh-hoa"


async def counted(house: House, role: str = "auditor", period: str = THIS_MONTH) -> dict[str, Any]:
    answer = await house.get(f"{API}/usage?period={period}", role)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def group(document: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["groups"] if each["user_group"] == code)
    return found


async def granted(house: House, grant_id: str, subject: str, roles: str, at: str) -> None:
    """A grant and its approval, both of that instant, as if they had been made then."""
    async with house.owner.transaction() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO control.member_grant (grant_id, agency, subject, holder, roles, requested_by, reason, recorded_at)"
            " VALUES (%s, NULL, %s, 'Người minh họa', %s, 'key:a', 'vì sao', %s)", (grant_id, subject, roles.split(), at),
        )  # fmt: skip
        await connection.exec_driver_sql(
            "INSERT INTO control.grant_approval (grant_id, subject, actor, reason, recorded_at)"
            " VALUES (%s, %s, 'key:b', 'vì sao', %s)", (grant_id, subject, at),
        )  # fmt: skip
        await record(connection, "local:tests", "test.grant", grant_id)


@pytest.fixture(scope="module")
async def acts(house: House, seeds: Seeds) -> House:
    """People of every group, services and the machine's operator have done something."""
    office = Office(house)
    await office.meeting("2026-01-08", summons("G06"))
    await office.post("/meetings", "officer one", meeting("2026-01-09"))  # refused: it summons nobody
    await Body(house, "G06", "2026-02").begin()
    await house.post(f"{API}/score-runs", "operator", {"period": "2026-01", "reason": "minh họa"})
    await seeds.freeze()
    _, read_only = await create_key(
        house.runtime.database, pepper=PEPPER, actor=ROOT, holder="Máy chỉ đọc", roles=["officer", "auditor"],
        agency=None, reason="kiểm thử", now=NOW, limits=limits_of(read_only=True, resources=None, networks=None),
    )  # fmt: skip
    for _ in range(3):
        headers = {"authorization": f"Bearer {read_only}"}
        answer = await house.client.post(f"{API}/meetings", headers=headers, json={})
        assert answer.status_code == 403
    await granted(house, "grant_1", PERSON, "officer auditor", "2026-01-01T00:00:00Z")
    await granted(house, "grant_2", LATER, "auditor", "2999-01-01T00:00:00Z")
    async with house.owner.transaction() as connection:
        for actor in (PERSON, LATER, "key:000000000000", "service:clock"):
            await record(connection, actor, "session.begin", "session")
        await record(connection, PERSON, "session.end", "session")
    return house


async def test_the_counts_are_those_of_the_audit_rows_and_none_is_lost(acts: House) -> None:
    found = await counted(acts)
    rows = await acts.facts("SELECT actor, action FROM audit.entry")
    assert found["entries"] == len(rows) == sum(each["entries"] for each in found["groups"])
    assert found["actors"] == len({each["actor"] for each in rows})
    by_action: Counter[str] = Counter()
    for each in found["groups"]:
        assert each["entries"] == sum(held["entries"] for held in each["by_roles"])
        for held in each["by_roles"]:
            assert held["entries"] == sum(one["entries"] for one in held["actions"])
            assert all(one["actors"] <= held["actors"] <= each["actors"] for one in held["actions"])
            by_action.update({one["action"]: one["entries"] for one in held["actions"]})
    assert by_action == Counter(each["action"] for each in rows)


async def test_every_actor_is_in_the_group_of_the_roles_on_record(acts: House) -> None:
    """Counted here a second way, one actor after another."""
    keys = {
        f"key:{each['key_id']}": set(each["roles"]) for each in await acts.facts("SELECT key_id, roles FROM control.api_key")
    }
    order = [(each.code, set(each.roles)) for each in GROUPS if each.roles]
    expected: Counter[tuple[str, str]] = Counter()
    people: dict[str, set[str]] = {each.code: set() for each in GROUPS}
    for line in await acts.facts("SELECT actor, action FROM audit.entry"):
        actor = line["actor"]
        roles = {"officer", "auditor"} if actor == PERSON else keys.get(actor, set())
        machine = actor.split(":")[0] in ("local", "service")
        code = "machine" if machine else next((code for code, held in order if held & roles), "none")
        expected[code, line["action"]] += 1
        people[code].add(actor)
    found = await counted(acts)
    merged: Counter[tuple[str, str]] = Counter()
    for each in found["groups"]:
        for held in each["by_roles"]:
            for one in held["actions"]:
                merged[each["user_group"], one["action"]] += one["entries"]
    assert merged == expected
    assert {each["user_group"]: each["actors"] for each in found["groups"]} == {code: len(who) for code, who in people.items()}
    assert all(people[code] for code in ("updating", "machine", "none"))


async def test_refused_key_uses_and_page_sessions_stand_with_their_group(acts: House) -> None:
    found = await counted(acts)
    updating = group(found, "updating")
    assert (updating["refused_key_uses"], updating["page_sessions"]) == (3, 1), "an officer and auditor updates"
    assert group(found, "none")["page_sessions"] == 2, "a grant approved later, and a key nobody knows"
    assert group(found, "machine")["page_sessions"] == 1
    both = next(held for held in updating["by_roles"] if held["roles"] == ["auditor", "officer"])
    assert {one["action"]: one["entries"] for one in both["actions"]} == {"key.refuse": 3, "session.begin": 1, "session.end": 1}
    assert both["actors"] == 2


async def test_the_table_says_the_same_line_by_line(acts: House) -> None:
    document = await counted(acts)
    answer = await acts.get(f"{API}/usage?period={THIS_MONTH}", "system_administrator", accept="text/csv")
    assert (answer.headers["content-type"], answer.headers["vary"]) == ("text/csv; charset=utf-8", "Accept")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(lines[0]) == CSV_COLUMNS
    assert sum(int(each["entries"]) for each in lines) == document["entries"]
    assert {each["user_group"] for each in lines} <= {each.code for each in GROUPS}
    assert {each["user_group_vi"] for each in lines} >= {"Cập nhật", "Dịch vụ và người vận hành tại máy chủ"}
    refused = await acts.get(f"{API}/usage?period={THIS_MONTH}", "auditor", accept="application/pdf")
    assert refused.status_code == 406


async def test_another_month_counts_nothing_of_this_one(acts: House) -> None:
    """A month in Vietnam begins seven hours before the same one in UTC."""
    async with acts.owner.transaction() as connection:
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for at in ("2026-01-31T16:59:59Z", "2026-01-31T17:00:00Z", "2026-02-28T16:59:59Z", "2026-02-28T17:00:00Z"):
            await connection.exec_driver_sql(
                "INSERT INTO audit.entry (actor, action, object, recorded_at) VALUES ('local:x', %s, 'o', %s)", (f"at.{at}", at)
            )
    found = await counted(acts, period="2026-02")
    (held,) = group(found, "machine")["by_roles"]
    assert [one["action"] for one in held["actions"]] == ["at.2026-01-31T17:00:00Z", "at.2026-02-28T16:59:59Z"]
    assert (found["entries"], found["actors"], found["complete"]) == (2, 1, True)
    assert (await counted(acts, period="2026-03"))["complete"] is False
    empty = await counted(acts, period="2026-06")
    assert (empty["entries"], [each["entries"] for each in empty["groups"]]) == (0, [0] * len(GROUPS))


async def test_a_person_is_of_the_group_of_the_grants_in_force_at_that_instant(acts: House) -> None:
    """Officer from the 10th on, auditor too from the 20th to the 25th: what was done before counts as nobody's role."""
    who = "oidc:vpcp:nguoi-doi-vai-tro"
    await granted(acts, "grant_3", who, "officer", "2026-04-10T00:00:00Z")
    await granted(acts, "grant_4", who, "auditor", "2026-04-20T00:00:00Z")
    async with acts.owner.transaction() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO control.grant_revocation (grant_id, subject, actor, reason, recorded_at)"
            " VALUES ('grant_4', %s, 'key:b', 'vì sao', '2026-04-25T00:00:00Z')", (who,),
        )  # fmt: skip
        await record(connection, "local:tests", "test.grant", "grant_4")
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for day in ("05", "12", "22", "28"):
            await connection.exec_driver_sql(
                "INSERT INTO audit.entry (actor, action, object, recorded_at) VALUES (%s, %s, 'o', %s)",
                (who, f"on.{day}", f"2026-04-{day}T00:00:00Z"),
            )
    found = await counted(acts, period="2026-04")
    seen = {
        (each["user_group"], tuple(held["roles"])): [one["action"] for one in held["actions"]]
        for each in found["groups"]
        for held in each["by_roles"]
    }
    assert seen == {
        ("none", ()): ["on.05"],
        ("updating", ("officer",)): ["on.12", "on.28"],
        ("updating", ("auditor", "officer")): ["on.22"],
    }
    assert (found["entries"], found["actors"], group(found, "updating")["actors"]) == (4, 1, 1)


@pytest.mark.parametrize("query", ["?period=2026", "?period=2026-13", "?period=2025-01", "?period=2026-01&period=2026-02"])
async def test_a_month_there_is_not_is_refused(house: House, query: str) -> None:
    assert (await house.get(f"{API}/usage{query}", "auditor")).status_code == 422


async def test_without_a_month_it_is_the_one_that_runs(house: House) -> None:
    found = (await house.get(f"{API}/usage", "auditor")).json()
    assert (found["period"], found["complete"]) == ("2026-03", False)


def test_every_role_is_in_one_group_in_code_and_database(database: TestDatabase) -> None:
    stated = [(role, each.code, place) for place, each in enumerate(GROUPS, 1) for role in each.roles]
    assert sorted(role for role, _, _ in stated) == sorted(ROLES)
    with psycopg.connect(database.owner_url) as at:
        held = at.execute("SELECT role, user_group, precedence FROM audit.usage_group").fetchall()
    assert sorted(held) == sorted(stated)


def test_the_gateway_counts_the_audit_rows_and_reads_none_of_them(database: TestDatabase) -> None:
    """Nor does it see anybody's grants by counting: its own reach is as it was."""
    with psycopg.connect(database.app_url, options="-c role=gateway") as at:
        at.execute("SELECT * FROM audit.usage('2026-01-01', '2027-01-01')")
        assert at.execute("SELECT count(*) FROM control.member_grant").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            at.execute("SELECT actor FROM audit.entry")
    for role in ("ingest", "scoring"):
        session = psycopg.connect(database.app_url, options=f"-c role={role}")
        with session as at, pytest.raises(psycopg.errors.InsufficientPrivilege):
            at.execute("SELECT * FROM audit.usage('2026-01-01', '2027-01-01')")


def test_a_month_without_a_row_is_all_zeros() -> None:
    made = report([UsageCount(depth=0, user_group=None, roles=None, action=None, entries=0, actors=0)])
    assert (made["entries"], {each["entries"] for each in made["groups"]}) == (0, {0})


async def test_a_month_that_has_not_begun_has_no_report(house: House) -> None:
    """Zeros would say that nobody did anything. The audit log's clock is the database's."""
    year, month = map(int, THIS_MONTH.split("-"))
    following = f"{year + month // 12}-{month % 12 + 1:02d}"
    for period in (following, f"{year + 3}-01"):
        answer = await house.get(f"{API}/usage?period={period}", "auditor")
        assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, ["?period"])
    assert (await counted(house))["period"] == THIS_MONTH
