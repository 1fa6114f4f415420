"""Bodies are kept apart: whatever one asks of another's is answered as if it were not there (SEC-01, SEC-09).

Generated over the route table, so that a route added later is held to it too. Then the same with row security as the only
defence: the check of the path is taken out, and still nothing of another body is seen or written. No month is published here:
what a published one tells its body is tried in test_isolation_published.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import psycopg
import pytest
from fastapi import Request

from services.gateway.access.auth import ROLES
from services.gateway.access.permits import RequireAgencyRole
from services.gateway.access.tenancy import AGENCY_ROLES, NATIONAL_ROLES
from services.gateway.application import build_app
from shared.audit import Actor
from shared.timer import now
from tests.conftest import TestDatabase
from tests.contract.signing import Signing
from tests.integration.gateway.apart import BODIES, MARK, MONTH, Things, ask, everything, sending
from tests.integration.gateway.conftest import HOME, NOW, House, opened_house
from tests.integration.gateway.routes import Operation, operations
from tests.integration.gateway.seeds import Seeds

OTHER = "H38"
EVERYTHING = list(operations(build_app()))
INSIDE = [each for each in EVERYTHING if "{agency}" in each.path and each.permit is not None]
# Read by everybody once published.
PUBLISHED = {"get_agency", "get_agency_scores", "get_explanation", "get_published_report"}
# About the caller's own API key and nothing else, whoever holds it.
OWN_KEY = {"list_request_keys", "post_request_key", "post_request_key_end"}
# Who somebody is, as far as the caller may know: test_people.
KNOWN = {"list_people"}
# About a body, and national offices' own: words on figures (test_records_reviews), who heads it (test_heads).
OF_OFFICES = {"post_records_review", *(f"post_head{step}" for step in ("", "_approval", "_withdrawal", "_withdrawal_approval"))}
# Computed for national readers too, and nothing is written: test_what_if.
KEEPS_NOTHING = {"post_what_if"}
# Of a snapshot the caller's own rows alone, without the body in the path: test_rows.
OWN_ROWS = {"list_snapshot_rows"}
# Of all bodies alike; the extensions beside the list are the caller's own alone, which test_extensions tries.
# The bytes to countersign name a snapshot, its source and month.
OF_ALL = {"list_calendar", "get_calendar_entry", "get_snapshot_signing_payload"}


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Signing:
    return Signing.trusted_in(tmp_path_factory.mktemp("signing"), now=NOW, name=MARK)


@pytest.fixture(scope="module")
async def house(database: TestDatabase, signing: Signing) -> AsyncIterator[House]:
    """No person of it can sign in: the issuer is nobody's. Grants are asked for, and that is enough to be seen."""
    away = {"url": "http://127.0.0.1:9/realm", "audience": "bangdiem"}
    settings = {"issuers": {"vpcp": away}, "webhook_networks": "127.0.0.1/32", **signing.settings}
    async with opened_house(database, **settings) as made:
        yield made


@pytest.fixture(scope="module")
async def things(house: House, signing: Signing, seeds: Seeds, database: TestDatabase) -> Things:
    run = str((await seeds.run())["run_id"])
    return await everything(house, signing, await seeds.freeze(), run, rolled_by=database.superuser_url)


async def kept_of(house: House, agency: str) -> dict[str, int]:
    """How many rows of a body there are, in every table that carries one and is kept apart."""
    apart = await house.facts(
        "SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agency' WHERE c.relrowsecurity AND c.relforcerowsecurity"
    )
    counts = (f"SELECT '{row['name']}' AS name, count(*) AS n FROM {row['name']} WHERE agency = :it" for row in apart)
    return {row["name"]: row["n"] for row in await house.facts(" UNION ALL ".join(counts), agency)}


@contextmanager
def unlocked() -> Iterator[None]:
    """Every permit lets the path through, as if its check had been forgotten."""

    def let_through(permit: RequireAgencyRole, actor: Actor, request: Request) -> None:
        del permit, actor, request

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RequireAgencyRole, "require_reach", let_through)
        yield


def test_every_route_about_a_body_is_either_published_or_held_to_the_body() -> None:
    for operation in EVERYTHING:
        if "{agency}" in operation.path:
            closed = isinstance(operation.permit, RequireAgencyRole)
            assert closed != (operation.name in PUBLISHED), f"{operation.name}: use RequireAgencyRole, or publish it"
        elif operation.name not in OWN_KEY | OF_ALL | KNOWN | OWN_ROWS:
            assert operation.inside_roles == (), f"{operation.name}: a body's role without the body in the path"


def test_every_write_about_a_body_is_tried() -> None:
    assert {each.name for each in INSIDE if each.writes} == set(BODIES)


@pytest.mark.parametrize("role", AGENCY_ROLES)
async def test_another_bodys_path_is_404_for_every_method(house: House, things: Things, role: str) -> None:
    before = await kept_of(house, HOME)
    for operation in INSIDE:
        for path in things.paths(operation):
            answer = await ask(house, operation, path, things, agency=OTHER, role=role)
            assert answer.status_code == 404, (operation.name, answer.text)
            assert answer.json()["type"].endswith("/problems/not-found"), operation.name
            assert MARK not in answer.text
    assert await kept_of(house, HOME) == before


@pytest.mark.parametrize("operation", [pytest.param(each, id=each.name) for each in INSIDE])
async def test_row_security_alone_keeps_bodies_apart(house: House, things: Things, operation: Operation) -> None:
    """404 or nothing in it: for a list, or for the state of a month in which nothing was handed in."""
    before = await kept_of(house, HOME)
    with unlocked():
        for role in operation.inside_roles:
            for path in things.paths(operation):
                answer = await ask(house, operation, path, things, agency=OTHER, role=role)
                assert MARK not in answer.text, path
                if operation.writes:
                    assert answer.status_code == 404, (path, role, answer.text)
                else:
                    assert answer.status_code == 404 or _is_empty(operation, answer), (path, answer.text)
    assert await kept_of(house, HOME) == before


