"""Access tokens of a configured issuer, over real HTTP: only what the issuer signed for us, now, with its own keys."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, NOW, House, opened_house
from tests.integration.gateway.issuer import AUDIENCE, Issuer, confused, public, unsigned
from tests.integration.gateway.people import grant_office

SUBJECT = "oidc:vpcp:an"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
async def house(database: TestDatabase, issuer: Issuer) -> AsyncIterator[House]:
    settings = {"url": issuer.url, "audience": AUDIENCE, "algorithms": ["RS256", "ES256", "EdDSA"], "refetch_seconds": 0}
    closed = socket.create_server(("127.0.0.1", 0))
    nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    closed.close()
    away = {"url": nobody, "audience": AUDIENCE, "timeout_seconds": 2}
    async with opened_house(database, issuers={"vpcp": settings, "away": away}) as made:
        await grant_office(made, "vpcp", "an", ["reader"])
        yield made


@pytest.fixture(autouse=True)
def published(issuer: Issuer) -> Iterator[None]:
    """What the issuer publishes is again what it was, whatever a test did."""
    kept = (issuer.signing, list(issuer.keys), dict(issuer.discovery))
    yield
    issuer.signing, issuer.keys, issuer.discovery = kept
    issuer.status = 200


async def ask(house: House, token: str, path: str = "/rulings") -> Any:
    return await house.client.get(f"{API}{path}", headers={"authorization": f"Bearer {token}", **ENGLISH})


async def test_a_good_token_opens_what_its_subject_was_granted(house: House, issuer: Issuer) -> None:
    assert (await ask(house, issuer.token(NOW))).status_code == 200
    assert (await ask(house, issuer.token(NOW, aud=["other", AUDIENCE]))).status_code == 200


async def test_rights_come_from_our_grants_never_from_the_token(house: House, issuer: Issuer) -> None:
    claims = {"roles": ["operator", "reader"], "scope": "reader operator", "groups": ["reader"], "agency": "G06"}
    stranger = await ask(house, issuer.token(NOW, sub="ai-do", **claims))
    assert (stranger.status_code, stranger.json()["type"].rsplit("/", 1)[1]) == (403, "not-allowed")
    headers = {"authorization": f"Bearer {issuer.token(NOW, **claims)}"}
    body = {"source": "ndxp", "period": "2026-01", "reason": "thử quyền"}
    assert (await house.client.post(f"{API}/pulls", headers=headers, json=body)).status_code == 403


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"aud": "another-service"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": [AUDIENCE + "x"]}, "aud"),
        ({"iss": "https://id.example"}, "issuer that is not known"),
        ({"iss": None}, "issuer that is not known"),
        ({"iss": ["x"]}, "issuer that is not known"),
        ({"exp": int((NOW - timedelta(seconds=31)).timestamp())}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "9999999999"}, "exp"),
        ({"nbf": int((NOW + timedelta(seconds=31)).timestamp())}, "not yet valid"),
        ({"iat": int((NOW + timedelta(seconds=31)).timestamp())}, "future"),
        ({"sub": None}, "subject"),
        ({"sub": 7}, "'sub'"),
        ({"sub": "a\nb"}, "subject"),
        ({"sub": "x" * 256}, "subject"),
    ],
)
async def test_a_token_for_others_or_another_time_is_refused(
    house: House, issuer: Issuer, claims: dict[str, Any], words: str
) -> None:
    answer = await ask(house, issuer.token(NOW, **claims))
    assert answer.status_code == 401
    assert words in answer.json()["detail"]
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_clocks_may_differ_by_the_leeway(house: House, issuer: Issuer) -> None:
    at = int(NOW.timestamp())
    assert (await ask(house, issuer.token(NOW, exp=at - 29))).status_code == 200
    assert (await ask(house, issuer.token(NOW, nbf=at + 29))).status_code == 200


async def test_unsigned_and_wrongly_signed_tokens_are_refused(house: House, issuer: Issuer) -> None:
    good = issuer.token(NOW)
    stranger = RSAKey.generate_key(2048, {"kid": "one"})
    head, claims, signature = good.split(".")
    other_claims = issuer.token(NOW, sub="root").split(".")[1]
    for forged in (
        unsigned(good),
        confused(good, issuer.signing.as_pem(private=False)),
        issuer.token(NOW, key=stranger),
        f"{head}.{other_claims}.{signature}",
        f"{head}.{claims}.",
        f"{head}.{claims}.{signature[:-4]}",
        "a.b.c",
        "..",
        "e30.e30.e30",
    ):
        assert (await ask(house, forged)).status_code == 401, forged


async def test_an_identity_token_is_no_access_token(house: House, issuer: Issuer) -> None:
    assert (await ask(house, issuer.token(NOW, header={"typ": "logout+jwt"}))).status_code == 401
    assert (await ask(house, issuer.token(NOW, header={"typ": "at+jwt"}))).status_code == 200


async def test_a_rotated_key_is_fetched_once_and_an_unknown_one_refused(house: House, issuer: Issuer) -> None:
    assert (await ask(house, issuer.token(NOW))).status_code == 200
    before = issuer.asked["/realm/keys"]
    assert (await ask(house, issuer.token(NOW))).status_code == 200
    assert issuer.asked["/realm/keys"] == before, "known keys are not fetched again"
    invented = ECKey.generate_key("P-256", {"kid": "invented"})
    assert (await ask(house, issuer.token(NOW, key=invented, header={"alg": "ES256"}))).status_code == 401
    assert issuer.asked["/realm/keys"] == before + 1

    former, issuer.signing = issuer.signing, ECKey.generate_key("P-256", {"kid": "two"})
    issuer.keys = [public(issuer.signing)]
    assert (await ask(house, issuer.token(NOW, header={"alg": "ES256"}))).status_code == 200
    assert (await ask(house, issuer.token(NOW, key=former))).status_code == 401, "a key no longer published proves nothing"


async def test_keys_of_a_kind_that_cannot_be_trusted_are_left_out(house: House, issuer: Issuer) -> None:
    edwards = OKPKey.generate_key("Ed25519", {"kid": "three"})
    shared = OctKey.generate_key(256, {"kid": "four"})
    sealing = RSAKey.generate_key(2048, {"kid": "five"})
    odd = {"kty": "AKP", "kid": "six", "alg": "ML-DSA-44", "pub": "AA"}
    issuer.keys = [odd, dict(shared.as_dict(private=True)), {**public(sealing), "use": "enc"}, public(edwards)]
    assert (await ask(house, issuer.token(NOW, key=edwards, header={"alg": "EdDSA"}))).status_code == 200
    assert (await ask(house, issuer.token(NOW, key=sealing))).status_code == 401


async def test_an_issuer_that_is_away_is_503_and_no_verdict(house: House, issuer: Issuer) -> None:
    away = next(each.url for name, each in _configured(house).items() if name == "away")
    answer = await ask(house, issuer.token(NOW, iss=away))
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (503, "issuer-unavailable")
    assert answer.headers["retry-after"]


@pytest.mark.parametrize("change", [{"issuer": "https://id.example"}, {"jwks_uri": "ftp://127.0.0.1/keys"}, {"jwks_uri": None}])
async def test_keys_that_cannot_be_had_are_503_and_kept_ones_go_on(
    house: House, issuer: Issuer, change: dict[str, Any]
) -> None:
    assert (await ask(house, issuer.token(NOW))).status_code == 200
    issuer.discovery.update(change)
    stranger = ECKey.generate_key("P-256", {"kid": f"new-{change}"[:40]})
    unknown = await ask(house, issuer.token(NOW, key=stranger, header={"alg": "ES256"}))
    assert (unknown.status_code, unknown.json()["type"].rsplit("/", 1)[1]) == (503, "issuer-unavailable")
    assert (await ask(house, issuer.token(NOW))).status_code == 200


def _configured(house: House) -> dict[str, Any]:
    return dict(house.gateway._settings.issuers)
