"""What moves points or time for others takes two people, by the API, at the terminal and by the database alone (issue F, 4).

Generated from the catalogue tests/two_people.py: every act is tried four ways, and every route, command and grant is either
in it or said to move nothing.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, get_args

import pytest
from sqlalchemy.exc import DBAPIError

from services.cli.application import MODULES
from services.gateway.operations.decisions import JUDGED
from services.gateway.operations.schemas.bodies import CalendarEntryAsked
from shared.audit import record
from shared.calendar import closing_of
from shared.database import Database
from shared.law.scheme import legal_cutoff
from shared.tables import metadata
from tests.conftest import TestDatabase
from tests.decided_before import moved_alone
from tests.e2e.processes import bangdiem, environment
from tests.integration.database.test_one_person import filled
from tests.integration.gateway.conftest import API, PEPPER, House, make_key
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_permits import operations
from tests.integration.ingest.handing_in import HandingIn
from tests.two_people import (
    ACTS,
    ALONE,
    CALENDAR,
    COMMANDS,
    ENDS,
    MONTH,
    MOVES_NOTHING,
    READ,
    RULING,
    SECOND_HALVES,
    WORDS,
    Act,
    Asked,
)

NATIONAL = {"reader", "operator", "publisher", "auditor", "records_reviewer", "officer", "assessor", "system_administrator"}
AGREED = {"reason": "Đồng ý"}


@pytest.fixture(scope="module")
async def computing(app_url: str) -> AsyncIterator[dict[str, Database]]:
    opened = {role: Database(app_url, role=role, pool_size=2) for role in ("ingest", "scoring", "gateway")}
    yield opened
    for each in opened.values():
        await each.close()


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def same_person(house: House) -> tuple[str, dict[str, str]]:
    """Another key of the publisher who asks: its actor, and the header."""
    key_id, key = await make_key(house.runtime, holder="holder of publisher", role="publisher")
    return f"key:{key_id}", {"authorization": f"Bearer {key}"}


async def approve_by_sql(gateway: Database, act: Act, row: Any, actor: str) -> str:
    """As the service's own login would write it; its SQLSTATE, or '00000'."""
    try:
        async with gateway.transaction() as connection:
            await record(connection, actor, "test.approve", "x", reason="thử")
            await connection.execute(metadata.tables[act.approval].insert().values(**row, actor=actor, reason="thử"))
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", error.orig))
    return "00000"


@pytest.mark.parametrize("name", ACTS)
async def test_a_second_person_is_needed(house: House, seeds: Seeds, computing: dict[str, Database], name: str) -> None:
    act = ACTS[name]

    async def seen() -> Any:
        async with computing[act.computes].read() as connection:
            return await act.seen(connection)

    if "withdrawn" not in name:
        before = await seen()
        asked: Asked = await act.ask(house, seeds)
    else:
        asked = await act.ask(house, seeds)
        before = await seen()
    assert await seen() == before, "asked alone"
    for headers in (house.bearer("publisher"), (await same_person(house))[1]):
        refused = await house.client.post(API + asked.approvals, headers=headers, json=asked.body)
        assert (refused.status_code, slug(refused)) == (403, "same-person")
    actor, _ = await same_person(house)
    assert await approve_by_sql(computing["gateway"], act, asked.row, actor) == "42501", "two keys of one person"
    assert await seen() == before
    agreed = await house.client.post(API + asked.approvals, headers=await house.second(), json=asked.body)
    assert agreed.status_code in (201, 202), agreed.text
    assert await seen() != before, "agreed by another person"


async def test_every_route_of_a_national_office_is_in_the_catalogue() -> None:
    writing = {
        operation["operationId"]
        for method, _, operation in operations()
        if method != "get" and set(operation.get("x-roles", ())) & NATIONAL
    }
    of_acts = {each for act in ACTS.values() for each in (act.asks, act.approves)}
    told = [of_acts, ENDS, set(SECOND_HALVES), set(MOVES_NOTHING)]
    assert sum(map(len, told)) == len(set().union(*told)), "an operation is said twice"
    assert writing == set().union(*told), "declare it in tests/two_people.py"


async def test_every_command_of_the_terminal_is_in_the_catalogue() -> None:
    asking = {act.command for act in ACTS.values() if act.command is not None}
    assert asking & set(COMMANDS) == set()
    assert set(MODULES) == asking | set(COMMANDS), "declare it in tests/two_people.py"


