"""Signed requests: with a key registered, a write passes only as it was signed, in its time, and once (SEC-03, SEC-07)."""

from __future__ import annotations

import asyncio
import itertools
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey
from sqlalchemy import text

from shared.canonical import canonical_bytes
from tests.integration.gateway.conftest import API, NOW, House, make_key
from tests.integration.gateway.people import REASON

TARGET = "http://127.0.0.1:8000"
DEMANDS = f"{API}/agencies/H38/signature-demands"
BODY = {"demand": "optional", **REASON}
COVERED = ("@method", "@target-uri", "content-digest", "idempotency-key")
_numbers = itertools.count(1)


@dataclass
class Outgoing:
    """A request as its sender signs it."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass
class Sender(HTTPSignatureKeyResolver):
    """A system with an API key and a key that signs its requests."""

    house: House
    bearer: str
    private: Any
    kind: str
    request_key_id: str = ""
    algorithm: Any = field(init=False)

    def __post_init__(self) -> None:
        self.algorithm = algorithms.ED25519 if self.kind == "ed25519" else algorithms.ECDSA_P256_SHA256

    def resolve_private_key(self, key_id: str) -> Any:
        return self.private

    def resolve_public_key(self, key_id: str) -> Any:
        raise NotImplementedError

    @property
    def jwk(self) -> dict[str, Any]:
        kind = OKPKey if self.kind == "ed25519" else ECKey
        pem = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        found = kind.import_key(pem).as_dict(private=False)
        return {name: found[name] for name in ("kty", "crv", "x", "y") if name in found}

    def proof(self, key_id: str | None = None) -> str:
        """That the private key is there, for the API key that calls."""
        named = key_id or self.bearer.split("_")[1]
        words = canonical_bytes({"api_key": named, "purpose": "bangdiem request key"})
        algorithm, kind = ("EdDSA", OKPKey) if self.kind == "ed25519" else ("ES256", ECKey)
        pem = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)  # EdDSA is the name that verifiers in use know
            return jws.serialize_compact({"alg": algorithm}, words, kind.import_key(pem), algorithms=[algorithm])

    @property
    def wanted(self) -> dict[str, Any]:
        return {"jwk": self.jwk, "proof": self.proof(), **REASON}

    def signed(
        self,
        path: str = DEMANDS,
        *,
        body: Any = None,
        covered: Sequence[str] = COVERED,
        created: datetime = NOW,
        nonce: str | None = None,
        method: str = "POST",
        key_id: str | None = None,
        expires: datetime | None = None,
    ) -> httpx.Request:
        """The request as it goes out."""
        content = b"" if method == "GET" else json.dumps(BODY if body is None else body).encode()
        headers = {"authorization": f"Bearer {self.bearer}"}
        if method != "GET":
            headers |= {"content-type": "application/json", "idempotency-key": f"signed-{next(_numbers)}"}
        message = Outgoing(method, f"{TARGET}{path}", headers)
        HTTPMessageSigner(signature_algorithm=self.algorithm, key_resolver=self).sign(
            message,
            key_id=key_id or self.request_key_id,
            created=created,
            expires=expires,
            nonce=f"nonce-of-the-tests-{next(_numbers)}" if nonce is None else nonce or None,
            covered_component_ids=covered,
            body=content if "content-digest" in covered else None,
        )
        return self.house.client.build_request(method, path, headers=message.headers, content=content or None)

    async def send(self, path: str = DEMANDS, **words: Any) -> httpx.Response:
        return await self.house.client.send(self.signed(path, **words))


async def sender(house: House, kind: str = "ed25519", *, registered: bool = True) -> Sender:
    number = next(_numbers)
    _, bearer = await make_key(house.runtime, holder=f"sender {number}", role="system_administrator")
    private = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
    made = Sender(house, bearer, private, kind)
    if registered:
        answer = await house.client.post(f"{API}/request-keys", headers=plain(made), json=made.wanted)
        assert answer.status_code == 201, answer.text
        made.request_key_id = answer.json()["request_key_id"]
    return made


def plain(made: Sender) -> dict[str, str]:
    return {"authorization": f"Bearer {made.bearer}"}


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa-p256-sha256"])
async def test_a_signed_write_passes_and_an_unsigned_one_does_not(house: House, kind: str) -> None:
    made = await sender(house, kind)
    answer = await made.send()
    assert answer.status_code == 201, answer.text
    refused = await house.client.post(DEMANDS, headers=plain(made), json=BODY)
    assert slug(refused) == (401, "request-signature-missing")
    assert (await house.client.get(DEMANDS, headers=plain(made))).status_code == 200, "reads need no signature"
    assert (await made.send(method="GET", covered=COVERED[:2])).status_code == 200


async def test_a_key_without_request_keys_need_not_sign(house: House) -> None:
    made = await sender(house, registered=False)
    assert (await house.client.post(DEMANDS, headers=plain(made), json=BODY)).status_code == 201
    assert slug(await made.send(key_id="rqk_unknown")) == (401, "request-key-unknown")


async def test_a_body_changed_under_a_good_signature_is_refused(house: House) -> None:
    made = await sender(house)
    request = made.signed()
    changed = json.dumps({**BODY, "demand": "required"}).encode()
    headers = {**request.headers, "content-length": str(len(changed))}
    assert slug(await house.client.post(DEMANDS, headers=headers, content=changed)) == (401, "content-digest-differs")
    digest = made.signed(body={**BODY, "demand": "required"}).headers["content-digest"]
    both = {**headers, "content-digest": digest}
    assert slug(await house.client.post(DEMANDS, headers=both, content=changed)) == (401, "request-signature-wrong")
    demands = await house.facts("SELECT demand FROM control.signature_demand WHERE demand = 'required'")
    assert demands == [], "nothing of it was recorded"


@pytest.mark.parametrize(
    "change",
    [
        {"idempotency-key": "another"},
        {"signature": "pyhms=:AAAA:"},
        {"signature": "garbage"},
        {"signature-input": "garbage"},
        {"signature-input": 'pyhms=("@method");created=1'},
    ],
)
async def test_what_was_signed_is_what_must_come(house: House, change: dict[str, str]) -> None:
    made = await sender(house)
    request = made.signed()
    answer = await house.client.post(DEMANDS, headers={**request.headers, **change}, content=request.content)
    assert slug(answer) == (401, "request-signature-wrong")


async def test_another_target_is_another_request(house: House) -> None:
    made = await sender(house)
    request = made.signed()
    for path in (DEMANDS.replace("H38", "G06"), f"{DEMANDS}?limit=1"):
        answer = await house.client.post(path, headers=request.headers, content=request.content)
        assert slug(answer) == (401, "request-signature-wrong")


@pytest.mark.parametrize("left_out", COVERED)
async def test_every_component_must_be_covered(house: House, left_out: str) -> None:
    made = await sender(house)
    answer = await made.send(covered=[each for each in COVERED if each != left_out])
    assert slug(answer) == (401, "request-signature-wrong")


async def test_if_match_is_covered_where_it_is_sent(house: House) -> None:
    made = await sender(house)
    request = made.signed()
    answer = await house.client.post(DEMANDS, headers={**request.headers, "if-match": '"x"'}, content=request.content)
    assert slug(answer) == (401, "request-signature-wrong")


async def test_a_captured_request_sent_again_is_refused_by_its_nonce(house: House) -> None:
    made = await sender(house)
    request = made.signed()
    assert (await house.client.send(request)).status_code == 201
    again = await house.client.post(DEMANDS, headers=request.headers, content=request.content)
    assert slug(again) == (401, "request-nonce-used"), "not even the kept answer is given to who captured it"


async def test_of_a_request_sent_many_times_at_once_one_passes(house: House) -> None:
    made = await sender(house)
    request = made.signed()
    sent = [house.client.post(DEMANDS, headers=request.headers, content=request.content) for _ in range(5)]
    answers = await asyncio.gather(*sent)
    assert sorted(each.status_code for each in answers) == [201, 401, 401, 401, 401]
    assert {slug(each)[1] for each in answers if each.status_code == 401} == {"request-nonce-used"}


@pytest.mark.parametrize(
    ("created", "status"),
    [
        (NOW - timedelta(minutes=5), 201),
        (NOW - timedelta(minutes=5, seconds=1), 401),
        (NOW + timedelta(seconds=30), 201),
        (NOW + timedelta(seconds=31), 401),
    ],
)
async def test_a_request_passes_within_its_window(house: House, created: datetime, status: int) -> None:
    made = await sender(house)
    answer = await made.send(created=created)
    assert answer.status_code == status, answer.text
    if status == 401:
        assert slug(answer) == (401, "request-outside-window")


async def test_an_end_that_the_signer_set_is_kept(house: House) -> None:
    made = await sender(house)
    signed = made.signed(created=NOW - timedelta(minutes=2), expires=NOW - timedelta(minutes=1))
    assert slug(await house.client.send(signed)) == (401, "request-outside-window")


@pytest.mark.parametrize("nonce", ["", "short", "x" * 129])
async def test_a_signature_without_a_nonce_to_speak_of_is_refused(house: House, nonce: str) -> None:
    made = await sender(house)
    assert slug(await made.send(nonce=nonce)) == (401, "request-signature-wrong")


async def test_nonces_are_forgotten_when_their_window_is_over(house: House) -> None:
    made = await sender(house)
    insert = "INSERT INTO control.request_nonce (request_key_id, nonce, expires_at) VALUES (:it, 'of-long-ago', '2026-01-01')"
    async with house.owner.transaction() as connection:
        await connection.execute(text(insert), {"it": made.request_key_id})
    assert (await made.send()).status_code == 201
    left = await house.facts("SELECT nonce FROM control.request_nonce WHERE request_key_id = :it", made.request_key_id)
    assert len(left) == 1
    assert left[0]["nonce"] != "of-long-ago"


async def test_another_callers_key_signs_nothing_here(house: House) -> None:
    mine, theirs = await sender(house), await sender(house)
    stolen = Sender(house, mine.bearer, theirs.private, "ed25519", theirs.request_key_id)
    assert slug(await stolen.send()) == (401, "request-key-unknown")
    forged = Sender(house, mine.bearer, theirs.private, "ed25519", mine.request_key_id)
    assert slug(await forged.send()) == (401, "request-signature-wrong")


async def test_keys_rotate_under_their_own_signatures(house: House) -> None:
    made = await sender(house)
    following = Sender(house, made.bearer, ec.generate_private_key(ec.SECP256R1()), "ecdsa-p256-sha256")
    wanted = following.wanted
    thief = await house.client.post(f"{API}/request-keys", headers=plain(made), json=wanted)
    assert slug(thief) == (401, "request-signature-missing"), "who has the API key alone registers no second key"
    answer = await made.send(f"{API}/request-keys", body=wanted)
    assert answer.status_code == 201, answer.text
    following.request_key_id = answer.json()["request_key_id"]
    ends = f"{API}/request-keys/{made.request_key_id}/ends"
    assert (await following.send(ends, body=REASON)).status_code == 201
    assert slug(await following.send(ends, body=REASON)) == (409, "already-revoked")
    assert slug(await made.send()) == (401, "request-key-unknown")
    assert (await following.send()).status_code == 201
    shown = (await house.client.get(f"{API}/request-keys", headers=plain(made))).json()["items"]
    assert [each["ended_at"] is None for each in shown] == [False, True]
    actions = [each["action"] for each in await house.audit_of(made.request_key_id)]
    assert actions == ["request-key.register", "request-key.end"]


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "d": "A" * 43},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
        {"kty": "EC", "crv": "Ed25519", "x": "A" * 43},
        {"kty": "RSA", "crv": "P-256", "x": "A" * 43},
    ],
)
async def test_a_key_of_another_kind_is_not_registered(house: House, jwk: dict[str, str]) -> None:
    made = await sender(house, registered=False)
    wanted = {**made.wanted, "jwk": jwk}
    answer = await house.client.post(f"{API}/request-keys", headers=plain(made), json=wanted)
    assert slug(answer) == (422, "input-invalid")


async def test_a_key_is_registered_by_who_holds_it_for_the_api_key_that_calls(house: House) -> None:
    made, other = await sender(house, registered=False), await sender(house, "ecdsa-p256-sha256", registered=False)
    for proof in (other.proof(), made.proof("0123456789ab"), "a.b.c", made.proof()[:-4] + "AAAA"):
        wanted = {**made.wanted, "proof": proof}
        answer = await house.client.post(f"{API}/request-keys", headers=plain(made), json=wanted)
        assert slug(answer) == (422, "request-key-unproven")
    assert (await house.client.get(f"{API}/request-keys", headers=plain(made))).json()["items"] == []


async def test_a_read_that_is_signed_wrongly_is_refused_too(house: House) -> None:
    made = await sender(house)
    request = made.signed(method="GET", covered=COVERED[:2])
    answer = await house.client.get(f"{DEMANDS}?limit=1", headers=request.headers)
    assert slug(answer) == (401, "request-signature-wrong")
