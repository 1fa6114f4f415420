"""A version may be made now and be public from an instant on: before it only preview roles see it, at it everybody (PUB-08)."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from services.gateway.access.tenancy import NATIONAL_ROLES
from services.gateway.app.openapi import build
from services.gateway.application import build_app
from services.gateway.publication.store import published
from shared.embargo import LONGEST
from shared.timer import now
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, House, opened_house
from tests.integration.gateway.seeds import Published, Seeds
from tests.integration.gateway.test_isolation import unlocked
from tests.integration.gateway.test_scores import trusted

MONTH = "2026-01"
SCORES = f"{API}/periods/{MONTH}/scores"
OTHER = "G09"
PREVIEWERS = ("reader", "operator", "publisher", "auditor")
FAR = timedelta(days=20)
DOCUMENT = build(build_app())
QUERIES = (
    "version=2", "version=1", "format=csv", "from=1&to=2", "period=2026-01", "since=2026-01&to=2026-01",
    "fields=agencies,publication,result_digest", "version=2&fields=agencies", "version=2&expand=labels",
)  # fmt: skip
PAGES = (
    "/", f"/periods/{MONTH}", f"/periods/{MONTH}?version=2", f"/periods/{MONTH}/agencies/{HOME}", f"/periods/{MONTH}/board.css",
    f"/periods/{MONTH}/agencies/{HOME}?version=2", "/openapi.json", "/robots.txt",
)  # fmt: skip


@pytest.fixture(scope="module")
async def first(seeds: Seeds) -> Published:
    return await seeds.publish(MONTH, version=1)


@pytest.fixture(scope="module")
async def waiting(seeds: Seeds, first: Published) -> Published:
    """The second version of the month, which waits for its release."""
    return await seeds.publish(MONTH, version=2, release_at=now() + FAR)


@pytest.fixture(scope="module")
async def hasty(database: TestDatabase, house: House) -> AsyncIterator[House]:
    """A second gateway on the same database, whose clock is a month ahead of the database's."""
    del house
    async with opened_house(database, clock=lambda: now() + timedelta(days=31)) as made:
        yield made


def marks(before: Published, after: Published, renderings: list[dict[str, Any]]) -> set[bytes]:
    """What tells a version: its ids, the digests of all its bytes and of its result, totals that the one before has not."""
    said, own = before.json, json.loads(after.json)
    totals = {f'"{line["total_exact"]}"'.encode() for line in own["agencies"]}
    found = {after.run_id, after.publication_id, own["result_digest"], *(each["digest"] for each in renderings)}
    return {each.encode() for each in found} | {each for each in totals if len(each) > 6 and each not in said}


async def renderings_of(house: House, made: Published) -> list[dict[str, Any]]:
    return await house.facts(
        "SELECT agency, media_type, digest FROM scoring.rendering WHERE publication_id = :it", made.publication_id
    )


def found_in(answer: httpx.Response, wanted: set[bytes]) -> list[bytes]:
    whole = answer.content + repr(sorted(answer.headers.items())).encode()
    return [each for each in wanted if each in whole]


def addresses(first: Published) -> list[tuple[str, str]]:
    """Every GET operation of the document with what is public of the month, each also with the queries that it knows and that
    ask for the other version; and the pages."""
    given = {
        "period": MONTH,
        "agency": HOME,
        "run": first.run_id,
        "publication": first.publication_id,
        "code": "A1",
        "scheme": "m0",
    }
    found = [(page, page) for page in PAGES]
    for path, methods in DOCUMENT["paths"].items():
        if "get" in methods:
            place, known = path, {each["name"] for each in methods["get"].get("parameters", []) if each["in"] == "query"}
            for name in re.findall(r"{(\w+)}", path):
                place = place.replace(f"{{{name}}}", given.get(name, "1"))
            queries = [each for each in QUERIES if {part.partition("=")[0] for part in each.split("&")} <= known]
            found += [(methods["get"]["operationId"], f"{place}{query}") for query in ("", *(f"?{each}" for each in queries))]
    return found