def _is_empty(operation: Operation, answer: httpx.Response) -> bool:
    """An empty list; or the state of a month, which says of a body that hands in nothing what it says of this one."""
    content = answer.json()
    if operation.name == "get_own_reporting":
        return (content["state"], content["submission_id"], content["counted"]) == ("none", None, None)
    if operation.name == "get_own_register":
        return not any(content[name] for name in ("meetings", "attendances", "speeches", "initiatives"))
    if operation.name == "get_stake":
        # With a version to show it is tried in test_isolation_published.
        return (content["report"], content["unknown"], content["measures_with"]) == (None, "nothing_published", {})
    if operation.name == "get_own_task_annex":
        # With rows to show it is tried in test_isolation_published.
        return (content["tasks"], content["by_document"]) == (None, [])
    return bool(content.get("items") == [])


async def test_without_row_security_the_unlocked_routes_would_show_it(
    house: House, things: Things, database: TestDatabase
) -> None:
    """The test above is a test: with row security gone, the very same requests are answered."""
    with psycopg.connect(database.superuser_url, autocommit=True) as at:
        tables = [name for (name,) in at.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity")]  # fmt: skip
        for table in tables:
            at.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        try:
            with unlocked():
                shown = {
                    each.name
                    for each in INSIDE
                    for path in things.paths(each)
                    if not each.writes
                    for answer in [await ask(house, each, path, things, agency=OTHER, role="agency_admin")]
                    if MARK in answer.text
                }
        finally:
            for table in tables:
                at.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    # A body's keys ask for the bound themselves: those made at the terminal have no row that row security guards.
    assert {"get_member", "list_members", "get_submission_content"} <= shown


async def test_the_gateway_works_as_the_login_of_all_in_one(house: House) -> None:
    """What is proven above is proven for ``app``, which is a member of every service's role and inherits none."""
    async with house.runtime.database.read() as connection:
        found = (await connection.exec_driver_sql("SELECT session_user, current_user")).one()
        seen = (await connection.exec_driver_sql("SELECT count(*) FROM intake.submission")).scalar()
    assert tuple(found) == ("app", "gateway")
    assert seen == 0, "a session that says for nobody sees nobody's"


async def test_national_offices_create_approve_and_sign_nothing(house: House, things: Things) -> None:
    """None of them acts for a body (SEC-09); people, keys and who signs are a system administrator's alone."""
    before = await kept_of(house, HOME)
    for operation in INSIDE:
        if not operation.writes or operation.name in OF_OFFICES | KEEPS_NOTHING:
            continue
        for role in NATIONAL_ROLES:
            for path in things.paths(operation):
                words = sending(operation, things)
                headers = {**words.pop("headers", {}), **house.bearer(role)}
                answer = await house.client.request(operation.method, path, headers=headers, **words)
                assert answer.status_code == 403, (operation.name, role, answer.text)
    assert await kept_of(house, HOME) == before


def test_what_a_system_administrator_may_do_in_a_body_is_about_people_keys_and_who_signs() -> None:
    writing = {each.name for each in INSIDE if each.writes and each.permit and "system_administrator" in each.permit.roles}
    assert writing == {"post_member", "post_member_approval", "post_member_revocation", "post_credential_approval",
                       "post_credential_revocation", "post_mandate", "post_mandate_approval", "post_mandate_withdrawal",
                       "post_signature_demand"}  # fmt: skip


async def test_not_even_the_database_lets_a_national_session_write_for_a_body(database: TestDatabase) -> None:
    """Seeing all is not acting for one."""
    with psycopg.connect(database.app_url, options="-c role=gateway -c bangdiem.reads=*") as at:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            at.execute(
                "INSERT INTO intake.submission (submission_id, agency, period, sequence, form, test, created_by)"
                " VALUES ('sub_x', 'G06', '2026-02', 9, 'monthly-report/1', false, 'key:x')"
            )
        at.rollback()


async def test_the_very_same_requests_find_it_with_a_key_of_the_body(house: House, things: Things, seeds: Seeds) -> None:
    """So no 404 above was about a thing that is not there. Last in the module: it writes."""
    # Previews of it are kept apart in test_embargo: no body states its points any more once there is one.
    await seeds.publish(MONTH, version=1, release_at=now() + timedelta(days=20))
    for operation in INSIDE:
        answers = [await _own(house, operation, path, things) for path in things.paths(operation)]
        # A month that is not published is told so to the body alone.
        found = [
            each
            for each in answers
            if (each.status_code != 404 or "/problems/not-yet-published" in each.text)
            and "/problems/not-allowed" not in each.text
        ]
        assert found, (operation.name, [answer.text for answer in answers])


async def _own(house: House, operation: Operation, path: str, things: Things) -> httpx.Response:
    if operation.inside_roles:
        # Who administers a body may the most, of what the route lets it do at all.
        role = "agency_admin" if "agency_admin" in operation.inside_roles else operation.inside_roles[-1]
        return await ask(house, operation, path, things, agency=HOME, role=role)
    words = sending(operation, things)
    role = next(role for role in ROLES if operation.permit is not None and role in operation.permit.roles)
    headers = {**words.pop("headers", {}), **house.bearer(role)}
    return await house.client.request(operation.method, path, headers=headers, **words)
