"""What passes for a receipt, and what never does: altered bytes, another key, no algorithm."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey
from pydantic import SecretStr

from services.gateway.reports.keyring import Keyring, SigningKey, SigningKeyUnusable, new_key, read_key
from services.gateway.reports.receipt_checks import KeySetUnreadable, ReceiptRefused, prove, read_key_set
from services.gateway.reports.receipts import KIND
from shared.canonical import canonical_bytes

CONTENT = {"receipt_number": "BN-2026-01-H38-000001", "issued_at": "2026-02-04T12:00:00.000000+07:00", "late": False}


@pytest.fixture
def key() -> SigningKey:
    return read_key(new_key(), place="here")


def _signed(key: SigningKey, content: Any = CONTENT, kind: str = KIND) -> str:
    return key.sign(canonical_bytes(content), kind=kind)


def _published(key: SigningKey, **more: Any) -> dict[str, dict[str, Any]]:
    return read_key_set(json.dumps({"keys": [{**key.public, "state": "active", **more}]}))


def _part(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def test_a_receipt_says_what_was_signed(key: SigningKey) -> None:
    proven = prove(_signed(key), _published(key))
    assert (dict(proven.content), proven.kid) == (CONTENT, key.kid)
    assert "d" not in key.public


def test_every_altered_character_is_refused(key: SigningKey) -> None:
    text, keys = _signed(key), _published(key)
    for place, letter in enumerate(text):
        altered = text[:place] + ("A" if letter != "A" else "B") + text[place + 1 :]
        try:
            found = prove(altered, keys)
        except ReceiptRefused:
            continue
        # The last character of base64 holds bits that mean nothing: the same signature, spelt otherwise.
        assert place in (text.rindex(".") - 1, len(text) - 1)
        assert dict(found.content) == CONTENT


def test_another_key_under_the_same_id_is_refused(key: SigningKey) -> None:
    other = read_key(new_key(), place="there")
    with pytest.raises(ReceiptRefused, match="the signature does not fit"):
        prove(_signed(key), _published(other, kid=key.kid))
    with pytest.raises(ReceiptRefused, match="not in the public key set"):
        prove(_signed(key), _published(other))


def test_no_algorithm_is_refused(key: SigningKey) -> None:
    for algorithm in ("none", "None", "HS256", "Ed25519"):
        header = _part({"alg": algorithm, "kid": key.kid, "typ": KIND})
        with pytest.raises(ReceiptRefused):
            prove(f"{header}.{_part(CONTENT)}.", _published(key))


def test_the_public_key_as_a_shared_secret_is_refused(key: SigningKey) -> None:
    secret = OctKey.import_key(base64.urlsafe_b64decode(key.public["x"] + "="))
    forged = jws.serialize_compact({"alg": "HS256", "kid": key.kid, "typ": KIND}, canonical_bytes(CONTENT), secret)
    with pytest.raises(ReceiptRefused, match="alg EdDSA"):
        prove(forged, _published(key))


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "..", "ă.b.c", "null.null.null"])
def test_what_is_no_jws_is_refused(key: SigningKey, text: str) -> None:
    with pytest.raises(ReceiptRefused):
        prove(text, _published(key))


@pytest.mark.parametrize("content", [[], "text", {}, {"issued_at": None}, {"issued_at": "yesterday"}])
def test_what_is_signed_but_no_receipt_is_refused(key: SigningKey, content: Any) -> None:
    with pytest.raises(ReceiptRefused):
        prove(_signed(key, content), _published(key))


def test_another_kind_of_token_is_refused(key: SigningKey) -> None:
    with pytest.raises(ReceiptRefused, match="typ"):
        prove(_signed(key, kind="JWT"), _published(key))


@pytest.mark.parametrize("name", ["revoked_from", "retired_at"])
def test_what_a_key_signed_from_its_end_on_is_refused(key: SigningKey, name: str) -> None:
    text = _signed(key)
    assert prove(text, _published(key, **{name: "2026-02-04T05:00:00.000001+00:00"})).kid == key.kid
    with pytest.raises(ReceiptRefused):
        prove(text, _published(key, **{name: "2026-02-04T05:00:00+00:00"}))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": 1}', '{"keys": [{}]}'])
def test_what_is_no_key_set_is_refused(text: str) -> None:
    with pytest.raises(KeySetUnreadable):
        read_key_set(text)


def test_keys_are_read_newest_first_and_a_new_file_is_seen(tmp_path: Path) -> None:
    keyring = Keyring(issuer="https://bangdiem.example", folder=tmp_path)
    assert keyring.newest_first() == ()
    kids: list[str] = []
    for name in ("0001.jwk", "0002.jwk"):
        (tmp_path / name).write_text(new_key())
        (tmp_path / name).chmod(0o600)
        kids.insert(0, read_key((tmp_path / name).read_text(), place=name).kid)
        assert [each.kid for each in keyring.newest_first()] == kids


def test_a_private_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001.jwk").write_text(new_key())
    (tmp_path / "0001.jwk").chmod(0o640)
    with pytest.raises(SigningKeyUnusable, match=r"0001\.jwk"):
        Keyring(issuer="https://bangdiem.example", folder=tmp_path).newest_first()


@pytest.mark.parametrize("drop", ["d", "x", "kty", "crv", None])
def test_what_is_no_private_key_is_refused_without_repeating_it(drop: str | None) -> None:
    made = json.loads(new_key())
    text = json.dumps({name: value for name, value in made.items() if name != drop}) if drop else made["d"]
    with pytest.raises(SigningKeyUnusable) as caught:
        Keyring(issuer="https://bangdiem.example", key=SecretStr(text))
    assert made["d"] not in str(caught.value.as_dict())