async def test_who_computes_reads_nothing_that_waits(house: House) -> None:
    """Neither freezing nor scoring could count a proposal by mistake: they may not read one."""
    may = await house.facts(
        "SELECT DISTINCT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " CROSS JOIN unnest(ARRAY['ingest', 'scoring']) AS role"
        " WHERE n.nspname = 'control' AND c.relkind IN ('r', 'v', 'p') AND has_any_column_privilege(role, c.oid, 'SELECT')"
    )
    assert {each["name"] for each in may} == set(READ)


@pytest.mark.parametrize("table", ALONE)
async def test_no_service_writes_what_one_person_decided_alone(computing: dict[str, Database], table: str) -> None:
    row = metadata.tables[table].insert().inline().values(**filled(metadata.tables[table]), alone=True)
    async with computing["gateway"].transaction() as connection:
        await record(connection, "key:x", "test.alone", "x", reason="thử")
        with pytest.raises(DBAPIError, match="alone") as refused:
            await connection.execute(row)
    assert getattr(refused.value.orig, "sqlstate", None) == "42501"


async def test_what_waits_is_listed_and_whose_turn_it_is(house: House) -> None:
    made = (await house.post(f"{API}/rulings", "publisher", {**RULING, "measure": "kpis_updated"})).json()["ruling_id"]
    listed = (await house.get(f"{API}/decisions?state=proposed&period={MONTH}", "reader")).json()["items"]
    (waiting,) = [each for each in listed if each["decision_id"] == made]
    assert (waiting["kind"], waiting["agency"], waiting["reason"]) == ("ruling", "G06", RULING["reason"])
    assert waiting["waits_for"] == {"roles": ["publisher"], "other_than": f"key:{house.ids['publisher']}"}
    assert (await house.get(waiting["subject"], "reader")).json()["ruling_id"] == made
    assert (await house.approve(made)).json()["waits_for"] is None
    assert made not in {
        each["decision_id"] for each in (await house.get(f"{API}/decisions?state=proposed", "reader")).json()["items"]
    }
    assert (await house.get(f"{API}/decisions?state=proposed", "agency_admin")).status_code == 403
    assert slug(await house.approve(made)) == "already-approved"
    assert slug(await house.approve("ruling_" + "0" * 26)) == "not-found"


@pytest.mark.parametrize("state", ["taken_back", "refused"])
async def test_a_proposal_is_refused_or_taken_back_and_moves_nothing(
    house: House, computing: dict[str, Database], state: str
) -> None:
    made = (await house.post(f"{API}/rulings", "publisher", {**RULING, "measure": "meetings_summoned"})).json()["ruling_id"]
    _, own = await same_person(house)
    headers = own if state == "taken_back" else await house.second()
    place = f"{API}/decisions/{made}/refusals"
    assert (await house.client.post(place, headers=headers, json={"reason": " "})).status_code == 422
    ended = await house.client.post(place, headers=headers, json={"reason": "Không cần nữa"})
    assert ended.status_code == 201, ended.text
    assert (ended.json()["state"], ended.json()["waits_for"]) == (state, None)
    assert ended.json()["end_reason"] == "Không cần nữa"
    assert slug(await house.approve(made)) == "decision-ended"
    assert slug(await house.client.post(place, headers=headers, json={"reason": "x"})) == "decision-ended"
    assert await approve_by_sql(computing["gateway"], ACTS["a ruling"], {"decision_id": made}, "key:other") == "23514"
    assert (await house.get(f"{API}/rulings/{made}", "reader")).json()["in_force"] is False


async def test_nobody_decides_for_the_own_body(house: House) -> None:
    made = (
        await house.post(
            f"{API}/applicability", "publisher", {**WORDS, "agency": "G06", "indicator": "C2", "valid_from": "2026-06"}
        )
    ).json()
    _, key = await make_key(house.runtime, holder="người của G06", role="publisher", agency="G06")
    for place in ("approvals", "refusals"):
        answer = await house.client.post(
            f"{API}/decisions/{made['applicability_id']}/{place}", headers={"authorization": f"Bearer {key}"}, json=AGREED
        )
        assert (answer.status_code, slug(answer)) == (403, "own-body")


