"""A body's system is told of events: signed, tried again for 72 hours, replayed, and never of another body's (INT-13)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from services.gateway.notifications.schemas.event_data import DATA_OF
from services.gateway.notifications.store.deliveries import secrets_in_force
from services.gateway.notifications.webhooks.failing import failing
from services.gateway.notifications.webhooks.secrets import signature
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, NOW, House, opened_house
from tests.integration.gateway.receiver import LOOPBACK, Received, Receiver, receiving
from tests.integration.gateway.reports import Body, report, task
from tests.integration.gateway.seeds import Seeds

OTHER = "H38"
REASON = {"reason": "thử nhận sự kiện"}
# Reports beyond this are checked by a job.
AT_ONCE = 4000


class Moment:
    """The gateway's clock, moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Moment:
    return Moment()


@pytest.fixture(scope="module")
async def house(database: TestDatabase, clock: Moment) -> AsyncIterator[House]:
    given = {"webhook_networks": f"{LOOPBACK}/32", "webhook_plain_hosts": LOOPBACK, "check_at_once_bytes": AT_ONCE}
    async with opened_house(database, clock=clock, **given) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


async def until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    """Looked at again and again, to a deadline."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not happen in time"
        await asyncio.sleep(0.02)


async def register(house: House, receiver: Receiver, *, agency: str = HOME, **asked: Any) -> tuple[str, str]:
    """The webhook's path and its secret."""
    headers = await house.bearer_of(agency, "agency_admin")
    body = {"url": receiver.url, **REASON, **asked}
    answer = await house.client.post(f"{API}/agencies/{agency}/webhooks", headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], answer.json()["secret"]


async def ask(house: House, path: str, body: Any = REASON, *, agency: str = HOME) -> httpx.Response:
    return await house.client.post(path, headers=await house.bearer_of(agency, "agency_admin"), json=body)


