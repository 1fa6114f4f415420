"""A POST sent again does nothing again: replay, mismatch, twins, and death between any two steps (INT-09)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.gateway import GatewaySettings, create
from services.gateway.http.idempotency import forget_closed, forgetting
from shared.service import Platform
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, PEPPER, House
from tests.integration.gateway.seeds import Seeds

WORDS = {"reason": "Nguồn không trả lời", "document": "Công văn 1/VPCP (minh họa)"}
RULING = {"period": "2026-01", "agency": "G06", "measure": "accepted_tasks", "value": "3", **WORDS}
EXEMPTION = {"agency": "G06", "indicator": "B1", "valid_from": "2026-01", "valid_to": "2026-06", **WORDS}
# Whoever keeps an answer waits for the test, which holds this lock.
GATE = """
CREATE FUNCTION control.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock(4585); RETURN NEW; END $$;
CREATE TRIGGER wait_at_gate BEFORE INSERT ON control.idempotency FOR EACH ROW EXECUTE FUNCTION control.wait_at_gate()
"""
NO_GATE = "DROP TRIGGER wait_at_gate ON control.idempotency; DROP FUNCTION control.wait_at_gate()"
AT_GATE = """
SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
 WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 4585 AND NOT l.granted
"""


async def post(house: House, path: str, body: Any, *keys: str, role: str = "publisher", **headers: str) -> httpx.Response:
    sent = [*house.bearer(role).items(), *headers.items(), *(("idempotency-key", key) for key in keys)]
    return await house.client.post(API + path, headers=sent, json=body)


async def rulings(house: House, reason: str) -> int:
    found = await house.facts("SELECT count(*) AS n FROM control.ruling WHERE reason = :it", reason)
    return int(found[0]["n"])


@asynccontextmanager
async def gate(house: House) -> AsyncIterator[Any]:
    """Holds back every answer that is about to be kept; yields the connection that does."""
    async with house.owner.engine.connect() as keeper:
        await keeper.exec_driver_sql(GATE)
        await keeper.exec_driver_sql("SELECT pg_advisory_lock(4585)")
        await keeper.commit()
        try:
            yield keeper
        finally:
            await keeper.exec_driver_sql("SELECT pg_advisory_unlock(4585)")
            await keeper.exec_driver_sql(NO_GATE)
            await keeper.commit()


async def arrival(keeper: Any) -> int:
    """The backend that waits at the gate."""
    async with asyncio.timeout(20):
        while True:
            found = (await keeper.exec_driver_sql(AT_GATE)).scalars().all()
            await keeper.commit()
            if found:
                return int(found[0])


async def test_the_same_request_is_answered_as_before(house: House) -> None:
    body = {**RULING, "reason": "lặp lại"}
    first = await post(house, "/rulings", body, "again-1")
    second = await post(house, "/rulings", body, "again-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert await rulings(house, "lặp lại") == 1


async def test_without_a_key_it_is_done_again(house: House) -> None:
    body = {**RULING, "reason": "không khóa"}
    assert [(await post(house, "/rulings", body)).status_code for _ in range(2)] == [201, 201]
    assert await rulings(house, "không khóa") == 2


async def test_another_request_under_the_same_key_is_refused(house: House) -> None:
    body = {**RULING, "reason": "khác nội dung"}
    assert (await post(house, "/rulings", body, "other-1")).status_code == 201
    for path, sent in (("/rulings", {**body, "value": "4"}), ("/applicability", body)):
        answer = await post(house, path, sent, "other-1")
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("/problems/idempotency-mismatch")
    charset = {"content-type": "application/json; charset=utf-8"}
    assert (await post(house, "/rulings", body, "other-1", **charset)).status_code == 422
    assert await rulings(house, "khác nội dung") == 1


async def test_a_key_is_its_callers_own(house: House) -> None:
    body = {"period": "2026-01", "reason": "hai người"}
    operator = await post(house, "/score-runs", body, "mine-1", role="operator")
    publisher = await post(house, "/rulings", {**RULING, "reason": "hai người"}, "mine-1", role="publisher")
    assert (operator.status_code, publisher.status_code) == (202, 201)


async def test_a_queued_command_is_asked_once(house: House) -> None:
    body = {"period": "2026-01", "reason": "một lần thôi"}
    answers = [await post(house, "/score-runs", body, "queue-1", role="operator") for _ in range(3)]
    assert [each.status_code for each in answers] == [202] * 3
    assert len({each.content for each in answers}) == 1
    found = await house.facts(
        "SELECT count(*) AS n FROM control.command JOIN queue.job_run USING (command_id) WHERE reason = :it", body["reason"]
    )
    assert found[0]["n"] == 1


async def test_a_replay_does_not_ask_whether_it_could_be_done_now(house: House) -> None:
    made = await house.decide("/applicability", EXEMPTION)
    place = f"/applicability/{made['applicability_id']}/withdrawals"
    first = await post(house, place, WORDS, "withdraw-1")
    assert first.status_code == 201
    assert (await house.approve(first.json()["applicability_id"])).status_code == 201
    assert (await post(house, place, WORDS, "withdraw-2")).status_code == 409
    again = await post(house, place, WORDS, "withdraw-1")
    assert (again.status_code, again.content) == (201, first.content)


async def test_refusals_are_not_kept(house: House) -> None:
    wrong = {**RULING, "reason": "sửa rồi gửi lại", "value": "-1"}
    assert (await post(house, "/rulings", wrong, "refused-1")).status_code == 422
    assert (await post(house, "/rulings", {**wrong, "value": "1"}, "refused-1")).status_code == 201


@pytest.mark.parametrize("keys", [("",), ("a" * 129,), ("two words",), ("khóa",), ("a\tb",), ("one", "two"), ("one", "one")])
async def test_what_is_no_key_is_refused(house: House, keys: tuple[str, ...]) -> None:
    headers = [*house.bearer("publisher").items(), *((b"idempotency-key", key.encode()) for key in keys)]
    answer = await house.client.post(f"{API}/rulings", headers=headers, json=RULING)  # type: ignore[arg-type] # mixed is fine
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["Idempotency-Key"]


async def test_the_caller_is_asked_for_first(house: House) -> None:
    for key in ("", "fine"):
        answer = await house.client.post(f"{API}/rulings", headers={"idempotency-key": key}, json=RULING)
        assert answer.status_code == 401
    assert (await post(house, "/rulings", RULING, "again-1", role="reader")).status_code == 403


async def test_twins(house: House) -> None:
    """While the first is at work the second is told so; once it is done, the second has its answer."""
    body = {**RULING, "reason": "song sinh"}
    async with gate(house) as keeper:
        first = asyncio.create_task(post(house, "/rulings", body, "twin-1"))
        await arrival(keeper)
        second = await post(house, "/rulings", body, "twin-1")
        other = await rulings(house, "song sinh")
    assert second.status_code == 409
    assert second.json()["type"].endswith("/problems/twin-in-flight")
    assert other == 0
    assert (await first).status_code == 201
    third = await post(house, "/rulings", body, "twin-1")
    assert (third.content, third.headers["idempotent-replayed"]) == ((await first).content, "true")
    assert await rulings(house, "song sinh") == 1


async def test_many_twins_at_once_do_it_once(house: House) -> None:
    body = {**RULING, "reason": "hai mươi bản"}
    answers = await asyncio.gather(*(post(house, "/rulings", body, "crowd-1") for _ in range(20)))
    assert {each.status_code for each in answers} <= {201, 409}
    assert len({each.content for each in answers if each.status_code == 201}) == 1
    assert await rulings(house, "hai mươi bản") == 1


async def test_a_death_before_the_commit_leaves_nothing_and_the_same_key_does_it(house: House) -> None:
    """The write is done, its answer is not yet kept, and the connection dies."""
    body = {**RULING, "reason": "chết giữa chừng"}
    async with gate(house) as keeper:
        first = asyncio.create_task(post(house, "/rulings", body, "death-1"))
        pid = await arrival(keeper)
        await keeper.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
        answer = await first
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/problems/unavailable")
    assert await rulings(house, "chết giữa chừng") == 0
    again = await post(house, "/rulings", body, "death-1")
    assert (again.status_code, "idempotent-replayed" in again.headers) == (201, False)
    assert await rulings(house, "chết giữa chừng") == 1


async def test_nothing_is_told_before_it_is_kept(house: House) -> None:
    """Seen from another connection at the answer's first byte; whatever dies after that, the caller can ask again."""
    body, seen = {**RULING, "reason": "câu trả lời bị mất"}, []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def watch(message: Any) -> None:
            if message["type"] == "http.response.start":
                kept = await house.facts("SELECT status FROM control.idempotency WHERE key = :it", "lost-1")
                seen.append((message["status"], [each["status"] for each in kept], await rulings(house, body["reason"])))
            await send(message)

        await house.gateway(scope, receive, watch)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=watched), base_url="http://gateway") as client:
        lost = await client.post(
            f"{API}/rulings", headers={**house.bearer("publisher"), "idempotency-key": "lost-1"}, json=body
        )
    assert seen == [(201, [201], 1)]
    again = await post(house, "/rulings", body, "lost-1")
    assert (again.status_code, again.content, again.headers["idempotent-replayed"]) == (201, lost.content, "true")
    assert await rulings(house, body["reason"]) == 1


