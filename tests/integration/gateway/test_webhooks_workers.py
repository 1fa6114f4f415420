"""Many gateways send side by side: each event once at a time, and none is lost with the one that had it (INT-13)."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from services.gateway.notifications.webhooks import registering
from services.gateway.notifications.webhooks.addresses import Reach
from services.gateway.notifications.webhooks.delivering import AT_ONCE, Deliverer
from services.gateway.notifications.webhooks.sending import Sender
from shared.audit import Actor
from shared.database import Database, Row
from shared.outbound_posts import trust
from shared.timer import now
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, NOW, PEPPER, opened_house
from tests.integration.gateway.receiver import LOOPBACK, Receiver, receiving
from tests.integration.gateway.reports import Body
from tests.integration.gateway.test_webhooks import Moment

REASON = {"reason": "thử nhận sự kiện"}
REACH = Reach((ip_network(f"{LOOPBACK}/32"),), frozenset({LOOPBACK}))
ADMIN = Actor("key:thu", frozenset({"agency_admin"}), HOME)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture(scope="module")
def clock() -> Moment:
    return Moment()


@pytest.fixture(scope="module")
async def workers(database: TestDatabase, receiver: Receiver, clock: Moment) -> AsyncIterator[list[Deliverer]]:
    """Three that are not running yet. The gateway that took two events for a paused webhook has gone."""
    async with opened_house(database, webhook_networks=f"{LOOPBACK}/32", webhook_plain_hosts=LOOPBACK) as house:
        admin = await house.bearer_of(HOME, "agency_admin")
        asked = {"url": receiver.url, "types": ["submission.approved", "receipt.issued"], **REASON}
        made = await house.client.post(f"{API}/agencies/{HOME}/webhooks", headers=admin, json=asked)
        path = made.headers["location"]
        assert (await house.client.post(f"{path}/pauses", headers=admin, json=REASON)).status_code == 201
        await Body(house, HOME, "2026-02").signed()
    async with AsyncExitStack() as opened:
        own = [Database(database.app_url, role="gateway", pool_size=2) for _ in range(3)]
        for each in own:
            opened.push_async_callback(each.close)
        desk = registering.Desk(own[0], ADMIN, HOME, PEPPER, NOW)
        await registering.move(desk, path.rsplit("/", 1)[1], state="active", reason="thử")
        yield [Deliverer(each, PEPPER, Sender(REACH, trust(None), 5), clock) for each in own]


async def state_of(worker: Deliverer) -> list[Row]:
    async with worker.database.engine.connect() as connection:
        await connection.exec_driver_sql("SELECT set_config('bangdiem.reads', '*', false)")
        found = await connection.exec_driver_sql("SELECT * FROM control.webhook_delivery ORDER BY delivery_id")
        return [dict(each) for each in found.mappings()]


async def test_of_many_workers_one_has_a_delivery_and_another_takes_it_over(
    workers: list[Deliverer], receiver: Receiver, clock: Moment
) -> None:
    first, second, third = workers
    claimed = await asyncio.gather(*(each.claim(AT_ONCE) for each in workers))
    (delivery,) = [each for some in claimed for each in some]
    assert len(await state_of(first)) == 2, "the second event waits until the first has come through"
    assert await second.claim(AT_ONCE) == []
    # Whoever had it is gone without a word: its claim lapses, and the next one that looks has it.
    clock.now = delivery.claimed_until + timedelta(seconds=1)
    (again,) = await third.claim(AT_ONCE)
    assert again.delivery_id == delivery.delivery_id
    await third.deliver(again)
    # The first was only slow, and sends after all: it comes twice, and is recorded once.
    await first.deliver(delivery)
    assert len(receiver.of(delivery.event_id)) == 2
    assert len({each.body for each in receiver.of(delivery.event_id)}) == 1
    done = (await state_of(first))[0]
    assert (done["state"], done["attempts"], done["claimed_until"]) == ("delivered", 1, None)
    (following,) = await second.claim(AT_ONCE)
    await second.deliver(following)
    assert [json.loads(each.body)["type"] for each in receiver.got] == ["submission.approved"] * 2 + ["receipt.issued"]
    assert [await each.claim(AT_ONCE) for each in workers] == [[], [], []]


async def test_an_address_is_judged_again_before_every_sending(receiver: Receiver) -> None:
    """A name that was public when it was registered may lead to us by now."""
    before = len(receiver.got)
    closed = Sender(Reach(plain_hosts=REACH.plain_hosts), trust(None), 5)
    assert await closed.send(receiver.url, {}, b"{}") == (None, "webhook-address-refused")
    assert await closed.send(receiver.url.replace(LOOPBACK, "localhost"), {}, b"{}") == (None, "webhook-not-https")
    assert len(receiver.got) == before


async def test_why_nothing_came_is_one_word(receiver: Receiver) -> None:
    sender = Sender(REACH, trust(None), 0.5)
    assert await sender.send(receiver.url.replace("http:", "https:"), {}, b"{}") == (None, "tls")
    assert await sender.send(f"http://{LOOPBACK}:9/", {}, b"{}") == (None, "connection")
    receiver.gate.clear()
    try:
        assert await sender.send(receiver.url, {}, b"{}") == (None, "timeout")
    finally:
        receiver.gate.set()


async def test_the_certificate_is_held_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    """The address judged is what is connected to; who answers there must still prove to be the host named."""
    roots = certified(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    own = Reach((*REACH.networks, ip_network("::1/128")), frozenset())
    with receiving(context) as receiver:
        assert await Sender(own, trust(roots), 5).send(receiver.url, {}, b"{}") == (204, None)
        assert receiver.got[0].headers["host"] == receiver.url.split("/")[2]
        assert await Sender(own, trust(None), 5).send(receiver.url, {}, b"{}") == (None, "tls")
        other = receiver.url.replace("localhost", LOOPBACK)
        assert await Sender(own, trust(roots), 5).send(other, {}, b"{}") == (None, "tls")
        assert len(receiver.got) == 1


def certified(folder: Path, name: str) -> Path:
    """A certificate of its own making for a host, with its key in ``server.pem``; gives the authority's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day = timedelta(days=1)
    built = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now() - day, now() + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    public = built.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(private + public)
    (folder / "roots.pem").write_bytes(public)
    return folder / "roots.pem"


async def test_a_secret_under_another_pepper_is_a_failed_attempt(workers: list[Deliverer], clock: Moment) -> None:
    worker = replace(workers[0], pepper=type(PEPPER)("another pepper, " * 3))
    desk = registering.Desk(worker.database, ADMIN, HOME, PEPPER, clock.now)
    (hook,) = await registering.list_of(desk, after=None, limit=2)
    await registering.replay(desk, hook.webhook_id, event_id=None, since=NOW - timedelta(days=1), reason="thử")
    (delivery,) = await worker.claim(AT_ONCE)
    await worker.deliver(delivery)
    found = await registering.find(desk, hook.webhook_id)
    assert (found.problem, found.retrying) == ("webhook-secret-unreadable", 1)