async def test_before_its_release_no_answer_tells_of_it(
    house: House, hasty: House, first: Published, waiting: Published
) -> None:
    wanted = marks(first, waiting, await renderings_of(house, waiting))
    assert len(wanted) > 100
    listed = addresses(first)
    strangers: list[dict[str, str]] = [
        {},
        await house.bearer_of(OTHER, "agency_drafter"),
        await house.bearer_of(OTHER, "agency_admin"),
    ]
    strangers += [house.bearer(role) for role in NATIONAL_ROLES if role not in PREVIEWERS]
    answered = set()
    for gateway, callers in ((house, strangers), (hasty, [{}])):
        for headers in callers:
            for name, path in listed:
                # A body asks for its own things too, but its preview is its own.
                for place in {path, path.replace(HOME, OTHER)} if headers and name != "get_own_preview" else {path}:
                    answer = await gateway.client.get(place, headers=headers)
                    assert not found_in(answer, wanted), (name, place, headers)
                    answered |= {name} if answer.status_code == 200 else set()
    assert answered >= {"get_scores", "list_versions", "get_index", "list_own_initiatives", "/", f"/periods/{MONTH}"}


async def test_the_same_walk_finds_it_where_it_is_previewed(house: House, first: Published, waiting: Published) -> None:
    wanted = marks(first, waiting, await renderings_of(house, waiting))
    told = {name for name, path in addresses(first) if found_in(await house.get(path, "reader"), wanted)}
    assert told == {"get_preview", "get_own_preview", "list_score_runs", "get_run_readiness", "get_operator_board"}


async def test_before_its_release_everybody_has_the_version_before(
    house: House, hasty: House, first: Published, waiting: Published
) -> None:
    for gateway in (house, hasty):
        await trusted(gateway)
        for path in (SCORES, f"{SCORES}?version=1"):
            answer = await gateway.get(path)
            assert (answer.status_code, answer.content) == (200, first.json)
            assert "successor-version" not in answer.headers["link"]
        assert (await gateway.get(f"{SCORES}?version=2")).status_code == 404
        assert [each["version"] for each in (await gateway.get(f"{API}/periods/{MONTH}/versions")).json()["items"]] == [1]
        assert (await gateway.get(API)).json()["latest"]["version"] == 1
        assert (await gateway.get(f"{API}/periods/{MONTH}/changes?from=1&to=2")).status_code == 404
        assert (await gateway.get(f"{SCORES}/{HOME}/explanation?version=2")).status_code == 404
    ahead = (now() + FAR + timedelta(days=1)).isoformat()
    assert (await hasty.client.get(SCORES, params={"as_of": ahead})).json()["version"] == 1


@pytest.mark.parametrize("role", PREVIEWERS)
async def test_preview_roles_read_it_and_nothing_keeps_it(house: House, waiting: Published, role: str) -> None:
    answer = await house.get(f"{API}/periods/{MONTH}/preview", role)
    assert (answer.status_code, answer.content) == (200, waiting.json)
    assert (answer.headers["etag"], answer.headers["cache-control"]) == (f'"{waiting.digest}"', "private, no-store")
    assert datetime.fromisoformat(answer.headers["release-at"]) > now()
    header = (await house.get(f"{API}/publications/{waiting.publication_id}", role)).json()
    assert (header["version"], header["release_at"] is None) == (2, False)
    assert (await house.get(f"{API}/score-runs/{waiting.run_id}", role)).json()["publication"] == waiting.publication_id
    assert (await house.get(SCORES, role)).json()["version"] == 1, "public addresses do not look at who asks"


