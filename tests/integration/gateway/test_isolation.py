"""Bodies are kept apart: whatever one asks of another's is answered as if it were not there (SEC-01, SEC-09).

Generated over the route table, so that a route added later is held to it too. Then the same with row security as the only
defence: the check of the path is taken out, and still nothing of another body is seen or written.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import Request

from services.gateway.application import build_app
from services.gateway.permits import Permit, Within
from services.gateway.tenancy import AGENCY_ROLES
from shared.audit import Actor
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import HOME, NOW, House, opened_house
from tests.integration.gateway.reports import Body, report, task
from tests.integration.gateway.routes import Operation, operations
from tests.integration.gateway.test_attachments import GOOD, PDF, attach, declared

OTHER, MONTH = "H38", "2026-02"
MARK = "Dấu riêng của G06"
REASON = {"reason": "thử vượt quyền"}
EVERYTHING = list(operations(build_app()))
INSIDE = [each for each in EVERYTHING if "{agency}" in each.path and each.permit is not None]
# Read by everybody once published.
PUBLISHED = {"get_agency", "get_agency_scores"}
LATER = (NOW + timedelta(days=30)).isoformat()
PERSON = {"person": {"issuer": "vpcp", "sub": "ai-do"}, "holder": "Người lạ", "roles": ["agency_drafter"], **REASON}
CREDENTIAL = {"holder": "Máy lạ", "roles": ["agency_drafter"], "expires_at": LATER, **REASON}
DIGEST = "sha256:" + "0" * 64
# What each write is sent: good in itself, so that nothing but the body it is for can be the reason of a refusal.
BODIES: dict[str, Any] = {
    "post_submission": {"test": False},
    "put_submission_content": report(HOME, MONTH),
    "put_submission_section": [task(9)],
    "post_validation": {},
    "post_confirmation": {"finding_key": DIGEST, **REASON},
    "post_handover": {},
    "post_submission_approval": {},
    "post_rejection": REASON,
    "post_revert": REASON,
    "post_signature": {"digest": DIGEST},
    "post_attachment": GOOD[PDF][1],
    "post_member": PERSON,
    "post_member_approval": REASON,
    "post_member_revocation": REASON,
    "post_credential": CREDENTIAL,
    "post_rotation": REASON,
    "post_credential_approval": REASON,
    "post_credential_revocation": REASON,
    "post_initiative": {
        "period": MONTH,
        "title": MARK,
        "explanation": "Minh họa",
        "document": "1/TTr (minh họa)",
        "document_digest": DIGEST,
    },
    "post_initiative_approval": {},
    "post_initiative_withdrawal": REASON,
    "post_records_review": {"sequence": 1, "database": "db", "new_records": 1, "verdict": "confirmed", **REASON},
}
QUERIES = {"post_attachment": f"?section=registered_tasks&name={GOOD[PDF][0]}"}


class Unlocked(Within):
    """A permit whose check of the path was forgotten."""

    def __init__(self, former: Permit) -> None:
        super().__init__(former.roles, factor=former.factor)

    def require_reach(self, actor: Actor, request: Request) -> None:
        del actor, request


@dataclass(frozen=True)
class Things:
    """Real things of the home body, by the name of the path parameter that finds them."""

    ids: dict[str, str]
    tag: str

    def paths(self, operation: Operation) -> list[str]:
        """With the accepted submission and with the draft."""
        values = [{**self.ids, "sequence": number} for number in ("1", "2")]
        made = [re.sub(r"\{(\w+)\}", lambda name, at=at: at[name[1]], operation.path) for at in values]  # type: ignore[misc]
        return [path + QUERIES.get(operation.name, "") for path in dict.fromkeys(made)]


@pytest.fixture(scope="module")
async def house(database: TestDatabase) -> AsyncIterator[House]:
    """No person of it can sign in: the issuer is nobody's. Grants are asked for, and that is enough to be seen."""
    away = {"url": "http://127.0.0.1:9/realm", "audience": "bangdiem"}
    async with opened_house(database, issuers={"vpcp": away}) as made:
        yield made


@pytest.fixture(scope="module")
async def things(house: House) -> Things:
    body = Body(house, HOME, MONTH)
    marked = report(HOME, MONTH, tasks=[task(1, title=MARK)])
    await body.signed(marked)
    assert await body.begin() == 2
    sent = await body.put("/2", report(HOME, MONTH, tasks=[task(2, title=MARK)]))
    assert sent.status_code == 200, sent.text
    validation = await body.post("/2/validations", "drafter")
    attached = await attach(body, 2, PDF, *GOOD[PDF])
    assert (validation.status_code, attached.status_code) == (201, 201), validation.text + attached.text
    agency = f"/api/v1/agencies/{HOME}"
    grant = await house.post(f"{agency}/members", "agency_admin", {**PERSON, "holder": MARK})
    key = await house.post(f"{agency}/credentials", "agency_admin", {**CREDENTIAL, "holder": MARK})
    assert (grant.status_code, key.status_code) == (201, 201), grant.text + key.text
    initiative = await house.post(f"{agency}/initiatives", "agency_drafter", BODIES["post_initiative"])
    assert initiative.status_code == 201, initiative.text
    last = {name: answer.headers["location"].rsplit("/", 1)[1] for name, answer in (
        ("validation", validation), ("attachment", attached), ("grant", grant), ("credential", key),
        ("initiative", initiative))}  # fmt: skip
    ids = {"agency": HOME, "period": MONTH, "section": "registered_tasks", "step": "1", "review": "rev_" + "0" * 26,
           "confirmation": "conf_" + "0" * 26, **last}  # fmt: skip
    return Things(ids, sent.headers["etag"])


