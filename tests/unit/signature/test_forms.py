"""How a signature is written: any flipped byte is refused, and so is everything that says the same in other words."""

from __future__ import annotations

import base64
import json
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.canonical import canonical_bytes, sha256_hex
from shared.signature import payloads
from shared.signature.certificates import CertificateUnreadable, read_certificate
from shared.signature.chain import require_agreement
from shared.signature.detached import LONGEST, read
from shared.signature.refused import ChainBroken, SignatureMalformed, SignatureRefused, TrustUnusable
from shared.signature.revocation import read_list
from shared.signature.trust import Trust, TrustFolders
from shared.signature.verifier import CertificateVerifier, Terms
from tests.unit.signature.authority import (
    ALGORITHMS,
    NOW,
    House,
    Wish,
    by_hand,
    header_bytes,
    house,
    issue,
    revocation_list,
    sign,
)

PAYLOAD = canonical_bytes({"agency": "H38", "period": "2026-02", "số": "đầy đủ"})


def verifier_of(made: House) -> CertificateVerifier:
    trust = Trust((made.root.read,), tuple(map(read_list, made.lists)))
    return CertificateVerifier(lambda: trust, Terms())


MADE = {algorithm: house(algorithm) for algorithm in ALGORITHMS}
SIGNED = {algorithm: sign(PAYLOAD, made.person, made.chain) for algorithm, made in MADE.items()}
VERIFIERS = {algorithm: verifier_of(made) for algorithm, made in MADE.items()}