async def test_a_body_reads_its_own_part_alone(house: House, waiting: Published) -> None:
    place = f"{API}/agencies/{HOME}/periods/{MONTH}/preview"
    for role in ("agency_drafter", "agency_approver", "agency_signer", "agency_admin", "auditor"):
        answer = await house.get(place, role)
        assert [line["agency"] for line in answer.json()["agencies"]] == [HOME]
        assert answer.headers["cache-control"] == "private, no-store"
    assert (await house.client.get(place)).status_code == 401
    assert (await house.client.get(place, headers=await house.bearer_of(OTHER, "agency_drafter"))).status_code == 404
    with unlocked():
        answer = await house.client.get(place, headers=await house.bearer_of(OTHER, "agency_drafter"))
        assert answer.status_code == 404, "row security alone keeps bodies apart"
    assert (await house.get(place, "agency_unit")).status_code == 403
    assert (await house.get(place, "officer")).status_code == 403
    assert (await house.get(f"{API}/periods/{MONTH}/preview", "agency_drafter")).status_code == 403
    assert (await house.get(f"{API}/periods/2026-02/preview", "reader")).status_code == 404


async def test_the_database_alone_keeps_it(database: TestDatabase, waiting: Published) -> None:
    """Whatever a query forgets; also where a transaction before it previewed, which leaves an empty setting behind."""
    tables = ("publication", "rendering")
    with psycopg.connect(database.app_url, options="-c role=gateway", autocommit=True) as session:

        def seen(table: str) -> int:
            line = session.execute(
                f"SELECT count(*) FROM scoring.{table} WHERE publication_id = %s",
                [waiting.publication_id],
            ).fetchone()
            return line[0] if line else -1

        assert [seen(table) for table in tables] == [0, 0]
        with session.transaction():
            session.execute("SELECT set_config('bangdiem.previews', '*', true)")
            assert seen("publication") == 1
            assert seen("rendering") > 100
        left = session.execute("SELECT current_setting('bangdiem.previews')").fetchone()
        assert left == ("",)
        assert [seen(table) for table in tables] == [0, 0]
        with session.transaction():
            session.execute("SELECT set_config('bangdiem.previews', %s, true)", [HOME])
            bodies = session.execute(
                "SELECT DISTINCT agency FROM scoring.rendering WHERE publication_id = %s", [waiting.publication_id]
            )
            assert bodies.fetchall() == [(HOME,)]
        reports = session.execute("SELECT count(*) FROM scoring.published_report WHERE version = 2").fetchone()
        assert reports == (0,)
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            session.execute("INSERT INTO scoring.publication_release VALUES (%s)", [waiting.publication_id])


async def test_nothing_is_told_and_nobody_states_points_any_more(house: House, seeds: Seeds) -> None:
    made = await seeds.publish("2026-02", version=1, release_at=now() + FAR)
    events = await house.facts("SELECT type FROM control.event WHERE subject LIKE :it || '%'", made.publication_id)
    assert events == []
    assert (await house.get(f"{API}/periods/2026-02/scores")).status_code == 404
    stated = await house.post(
        f"{API}/agencies/{HOME}/periods/2026-02/self-scores", "agency_drafter", {"points": {"A1": "12.5"}}
    )
    assert stated.status_code == 409, "its people may have seen what is official"


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=-1), LONGEST + timedelta(minutes=1)])
async def test_the_instant_is_ahead_and_not_far(house: House, seeds: Seeds, first: Published, ahead: timedelta) -> None:
    run = (await seeds.run(MONTH, actor="local:third"))["run_id"]
    body = {"run_id": run, "plan": await house.seen(run), "reason": "công bố", "release_at": (now() + ahead).isoformat()}
    answer = await house.post(f"{API}/publications", "publisher", body)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/release_at"]
    assert "+07:00" in answer.json()["errors"][0]["expected"]
    with pytest.raises(Exception, match="not ahead, or more than 30 days"):
        await seeds.publish("2026-02", version=2, release_at=now() + ahead)