async def events(house: House, *, agency: str = HOME, query: str = "") -> list[dict[str, Any]]:
    headers = await house.bearer_of(agency, "agency_drafter")
    answer = await house.client.get(f"{API}/agencies/{agency}/events?limit=500{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    found = list(answer.json()["items"])
    for each in found:
        DATA_OF[each["type"]].model_validate_json(json.dumps(each["data"]))
    return found


def is_signed(received: Received, secret: str, body: bytes | None = None) -> bool:
    given = received.headers["webhook-signature"].split(" ")
    at = received.headers["webhook-timestamp"]
    made = signature(received.headers["webhook-id"], at, received.body if body is None else body, secret)
    return f"v1,{made}" in given


async def test_a_large_upload_is_202_and_its_event_arrives_signed(house: House, receiver: Receiver) -> None:
    body = Body(house, HOME, "2026-02")
    _, secret = await register(house, receiver, types=["validation.finished"])
    sequence = await body.begin()
    content = json.dumps(report(HOME, "2026-02", tasks=[task(number) for number in range(1, 60)])).encode()
    assert len(content) > AT_ONCE
    taken = await body.put(f"/{sequence}", content)
    assert taken.status_code == 202, taken.text
    assert taken.headers["retry-after"] == "1"
    await until(lambda: bool(receiver.got))
    (got,) = receiver.got
    told = json.loads(got.body)
    assert (told["type"], told["agency"]) == ("validation.finished", HOME)
    assert told["href"] == taken.headers["location"]
    assert told["id"] == got.headers["webhook-id"]
    assert told["data"]["revision"] == 1
    assert is_signed(got, secret)
    assert not is_signed(got, secret, got.body.replace(b"false", b"true", 1))
    found = await house.client.get(told["href"], headers=await house.bearer_of(HOME, "agency_drafter"))
    assert found.json()["validation_id"] == told["subject"]
    assert told in await events(house)


async def test_a_step_says_that_the_check_is_running_as_the_findings_do(house: House, database: TestDatabase) -> None:
    body = Body(house, "H12", "2026-01")
    sequence = await body.begin()
    submission_id = (await body.get(f"/{sequence}")).json()["submission_id"]
    with psycopg.connect(database.superuser_url, autocommit=True) as at:
        at.execute("SET search_path = queue")
        # Jobs of one submission run one after the other: its check waits until this one is gone.
        held = at.execute(
            "INSERT INTO queue.procrastinate_jobs (queue_name, task_name, lock) VALUES ('nobody', 'nothing', %s) RETURNING id",
            [submission_id],
        ).fetchone()
        content = json.dumps(report("H12", "2026-01", tasks=[task(number) for number in range(1, 60)])).encode()
        taken = await body.put(f"/{sequence}", content)
        assert taken.status_code == 202
        refused = [await body.get(f"/{sequence}/findings"), await body.post(f"/{sequence}/handovers", "drafter")]
        told = [{name: each.json()[name] for name in ("status", "type", "detail", "hint")} for each in refused]
        assert told[0] == told[1]
        assert (told[0]["status"], told[0]["hint"]) == (409, "Yêu cầu lại khi việc đó kết thúc.")
        at.execute("DELETE FROM queue.procrastinate_jobs WHERE id = %s", held)


async def test_a_check_that_fails_is_told_too(house: House, receiver: Receiver, database: TestDatabase) -> None:
    body = Body(house, "H17", "2026-02")
    await register(house, receiver, agency="H17", types=["validation.finished", "validation.failed"])
    sequence = await body.begin()
    content = json.dumps(report("H17", "2026-02", tasks=[task(number) for number in range(1, 60)])).encode()
    assert (await body.put(f"/{sequence}", content)).status_code == 202
    await until(lambda: len(receiver.got) == 1)
    with psycopg.connect(database.superuser_url) as at:
        # As a disk would: nothing in the product changes what was sent in.
        at.execute("SET session_replication_role = replica")
        at.execute("UPDATE intake.revision SET body = substr(body, 1, 40) || '\\x00' WHERE agency = 'H17'")
    asked = await body.post(f"/{sequence}/validations", "drafter")
    assert asked.status_code == 202, asked.text
    await until(lambda: len(receiver.got) == 2)
    told = json.loads(receiver.got[1].body)
    assert (told["type"], told["data"]["problem"], told["href"]) == ("validation.failed", "internal", asked.headers["location"])


async def handed_over(house: House, agency: str) -> dict[str, Any]:
    """A draft of the body was handed over; the event that tells of it."""
    await Body(house, agency, "2026-02").handed_over()
    return (await events(house, agency=agency, query="&types=submission.handed_over"))[-1]


async def told(house: House, path: str, *, agency: str, state: str = "") -> list[dict[str, Any]]:
    answer = await house.client.get(f"{path}/deliveries{state}", headers=await house.bearer_of(agency, "agency_drafter"))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def settled(house: House, path: str, *, agency: str, state: str, attempts: int) -> dict[str, Any]:
    """The webhook's latest delivery, once it is so."""
    ends = time.monotonic() + 20
    while True:
        last = (await told(house, path, agency=agency))[-1:]
        if [(each["state"], each["attempt_count"]) for each in last] == [(state, attempts)]:
            return last[0]
        assert time.monotonic() < ends, last
        await asyncio.sleep(0.05)


async def test_what_fails_is_sent_again_and_a_redirect_is_not_followed(house: House, receiver: Receiver, clock: Moment) -> None:
    receiver.answers += [500, 302]
    path, secret = await register(house, receiver, agency="H05", types=["submission.handed_over"])
    event = await handed_over(house, "H05")
    await settled(house, path, agency="H05", state="retrying", attempts=1)
    clock.now += timedelta(seconds=5)
    await settled(house, path, agency="H05", state="retrying", attempts=2)
    clock.now += timedelta(seconds=30)
    done = await settled(house, path, agency="H05", state="delivered", attempts=3)
    assert [(each["status"], each["problem"]) for each in done["attempts"]] == [(500, "status"), (302, "redirect"), (204, None)]
    assert [each.path for each in receiver.got] == ["/su-kien"] * 3
    assert {each.body for each in receiver.of(event["id"])} == {receiver.got[0].body}
    assert len({each.headers["webhook-timestamp"] for each in receiver.got}) == 3
    assert all(is_signed(each, secret) for each in receiver.got)


async def test_after_72_hours_it_is_given_up_and_can_be_replayed(house: House, receiver: Receiver, clock: Moment) -> None:
    receiver.answers += [500, 503, 500]
    path, _ = await register(house, receiver, agency="H12", types=["submission.handed_over"])
    event = await handed_over(house, "H12")
    first = await settled(house, path, agency="H12", state="retrying", attempts=1)
    began = datetime.fromisoformat(first["begins_at"])
    clock.now = began + timedelta(hours=71)
    last = await settled(house, path, agency="H12", state="retrying", attempts=2)
    assert datetime.fromisoformat(last["next_at"]) <= began + timedelta(hours=72)
    clock.now = began + timedelta(hours=72)
    over = await settled(house, path, agency="H12", state="given_up", attempts=3)
    assert over["next_at"] is None
    (known,) = [each for each in (await failing(house.runtime.database))["webhooks"] if each["agency"] == "H12"]
    assert (known["given_up"], known["last_failure"]["status"]) == (1, 500)
    seen = (await house.client.get(path, headers=await house.bearer_of("H12", "agency_signer"))).json()
    assert (seen["given_up"], seen["delivered"]) == (1, 0)
    assert (seen["last_failure"]["status"], seen["last_failure"]["problem"]) == (500, "status")
    replay = await ask(house, f"{path}/replays", {"event_id": event["id"], **REASON}, agency="H12")
    assert (replay.status_code, replay.json()["event_count"]) == (201, 1), replay.text
    again = await settled(house, path, agency="H12", state="delivered", attempts=1)
    assert (again["round"], again["event_id"]) == (1, event["id"])
    assert len(receiver.of(event["id"])) == 4
    since = await ask(house, f"{path}/replays", {"since": NOW.isoformat(), **REASON}, agency="H12")
    assert since.json()["event_count"] == 1, "one event of the types that the webhook is for"
    for wrong in ({}, {"since": NOW.isoformat(), "event_id": event["id"]}, {"since": "2025-01-01T00:00:00+07:00"}):
        assert (await ask(house, f"{path}/replays", {**wrong, **REASON}, agency="H12")).status_code == 422


async def test_two_secrets_sign_while_one_replaces_the_other(house: House, receiver: Receiver, clock: Moment) -> None:
    path, former = await register(house, receiver, agency="H13", types=["submission.handed_over"])
    made = await ask(house, f"{path}/rotations", {"overlap_hours": 24, **REASON}, agency="H13")
    secret = made.json()["secret"]
    await handed_over(house, "H13")
    await until(lambda: len(receiver.got) == 1)
    assert [is_signed(receiver.got[0], each) for each in (former, secret)] == [True, True]
    await settled(house, path, agency="H13", state="delivered", attempts=1)
    clock.now += timedelta(hours=24)
    await ask(house, f"{path}/replays", {"since": NOW.isoformat(), **REASON}, agency="H13")
    await until(lambda: len(receiver.got) == 2)
    assert [is_signed(receiver.got[1], each) for each in (former, secret)] == [False, True]
    kept = await house.facts("SELECT sealed FROM control.webhook_secret")
    assert len(kept) > 1
    assert not any(each in str(kept) for each in (former, secret))


async def test_the_last_rotation_bounds_every_former_secret(house: House, receiver: Receiver, clock: Moment) -> None:
    """Two secrets sign at most, and a rotation with no hours leaves one, whatever earlier rotations allowed."""
    path, _ = await register(house, receiver, agency="H17", types=["submission.handed_over"])
    hook, signing = path.rsplit("/", 1)[1], []
    for hours in (2, 24, 0, 24):
        await ask(house, f"{path}/rotations", {"overlap_hours": hours, **REASON}, agency="H17")
        async with house.owner.read() as connection:
            sealed = await secrets_in_force(connection, hook, now=clock.now)
        kept = await house.facts("SELECT number, sealed FROM control.webhook_secret WHERE webhook_id = :it", hook)
        numbers = {each["sealed"]: each["number"] for each in kept}
        signing.append([numbers[each] for each in sealed])
    assert signing == [[2, 1], [3, 2], [4], [5, 4]]


async def test_nothing_of_a_body_reaches_another(house: House, receiver: Receiver) -> None:
    path, _ = await register(house, receiver, agency="H26")
    with receiving() as others:
        await register(house, others, agency=OTHER)
        event = await handed_over(house, "H26")
        await until(lambda: bool(receiver.of(event["id"])))
        await handed_over(house, OTHER)
        await until(lambda: bool(others.got))
        assert {json.loads(each.body)["agency"] for each in others.got} == {OTHER}
    assert {json.loads(each.body)["agency"] for each in receiver.got} == {"H26"}
    foreign = path.replace("H26", OTHER)
    admin = await house.bearer_of(OTHER, "agency_admin")
    asked = [foreign, f"{foreign}/deliveries", f"{API}/agencies/{OTHER}/events/{event['id']}",
             f"{API}/agencies/{OTHER}/events?after={event['id']}", path]  # fmt: skip
    assert [(await house.client.get(each, headers=admin)).status_code for each in asked] == [404] * 5
    for action in ("rotations", "replays", "pauses", "resumptions", "ends"):
        body = {"event_id": event["id"], **REASON} if action == "replays" else REASON
        assert (await ask(house, f"{foreign}/{action}", body, agency=OTHER)).status_code == 404, action
    own = await ask(house, f"{API}/agencies/{OTHER}/webhooks", {"url": receiver.url, **REASON}, agency=OTHER)
    replay = await ask(house, f"{own.headers['location']}/replays", {"event_id": event["id"], **REASON}, agency=OTHER)
    assert replay.status_code == 404, "another body's event is not sent either"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://10.0.0.8/x", "webhook-address-refused"),
        ("https://127.0.0.2/x", "webhook-address-refused"),
        ("https://[::1]/x", "webhook-address-refused"),
        ("https://[::ffff:169.254.169.254]/latest", "webhook-address-refused"),
        ("http://1.1.1.1/x", "webhook-not-https"),
        ("https://khong-co.invalid/x", "webhook-host-unknown"),
        ("https://a:b@1.1.1.1/x", "input-invalid"),
    ],
)
async def test_where_events_are_not_sent(house: House, url: str, problem: str) -> None:
    answer = await ask(house, f"{API}/agencies/{HOME}/webhooks", {"url": url, **REASON})
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith(f"/problems/{problem}")
    assert answer.json()["errors"][0]["expected"]