def flipped(octets: bytes, at: int, bit: int) -> bytes:
    place = at % len(octets)
    return octets[:place] + bytes([octets[place] ^ (1 << bit)]) + octets[place + 1 :]


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets_of(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@given(
    algorithm=st.sampled_from(ALGORITHMS),
    part=st.sampled_from(["payload", "protected", "signature", "text"]),
    at=st.integers(0, 10_000),
    bit=st.integers(0, 7),
)
@settings(max_examples=400, deadline=None)
def test_any_flipped_bit_is_refused(algorithm: str, part: str, at: int, bit: int) -> None:
    payload, signed = PAYLOAD, SIGNED[algorithm]
    protected, _, signature = signed.split(".")
    match part:
        case "payload":
            payload = flipped(payload, at, bit)
        case "protected":
            signed = f"{base64url(flipped(octets_of(protected), at, bit))}..{signature}"
        case "signature":
            signed = f"{protected}..{base64url(flipped(octets_of(signature), at, bit))}"
        case _:
            signed = flipped(signed.encode(), at, bit).decode("latin-1")
    with pytest.raises(SignatureRefused):
        VERIFIERS[algorithm].verify(payload, jws=signed, received_at=NOW)


@pytest.mark.parametrize("outcome", ["error", "ignore"])
def test_a_serial_number_that_is_not_positive_is_refused(outcome: Literal["error", "ignore"]) -> None:
    """The library reads it and warns; whether warnings are errors must not decide what is taken (RFC 5280 §4.1.2.2)."""
    der = MADE["ES256"].person.read.der
    serial = MADE["ES256"].person.read.parsed.serial_number
    octets = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    at = der.index(octets)
    with warnings.catch_warnings():
        warnings.simplefilter(outcome, CryptographyDeprecationWarning)
        with pytest.raises(CertificateUnreadable):
            read_certificate(flipped(der, at, 7))


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_at_all_is_refused_as_malformed(text: str) -> None:
    with pytest.raises(SignatureMalformed):
        read(text)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_as_a_certificate_are_refused(octets: bytes) -> None:
    made = MADE["EdDSA"]
    assert isinstance(made.person.key, ed25519.Ed25519PrivateKey)
    signed = by_hand(PAYLOAD, made.person.key, header_bytes([], x5c=[base64.b64encode(octets).decode()]))
    with pytest.raises(SignatureMalformed):
        VERIFIERS["EdDSA"].verify(PAYLOAD, jws=signed, received_at=NOW)


HEADERS: dict[str, Any] = {
    "no object": b"[]",
    "no JSON": b"{",
    "a name twice": b'{"alg":"EdDSA",' + header_bytes(MADE["EdDSA"].chain)[1:],
    "nested without end": b"[" * 20_000,
    "not UTF-8": b'{"alg":"\xff"}',
    "b64 false": {"b64": False, "crit": ["b64"]},
    "b64 false, not critical": {"b64": False},
    "critical and unknown": {"crit": ["exp"], "exp": 1},
    "critical and absent": {"crit": ["sigT"]},
    "critical and empty": {"crit": []},
    "critical and no list": {"crit": "sigT"},
    "no alg": {"alg": None},
    "time as text": {"iat": "1772593200"},
    "time as truth": {"iat": True},
    "time beyond time": {"iat": 10**30},
    "times that differ": {"sigT": "2026-03-04T03:00:01Z"},
    "time without zone": {"iat": None, "sigT": "2026-03-04T03:00:00"},
    "a day that is none": {"sigT": "2026-02-30T03:00:00Z"},
    "no chain": {"x5c": []},
    "chain no list": {"x5c": "MIIB"},
    "chain of numbers": {"x5c": [1]},
    "chain in base64url": {"x5c": ["-_-_"]},
    "chain too long": {"x5c": ["AA=="] * 7},
    "one certificate twice": {"x5c": json.loads(header_bytes(MADE["EdDSA"].chain))["x5c"][:1] * 2},
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_cannot_be_is_refused_though_signed(name: str) -> None:
    made, wanted = MADE["EdDSA"], HEADERS[name]
    assert isinstance(made.person.key, ed25519.Ed25519PrivateKey)
    header = wanted if isinstance(wanted, bytes) else header_bytes(made.chain, **wanted)
    with pytest.raises(SignatureMalformed):
        VERIFIERS["EdDSA"].verify(PAYLOAD, jws=by_hand(PAYLOAD, made.person.key, header), received_at=NOW)


def test_the_same_header_by_hand_is_taken_where_nothing_is_wrong() -> None:
    made = MADE["EdDSA"]
    assert isinstance(made.person.key, ed25519.Ed25519PrivateKey)
    signed = by_hand(PAYLOAD, made.person.key, header_bytes(made.chain, typ="JOSE", kid="unused"))
    found = VERIFIERS["EdDSA"].verify(PAYLOAD, jws=signed, received_at=NOW)
    assert found.jws.text == signed
    assert found.jws.digest == sha256_hex(signed.encode())


def test_base64url_has_one_spelling() -> None:
    """Two letters may decode to one byte string; only the canonical one is a signature."""
    signed = SIGNED["ES256"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = letters[letters.index(signed[-1]) ^ 1]
    assert octets_of(signed.rpartition(".")[2]) == octets_of(signed.rpartition(".")[2][:-1] + other)
    for wrong in (signed[:-1] + other, signed + "=", signed + "\n", " " + signed, signed.replace("..", "...")):
        with pytest.raises(SignatureMalformed):
            VERIFIERS["ES256"].verify(PAYLOAD, jws=wrong, received_at=NOW)
    with pytest.raises(SignatureMalformed):
        read("A" * LONGEST + "..A")


def test_each_kind_of_thing_is_signed_in_its_own_words() -> None:
    digest = sha256_hex(b"x")
    shapes = {
        payloads.of_report(PAYLOAD),
        payloads.of_file(digest, agency="H38", period="2026-02"),
        payloads.of_snapshot("snap_1", period="2026-02", source="system57"),
    }
    assert len(shapes) == 3
    assert payloads.of_file(digest, agency="H38", period="2026-02") == (
        b'{"agency":"H38","file":"' + digest.encode() + b'","period":"2026-02"}'
    )


def test_folders_are_looked_at_on_every_use(tmp_path: Path) -> None:
    made = MADE["ES256"]
    roots, lists = tmp_path / "roots", tmp_path / "lists"
    roots.mkdir()
    lists.mkdir()
    pem = made.root.certificate.public_bytes(Encoding.PEM)
    other = issue(Wish("Another root", ca=True)).certificate.public_bytes(Encoding.PEM)
    (roots / "national.pem").write_bytes(other + pem)
    for number, der in enumerate(made.lists):
        (lists / f"{number}.crl").write_bytes(der)
    verifier = CertificateVerifier(TrustFolders(roots=roots, lists=lists), Terms())
    verifier.verify(PAYLOAD, jws=SIGNED["ES256"], received_at=NOW)
    taken_back = revocation_list(made.issuing, (made.person, NOW - timedelta(days=1), None), at=NOW)
    (lists / "newer.crl").write_bytes(taken_back)
    with pytest.raises(SignatureRefused, match="was revoked"):
        verifier.verify(PAYLOAD, jws=SIGNED["ES256"], received_at=NOW)
    (roots / "national.pem").write_bytes(other)
    with pytest.raises(SignatureRefused, match="no root"):
        verifier.verify(PAYLOAD, jws=SIGNED["ES256"], received_at=NOW)


@pytest.mark.parametrize("content", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_that_is_no_certificate_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.pem").write_bytes(content)
    for trust in (TrustFolders(roots=tmp_path, lists=None), TrustFolders(roots=None, lists=tmp_path)):
        with pytest.raises(TrustUnusable, match=r"odd\.pem"):
            trust()


def test_a_persons_certificate_is_no_root_and_a_missing_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "person.crt").write_bytes(MADE["ES256"].person.der)
    with pytest.raises(TrustUnusable, match="authority"):
        TrustFolders(roots=tmp_path, lists=None)()
    with pytest.raises(TrustUnusable, match="no folder"):
        TrustFolders(roots=tmp_path / "nowhere", lists=None)()
    assert TrustFolders(roots=None, lists=None)() == Trust()


def test_the_librarys_own_path_validation_must_agree() -> None:
    """Whatever our walk lets pass by a slip, here left out on purpose, the second look refuses."""
    made = MADE["ES256"]
    require_agreement((made.person.read, made.issuing.read, made.root.read), NOW)
    other = issue(Wish("Another root", ca=True))
    paths = [(made.person, made.issuing, other), (made.person, made.root), (made.person, other, made.root)]
    for path in paths:
        with pytest.raises(ChainBroken):
            require_agreement([each.read for each in path], NOW)
    with pytest.raises(ChainBroken):
        require_agreement((made.person.read, made.issuing.read, made.root.read), NOW + timedelta(days=400))