async def test_a_body_reads_no_proposal_of_the_calendar(house: House) -> None:
    row = {
        "period": "2026-09",
        "source": "*",
        "kind": "report_deadline",
        "falls_at": "2099-10-05T00:00:00+07:00",
        "reason": "x",
    }
    made = (await house.post(f"{API}/calendar", "publisher", row)).json()["entry_id"]
    for _ in range(2):
        seen = [
            each["entry_id"] for each in (await house.get(f"{API}/calendar?period=2026-09", "agency_admin")).json()["items"]
        ]
        one = await house.get(f"{API}/calendar/{made}", "agency_admin")
        if not seen:
            assert one.status_code == 404
            assert (await house.approve(made)).status_code == 201
    assert (seen, one.status_code) == ([made], 200)


async def test_a_calendar_row_takes_back_no_time_that_was_given(
    house: House, database: TestDatabase, computing: dict[str, Database]
) -> None:
    """SNP-04: never to before an instant that passed, by the database's own clock, or before a receipt that counted."""
    act, gateway = ACTS["everybody's report_deadline is moved"], computing["gateway"]
    row = {"period": "2026-10", "source": "*", "kind": "report_deadline", "reason": "Dời hạn"}
    passed = await house.post(f"{API}/calendar", "publisher", {**row, "falls_at": "2026-11-06T00:00:00+07:00"})
    assert (passed.status_code, passed.json()["errors"][0]["pointer"]) == (422, "/falls_at")
    # As it comes to be where the instant passes while the proposal waits: the database judges anew.
    entry = {"entry_id": "cal_passed", "period": "2026-10", "source": "*", "kind": "report_deadline"}
    async with gateway.transaction() as connection:
        await record(connection, "key:one", "test.propose", "cal_passed", reason="thử")
        values = {**entry, "falls_at": legal_cutoff(MONTH.next), "reason": "x", "actor": "key:one"}
        await connection.execute(metadata.tables["control.calendar_entry"].insert().values(**values))
    assert await approve_by_sql(gateway, act, {"decision_id": "cal_passed"}, "key:other") == "23514"
    # A report that counts, handed in at an instant that still lies ahead of this database's clock.
    await house.decide("/calendar", {**row, "falls_at": "2099-11-09T00:00:00+07:00"})
    handed = HandingIn(gateway)
    await handed.report("H38", MONTH.shifted(months=4), datetime.fromisoformat("2099-11-08T12:00:00+07:00"))
    before = await house.post(f"{API}/calendar", "publisher", {**row, "falls_at": "2099-11-08T12:00:00+07:00"})
    assert (before.status_code, slug(before)) == (409, "time-taken-back")
    after = await house.post(f"{API}/calendar", "publisher", {**row, "falls_at": "2099-11-08T12:00:00.000001+07:00"})
    assert after.status_code == 201, after.text


async def test_a_withdrawal_takes_back_no_time_either(house: House, database: TestDatabase) -> None:
    """What would hold again is the law's day, which is long over."""
    period = MONTH.shifted(months=-3)
    row = {
        "period": str(period),
        "source": "ndxp",
        "kind": "cutoff",
        "reason": "Dời hạn",
        "falls_at": "2099-05-09T00:00:00+07:00",
    }
    made = await house.decide("/calendar", row)
    refused = await house.post(f"{API}/calendar/{made['entry_id']}/withdrawals", "publisher", {"reason": "Thôi"})
    assert (refused.status_code, slug(refused)) == (409, "time-taken-back")
    twice = await house.decide("/calendar", {**row, "falls_at": "2099-05-10T00:00:00+07:00"})
    overtaken = await house.decide(f"/calendar/{made['entry_id']}/withdrawals", {"reason": "Đã có mục sau"})
    assert (overtaken["withdraws"], overtaken["state"]) == (made["entry_id"], "approved")
    assert (await house.get(f"{API}/calendar/{twice['entry_id']}", "reader")).json()["in_force"] is True


async def test_what_one_person_decided_before_still_holds(
    house: House, database: TestDatabase, computing: dict[str, Database]
) -> None:
    period = MONTH.shifted(months=-2)
    moved = moved_alone(
        database.superuser_url, period, source="finance", kind="cutoff", to=legal_cutoff(period).replace(hour=9)
    )
    shown = (await house.get(f"{API}/calendar/{moved}", "reader")).json()
    assert (shown["state"], shown["in_force"], shown["approved_by"]) == ("approved", True, None)
    async with computing["ingest"].read() as connection:
        assert (await closing_of(connection, period, "finance"))[1] == moved