async def test_a_webhook_is_paused_resumed_and_ended(house: House, receiver: Receiver) -> None:
    path, _ = await register(house, receiver, agency="H14", types=["submission.handed_over"])
    assert (await ask(house, f"{path}/pauses", agency="H14")).json()["state"] == "paused"
    assert (await ask(house, f"{path}/pauses", agency="H14")).status_code == 409
    event = await handed_over(house, "H14")
    assert await told(house, path, agency="H14") == []
    assert (await ask(house, f"{path}/resumptions", agency="H14")).json()["state"] == "active"
    await until(lambda: bool(receiver.of(event["id"])))
    await settled(house, path, agency="H14", state="delivered", attempts=1)
    receiver.answers += [500]
    await ask(house, f"{path}/replays", {"event_id": event["id"], **REASON}, agency="H14")
    await settled(house, path, agency="H14", state="retrying", attempts=1)
    ended = await ask(house, f"{path}/ends", agency="H14")
    assert ended.json()["state"] == "ended"
    await settled(house, path, agency="H14", state="given_up", attempts=1)
    for action in ("rotations", "resumptions", "ends"):
        answer = await ask(house, f"{path}/{action}", agency="H14")
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "webhook-ended")
    for _ in range(5):
        await register(house, receiver, agency="H14")
    more = await ask(house, f"{API}/agencies/H14/webhooks", {"url": receiver.url, **REASON}, agency="H14")
    assert (more.status_code, more.json()["type"].rsplit("/", 1)[1]) == (409, "too-many-webhooks")


