"""A body's system is told of events: signed, tried again for 72 hours, replayed, and never of another body's (INT-13)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from services.gateway.webhooks.secrets import signature
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, NOW, House, opened_house
from tests.integration.gateway.receiver import LOOPBACK, Received, Receiver, receiving
from tests.integration.gateway.reports import Body, report, task

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
    return list(answer.json()["items"])


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