@pytest.fixture(scope="module")
async def terminals(
    app_url: str, database: TestDatabase, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], dict[str, str]]:
    """Environments of three holders, two of them one person, by holder and role."""
    clean = environment(
        DATABASE_URL=database.app_url,
        BANGDIEM_DATA_DIR=str(tmp_path_factory.mktemp("site")),
        BANGDIEM_GATEWAY_KEY_PEPPER=PEPPER.get_secret_value(),
    )
    made = {}
    for person, holder in (("first", "Một Người"), ("again", "một người"), ("other", "Người Khác")):
        for role in ("operator", "publisher") if person == "first" else ("publisher",):
            key = bangdiem("key", "create", holder, "--role", role, "--reason", "thử", env=clean).stdout.strip()
            made[person, role] = {**clean, "BANGDIEM_KEY": key}
    return made


def test_every_act_with_a_command_is_asked_for_by_it() -> None:
    """None asks for an extension, an omission or rules of reports: those are asked for over HTTP alone."""
    assert {act.command for act in ACTS.values() if act.say} == {act.command for act in ACTS.values() if act.command}
    assert {act.asks for act in ACTS.values() if act.command is None} == {
        "post_extension",
        "post_omission",
        "post_rule_activation",
    }


@pytest.mark.parametrize("name", [name for name, act in ACTS.items() if act.say])
async def test_at_the_terminal_one_asks_and_another_agrees(
    house: House, seeds: Seeds, terminals: dict[tuple[str, str], dict[str, str]], name: str
) -> None:
    act = ACTS[name]
    assert act.say is not None

    def say(*words: str, role: str = "publisher", reason: str | None = "thử") -> Any:
        why = () if reason is None else ("--reason", reason)
        return json.loads(bangdiem(*words, *why, "--json", env=terminals["first", role]).stdout)

    async def agreements() -> int:
        (found,) = await house.facts(f"SELECT count(*) AS count FROM {act.approval}")
        return int(found["count"])

    words = await act.say(house, seeds, say)
    before = await agreements()
    refused = bangdiem(*words, "--reason", "thử", env=terminals["again", "publisher"], check=False)
    assert (refused.returncode, refused.stdout) == (2, ""), refused.stderr
    assert refused.stderr.partition("\n")[2].startswith("Cần người thứ hai: "), refused.stderr
    assert await agreements() == before
    if name == "a ruling":
        waiting = json.loads(bangdiem("waiting", "--json", env=terminals["other", "publisher"]).stdout)
        assert waiting[words[1]]["state"] == "chờ người thứ hai"
    if words[0] == "restore":
        other = bangdiem(
            "restore", f"pub_{'0' * 26}", *words[2:], "--reason", "thử", env=terminals["other", "publisher"], check=False
        )
        assert (other.returncode, await agreements()) == (2, before), "not what was asked for"
    # A source that is then asked does not answer here: the agreement is what is looked at.
    asks_a_source = act.approval == "control.approval"
    agreed = bangdiem(*words, "--reason", "thử", env=terminals["other", "publisher"], check=not asks_a_source)
    assert await agreements() == before + 1, agreed.stderr
    if words[0] == "approve":
        assert "trạng thái: đã phê duyệt" in agreed.stdout
    if name == "a ruling":
        late = bangdiem("refuse", words[1], "--reason", "thử", env=terminals["first", "publisher"], check=False)
        assert (late.returncode, late.stderr.splitlines()[1][:16]) == (2, "Yêu cầu đã được "), late.stderr


def test_an_instant_that_cannot_be_read_is_refused_at_the_terminal(terminals: dict[tuple[str, str], dict[str, str]]) -> None:
    words = ("calendar", "2026-08", "finance", "cutoff", "mai", "--reason", "thử")
    assert bangdiem(*words, env=terminals["first", "publisher"], check=False).returncode == 2


def test_every_kind_of_calendar_row_is_in_the_catalogue() -> None:
    assert set(get_args(CalendarEntryAsked.model_fields["kind"].annotation)) == set(CALENDAR)


async def test_the_catalogue_of_decisions_is_the_views(house: House) -> None:
    kinds = await house.facts("SELECT DISTINCT kind FROM control.decision ORDER BY kind")
    assert {each["kind"] for each in kinds} == set(JUDGED)