async def test_the_secret_is_shown_once_also_to_who_repeats_the_request(house: House, receiver: Receiver) -> None:
    headers = {**await house.bearer_of("H15", "agency_admin"), "idempotency-key": "webhook-1"}
    body = {"url": receiver.url, **REASON}
    first, second = [await house.client.post(f"{API}/agencies/H15/webhooks", headers=headers, json=body) for _ in range(2)]
    assert first.json()["secret"].startswith("whsec_")
    assert second.json() == {**first.json(), "secret": None}
    assert len((await house.client.get(f"{API}/agencies/H15/webhooks", headers=headers)).json()["items"]) == 1


async def test_the_list_tells_a_reports_life_in_order_and_goes_on_from_any_event(
    house: House, receiver: Receiver, seeds: Seeds
) -> None:
    body = Body(house, "H36", "2026-02")
    sequence, digest = await body.handed_over()
    await body.step(sequence, "rejections", "approver", {"reason": "sửa lại (minh họa)"})
    await body.step(sequence, "handovers", "drafter")
    await body.step(sequence, "approvals", "approver")
    refused = await body.post(f"/{sequence}/signatures", "signer", {"digest": "sha256:" + "0" * 64})
    assert refused.status_code == 409, refused.text
    await body.step(sequence, "signatures", "signer", {"digest": digest})
    await register(house, receiver, agency="H36", types=["scores.published"])
    await seeds.publish(version=1)
    await until(lambda: bool(receiver.got))
    assert json.loads(receiver.got[0].body)["agency"] is None
    found = await events(house, agency="H36")
    assert [each["type"] for each in found] == [
        "validation.finished", "submission.handed_over", "submission.rejected", "submission.handed_over", "submission.approved",
        "receipt.issued", "scores.published",
    ]  # fmt: skip
    assert found[2]["data"]["reason"] == "sửa lại (minh họa)"
    headers = await house.bearer_of("H36", "agency_drafter")
    for each in found[:-1]:
        assert (await house.client.get(each["href"], headers=headers)).status_code == 200, each
    assert await events(house, agency="H36", query=f"&after={found[4]['id']}") == found[5:]
    assert await events(house, agency="H36", query="&types=receipt.issued,scores.published") == found[5:]
    assert (await house.get(f"{API}/agencies/H36/events?types=receipt.isued", None, **headers)).status_code == 422
    public = await house.get(f"{API}/events")
    assert public.json()["items"] == [found[-1]]
    assert (await house.get(found[-1]["href"])).status_code == 200
    own = await house.get(f"{API}/agencies/H36/events/{found[5]['id']}", None, **headers)
    assert own.json() == found[5]