async def test_any_order_of_requests_does_each_thing_once(house: House) -> None:
    """Against a model: the first success under a key is its answer for ever, whatever is asked in between."""
    dice = random.Random(4585)  # noqa: S311 # a test's dice
    model: dict[str, tuple[str, bytes]] = {}
    for _ in range(80):
        key, value = f"dice-{dice.randrange(6)}", dice.choice(["1", "2", "-1"])
        answer = await post(house, "/rulings", {**RULING, "reason": "xúc xắc", "value": value}, key)
        known = model.get(key)
        if known is None and value != "-1":
            assert answer.status_code == 201
            model[key] = (value, answer.content)
        elif known is None:
            assert answer.json()["type"].endswith("/problems/input-invalid")
        elif known[0] == value:
            assert (answer.status_code, answer.content) == (201, known[1])
        else:
            assert answer.json()["type"].endswith("/problems/idempotency-mismatch")
    assert len(model) == 6
    assert await rulings(house, "xúc xắc") == 6


async def test_one_connection_is_enough(house: House, database: TestDatabase) -> None:
    """A request with a key never waits for a second connection while it holds one."""
    settings = GatewaySettings(key_pepper=PEPPER, pool_size=1)
    gateway = create(settings, Platform(database.app_url, clock=lambda: NOW))
    transport = httpx.ASGITransport(app=gateway)
    async with gateway.opened(), httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        async with asyncio.timeout(10):
            for number in range(3):
                headers = {**house.bearer("publisher"), "idempotency-key": f"lonely-{number}"}
                answer = await client.post(f"{API}/rulings", headers=headers, json={**RULING, "reason": "một kết nối"})
                assert answer.status_code == 201
            assert (await client.post(f"{API}/rulings", headers=headers, json=RULING)).status_code == 422
    assert await rulings(house, "một kết nối") == 3