async def test_no_later_version_is_public_before_it(house: House, seeds: Seeds, first: Published, waiting: Published) -> None:
    run = (await seeds.run(MONTH, actor="local:third"))["run_id"]
    body = {"run_id": run, "plan": await house.seen(run), "reason": "công bố"}
    for release in ({}, {"release_at": (now() + timedelta(days=1)).isoformat()}):
        answer = await house.post(f"{API}/publications", "publisher", body | release)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "under-embargo")
    restored = {"restores": first.publication_id, "reason": "Sai số liệu"}
    assert (await house.post(f"{API}/publications", "publisher", restored)).status_code == 409
    later = await house.post(f"{API}/publications", "publisher", body | {"release_at": (now() + LONGEST - FAR / 9).isoformat()})
    assert later.status_code == 202, later.text
    with pytest.raises(Exception, match="is released later"):
        await seeds.publish(MONTH, version=3)


async def test_at_the_instant_everybody_has_it_from_every_gateway(house: House, hasty: House, seeds: Seeds) -> None:
    scores = f"{API}/periods/2026-03/scores"
    release_at = now() + timedelta(seconds=3)
    made = await seeds.publish("2026-03", version=1, release_at=release_at)
    told: set[tuple[int, str | None]] = set()
    answers = 0
    while (asked := now()) < release_at + timedelta(seconds=1):
        for gateway in (house, hasty):
            answer = await gateway.get(scores)
            if now() < release_at:
                assert answer.status_code == 404
            elif asked > release_at:
                told.add((answer.status_code, answer.headers.get("etag")))
                answers += 1
        await asyncio.sleep(0.005)
    assert told == {(200, f'"{made.digest}"')}
    assert answers > 10


async def test_a_kept_version_gives_way_at_the_instant(house: House, hasty: House, seeds: Seeds) -> None:
    """Both gateways hold the version before in their caches, and hold it until the database says otherwise."""
    month = "2026-03"
    scores = f"{API}/periods/{month}/scores"
    release_at = now() + timedelta(seconds=3)
    made = await seeds.publish(month, version=2, release_at=release_at)
    for gateway in (house, hasty):
        while gateway.gateway.published.find((scores, b"", "application/json")) is None:
            await gateway.get(scores)
            await asyncio.sleep(0.01)
    kept = (await house.get(scores)).json()["version"]
    assert (kept, now() < release_at) == (1, True)
    answers = []
    while (asked := now()) < release_at + timedelta(seconds=1):
        for gateway in (house, hasty):
            answer = await gateway.get(scores)
            if now() < release_at:
                assert answer.json()["version"] == 1
            elif asked > release_at:
                answers.append(answer.headers["etag"])
        await asyncio.sleep(0.002)
    assert set(answers) == {f'"{made.digest}"'}
    link = (await house.get(f"{scores}?version=1")).headers["link"]
    assert "successor-version" in link
    stood = (release_at - timedelta(seconds=1)).astimezone(UTC)
    assert (await hasty.client.get(scores, params={"as_of": stood.isoformat()})).json()["version"] == 1
    await _told(house, made)
    again = await house.get(f"{API}/periods/{month}/preview", "reader")
    assert again.status_code == 404
    listed = (await house.get(f"{API}/periods/{month}/versions")).json()["items"]
    assert [each["release_at"] is None for each in listed] == [False, False]


async def _told(house: House, made: Published) -> None:
    """Once, whichever gateway came first, with its audit row."""
    deadline = time.monotonic() + 10
    while not (
        found := await house.facts("SELECT type, recorded_at FROM control.event WHERE subject = :it", made.publication_id)
    ):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    assert [each["type"] for each in found] == ["scores.published"]
    assert [each["action"] for each in await house.audit_of(made.publication_id)].count("score.release") == 1


async def test_a_preview_ends_with_its_transaction(house: House, waiting: Published) -> None:
    async with house.runtime.database.read() as connection:
        await published.preview(connection)
        assert await published.find_publication(connection, waiting.publication_id) is not None
    for _ in range(10):
        async with house.runtime.database.read() as connection:
            assert await published.find_publication(connection, waiting.publication_id) is None