async def test_what_national_offices_decide_about_a_body_is_told_to_it(house: House, database: TestDatabase) -> None:
    """The Ministry's word on a figure, a late report that may count, and an extension of two people."""
    own = {"database": "csdl-minh-hoa", "database_name": "Minh họa", "new_records": 7}
    signed = await Body(house, "H31", "2026-02").signed(report("H31", "2026-02", reported_databases=[own]))
    figure = {"sequence": 1, "database": "csdl-minh-hoa", "new_records": 7, "verdict": "confirmed", **REASON}
    reviewed = await house.post(f"{API}/agencies/H31/periods/2026-02/records-reviews", "records_reviewer", figure)
    assert reviewed.status_code == 201, reviewed.text
    words = {"submission_id": signed["submission_id"], "document": "Công văn 7 (minh họa)", **REASON}
    accepted = await house.post(f"{API}/late-acceptances", "publisher", words)
    assert accepted.status_code == 201, accepted.text
    with psycopg.connect(database.app_url, options="-c role=gateway -c bangdiem.reads=*") as at:
        at.execute(
            "INSERT INTO control.extension (extension_id, agency, period, until, effect, document, reason, actor)"
            " VALUES ('ext_1', 'H31', '2026-02', '2026-03-20T17:00:00+07:00', 'in_time', '8/CV (minh họa)', 'thử', 'key:a')"
        )
        at.execute(
            "INSERT INTO control.extension_approval (extension_id, actor, reason, decided_at)"
            " VALUES ('ext_1', 'key:b', 'thử', '2026-03-10T10:00:00+07:00')"
        )
        at.execute(
            "INSERT INTO audit.entry (actor, action, object, detail) VALUES ('key:b', 'extension.approve', 'ext_1', '{}')"
        )
    told = (await events(house, agency="H31"))[-3:]
    assert [each["type"] for each in told] == ["records_review.recorded", "late_acceptance.recorded", "extension.granted"]
    assert told[2]["data"]["until"] == "2026-03-20T17:00:00.000000+07:00"
    headers = await house.bearer_of("H31", "agency_drafter")
    assert [(await house.client.get(each["href"], headers=headers)).status_code for each in told] == [200] * 3
    assert await events(house, agency=OTHER, query="&types=extension.granted") == []