async def test_a_body_longer_than_any_route_reads_is_refused(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 1024 * 1024

    headers = {**house.bearer("publisher"), "idempotency-key": "long-1", "content-type": "application/json"}
    answer = await house.client.post(f"{API}/rulings", headers=headers, content=endless())
    assert answer.status_code == 413


async def test_answers_are_kept_until_the_month_closes(house: House, seeds: Seeds) -> None:
    del seeds
    await post(house, "/rulings", {**RULING, "reason": "còn giữ"}, "kept-1")
    recorded = [datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC)]
    async with house.owner.engine.begin() as connection:
        for number, at in enumerate(recorded):
            values = {"key": f"kept-{number}", "at": at}
            await connection.execute(
                text(
                    "INSERT INTO control.idempotency (actor, key, fingerprint, status, headers, body, recorded_at)"
                    " VALUES ('key:old', :key, '', 201, '[]', '', :at)"
                ),
                values,
            )
    before = await house.facts("SELECT count(*) AS n FROM control.idempotency")
    pool = house.runtime.database
    assert await forget_closed(pool, now=datetime(2026, 2, 4, 16, 59, tzinfo=UTC)) == 0
    assert await forget_closed(pool, now=datetime(2026, 2, 4, 17, 0, tzinfo=UTC)) == 1
    assert await forget_closed(pool, now=datetime(2026, 3, 4, 17, 0, tzinfo=UTC)) == 1
    left = await house.facts("SELECT count(*) AS n FROM control.idempotency")
    assert left[0]["n"] == before[0]["n"] - 2


async def test_every_post_of_a_caller_declares_the_key_and_what_may_come_of_it(house: House) -> None:
    document = (await house.get("/openapi.json")).json()
    posts = [(path, each["post"]) for path, each in document["paths"].items() if "post" in each and "x-roles" in each["post"]]
    assert len(posts) > 10
    for path, operation in posts:
        assert {"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"], path
        assert {"409", "413", "422"} <= set(operation["responses"]), path
        successes = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        assert all("Idempotent-Replayed" in answer["headers"] for answer in successes), path


async def test_answers_are_forgotten_every_night(house: House) -> None:
    tick = forgetting(house.runtime.database, lambda: datetime(2026, 9, 1, tzinfo=UTC))
    await post(house, "/rulings", {**RULING, "reason": "đêm"}, "night-1")
    async with house.owner.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE control.idempotency SET recorded_at = '2026-07-01' WHERE key = 'night-1'")
    await tick.fire(scheduled_at=None)
    assert await house.facts("SELECT 1 FROM control.idempotency WHERE key = :it", "night-1") == []