def sending(operation: Operation, things: Things) -> dict[str, Any]:
    """The request's words, headers apart from the caller's."""
    if not operation.writes:
        return {}
    content = BODIES[operation.name]
    if isinstance(content, bytes):
        return {"content": content, "headers": {"content-type": PDF, "content-digest": declared(content)}}
    return {"json": content, "headers": {"if-match": things.tag} if operation.method == "PUT" else {}}


async def ask(house: House, operation: Operation, path: str, things: Things, *, agency: str, role: str) -> httpx.Response:
    words = sending(operation, things)
    headers = {**words.pop("headers", {}), **await house.bearer_of(agency, role)}
    return await house.client.request(operation.method, path, headers=headers, **words)


async def kept_of(house: House, agency: str) -> dict[str, int]:
    """How many rows of a body there are, in every table that carries one and is kept apart."""
    apart = await house.facts(
        "SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agency' WHERE c.relrowsecurity AND c.relforcerowsecurity"
    )
    counted = {}
    for table in sorted(row["name"] for row in apart):
        found = await house.facts(f"SELECT count(*) AS n FROM {table} WHERE agency = :it", agency)
        counted[table] = found[0]["n"]
    return counted


@contextmanager
def unlocked(house: House) -> Iterator[None]:
    """Every permit of the built application lets the path through."""
    overrides = house.gateway.app.dependency_overrides
    for operation in operations(house.gateway.app):
        if isinstance(operation.permit, Within):
            overrides[operation.permit] = Unlocked(operation.permit)
    try:
        yield
    finally:
        overrides.clear()


def test_every_route_about_a_body_is_either_published_or_held_to_the_body() -> None:
    for operation in EVERYTHING:
        if "{agency}" in operation.path:
            closed = isinstance(operation.permit, Within)
            assert closed != (operation.name in PUBLISHED), f"{operation.name}: use Within, or publish it"
        else:
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
    with unlocked(house):
        for role in operation.inside_roles:
            for path in things.paths(operation):
                answer = await ask(house, operation, path, things, agency=OTHER, role=role)
                assert MARK not in answer.text, path
                if operation.writes:
                    assert answer.status_code == 404, (path, role, answer.text)
                else:
                    assert answer.status_code == 404 or _is_empty(answer.json()), (path, answer.text)
    assert await kept_of(house, HOME) == before


def _is_empty(content: dict[str, Any]) -> bool:
    """An empty list; or what holds for every body, that nothing came from it."""
    if "items" in content:
        return content["items"] == []
    return not any(content.get(name) for name in ("submission", "report", "receipt", "in_force", "sequence"))


async def test_without_row_security_the_unlocked_routes_would_show_it(
    house: House, things: Things, database: TestDatabase
) -> None:
    """The test above is a test: with row security gone, the very same requests are answered."""
    with psycopg.connect(database.superuser_url, autocommit=True) as at:
        tables = [name for (name,) in at.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity")]  # fmt: skip
        for table in tables:
            at.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")  # type: ignore[arg-type]
        try:
            with unlocked(house):
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
                at.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")  # type: ignore[arg-type]
    assert {"get_member", "list_members", "get_credential", "list_credentials", "get_submission_content"} <= shown


async def test_the_gateway_works_as_the_login_of_all_in_one(house: House) -> None:
    """What is proven above is proven for ``app``, which is a member of every service's role and inherits none."""
    async with house.runtime.database.read() as connection:
        found = (await connection.exec_driver_sql("SELECT session_user, current_user")).one()
        seen = (await connection.exec_driver_sql("SELECT count(*) FROM intake.submission")).scalar()
    assert tuple(found) == ("app", "gateway")
    assert seen == 0, "a session that says for nobody sees nobody's"


async def test_national_offices_create_approve_and_sign_nothing(house: House, things: Things) -> None:
    """No operator, publisher, auditor or reader acts for a body (SEC-09); only people and keys are a system administrator's."""
    before = await kept_of(house, HOME)
    for operation in INSIDE:
        if not operation.writes or operation.name == "post_records_review":
            continue
        for role in ("operator", "publisher", "auditor", "reader", "records_reviewer"):
            for path in things.paths(operation):
                words = sending(operation, things)
                headers = {**words.pop("headers", {}), **house.bearer(role)}
                answer = await house.client.request(operation.method, path, headers=headers, **words)
                assert answer.status_code == 403, (operation.name, role, answer.text)
    assert await kept_of(house, HOME) == before


def test_what_a_system_administrator_may_do_in_a_body_is_about_people_and_keys() -> None:
    writing = {each.name for each in INSIDE if each.writes and each.permit and "system_administrator" in each.permit.roles}
    assert writing == {"post_member", "post_member_approval", "post_member_revocation", "post_credential_approval",
                       "post_credential_revocation"}  # fmt: skip


async def test_not_even_the_database_lets_a_national_session_write_for_a_body(database: TestDatabase) -> None:
    """Seeing all is not acting for one."""
    with psycopg.connect(database.app_url, options="-c role=gateway -c bangdiem.reads=*") as at:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            at.execute(
                "INSERT INTO intake.submission (submission_id, agency, period, sequence, form, test, created_by)"
                " VALUES ('sub_x', 'G06', '2026-02', 9, 'monthly-report/1', false, 'key:x')"
            )
        at.rollback()
