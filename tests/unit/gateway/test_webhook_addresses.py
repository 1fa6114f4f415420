"""Where events may be sent, when again, and what proves them: rules without a network."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import SecretStr

from services.gateway.notifications.event_kinds import TYPES
from services.gateway.notifications.schemas.event_data import DATA_OF
from services.gateway.notifications.schemas.events import EventType
from services.gateway.notifications.webhooks.addresses import Reach, is_allowed, require_allowed, target_of
from services.gateway.notifications.webhooks.delivering import PATIENCE, next_attempt
from services.gateway.notifications.webhooks.refused import WebhookAddressRefused, WebhookNotHttps
from services.gateway.notifications.webhooks.secrets import WebhookSecretUnreadable, headers_of, new_secret, seal, unseal
from shared.errors import InputInvalid

ROOT = Path(__file__).parents[3]
BEGAN = datetime.fromisoformat("2026-02-01T08:00:00+07:00")
NOWHERE = Reach()
OWN = Reach(networks=(ip_network("10.20.0.0/16"), ip_network("::1/128")), plain_hosts=frozenset({"trao-doi.example"}))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1",
        "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:c0a8:101::", "2001:0:0:0:0:0:80ff:fffe", "fec0::1", "::127.0.0.1",
    ],
)  # fmt: skip
def test_addresses_of_our_own_are_refused_however_they_are_written(address: str) -> None:
    assert not is_allowed(ip_address(address), NOWHERE)


@pytest.mark.parametrize("address", ["1.1.1.1", "203.162.4.190", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(ip_address(address), NOWHERE)


def test_one_private_address_among_public_ones_is_one_too_many() -> None:
    with pytest.raises(WebhookAddressRefused):
        require_allowed("hai-mat.example", [ip_address("1.1.1.1"), ip_address("10.20.0.1")], NOWHERE)
    require_allowed("hai-mat.example", [ip_address("1.1.1.1"), ip_address("10.20.0.1")], OWN)


def test_the_operator_opens_networks_and_no_more() -> None:
    allowed = ["10.20.3.4", "::1", "::ffff:10.20.3.4"]
    assert [each for each in [*allowed, "10.21.0.1", "127.0.0.1"] if is_allowed(ip_address(each), OWN)] == allowed


@pytest.mark.parametrize(
    "url",
    [
        "", "https://", "ftp://a.example/", "//a.example/", "https://u:p@a.example/", "https://u@a.example/", "https://a.example/#x",
        "https://a.example:0/", "https://a.example:70000/", "https://a.example/\r\nx: y", "https://a b.example/", "https://đ.example/",
        "https://a..example/", "https://-a.example/", "https://[::1", "https://0x7f.0.0.1_/", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputInvalid) as refused:
        target_of(url, OWN)
    assert refused.value.faults[0].place == "/url"


def test_http_goes_to_named_hosts_only() -> None:
    with pytest.raises(WebhookNotHttps):
        target_of("http://khac.example/", OWN)
    target = target_of("http://trao-doi.example:8080/a/b?c=d", OWN)
    assert (target.authority, target.port, target.path) == ("trao-doi.example:8080", 8080, "/a/b?c=d")
    assert target_of("https://[2606:4700::1111]", OWN).authority == "[2606:4700::1111]"


def test_an_unanswered_event_is_tried_for_72_hours_with_growing_pauses() -> None:
    at, tried = BEGAN, [BEGAN]
    while (due := next_attempt(BEGAN, failures=len(tried), now=at)) is not None:
        at = due
        tried.append(at)
    pauses = [later - earlier for earlier, later in pairwise(tried[:-1])]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=5)
    assert tried[-1] == BEGAN + PATIENCE == BEGAN + timedelta(hours=72)
    assert 15 <= len(tried) <= 25


def test_a_secret_is_kept_sealed_and_opens_with_its_pepper_alone() -> None:
    secret, pepper = new_secret(), SecretStr("p" * 32)
    sealed = seal(secret, pepper)
    assert secret not in sealed
    assert unseal(sealed, pepper) == secret
    with pytest.raises(WebhookSecretUnreadable):
        unseal(sealed, SecretStr("q" * 32))


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_event", ROOT / "docs" / "examples" / "verify_event.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_receivers_example_takes_what_is_signed_and_nothing_else(example: ModuleType) -> None:
    former, secret = new_secret(), new_secret()
    body = json.dumps({"id": "evt_1", "type": "receipt.issued"}).encode()
    headers = headers_of("evt_1", body, now=BEGAN, given=[secret, former])
    now = BEGAN.timestamp()
    for known in (secret, former):
        assert example.verified_event(headers, body, known, now=now)["type"] == "receipt.issued"
    altered = [
        (headers, body.replace(b"issued", b"forged"), secret, now),
        (headers, body, new_secret(), now),
        ({**headers, "webhook-id": "evt_2"}, body, secret, now),
        ({**headers, "webhook-timestamp": str(int(now) + 1)}, body, secret, now),
        (headers, body, secret, now + 301),
        (headers, body, secret, now - 301),
    ]
    for given, content, known, at in altered:
        with pytest.raises(ValueError, match=r"too old|not signed"):
            example.verified_event(given, content, known, now=at)


def test_the_reference_vector_of_standard_webhooks_is_reproduced() -> None:
    """From the test of the specification's own libraries."""
    sent_at = datetime.fromtimestamp(1614265330, tz=UTC)
    given = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    headers = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', now=sent_at, given=given)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_page_shows_the_example_as_it_stands() -> None:
    script = (ROOT / "docs" / "examples" / "verify_event.py").read_text("utf-8")
    page = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
    assert f"```python\n{script}```\n" in page
    assert [each for each in TYPES if f"`{each}`" not in page] == []


def test_types_are_the_same_in_the_contract() -> None:
    assert EventType.__args__ == TYPES == tuple(DATA_OF)  # type: ignore[attr-defined]
