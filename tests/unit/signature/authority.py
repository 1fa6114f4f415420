"""A certification authority made in the test, with a root, an issuing authority below it, people and revocation lists.

Signatures are made by joserfc, the product judges them by cryptography: neither checks itself. All names are invented.
"""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.registry import HeaderParameter

from shared.signature.certificates import Certificate, read_certificate

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ORGANISATION = "VN-H38"
ALGORITHMS = ("ES256", "EdDSA", "RS256")
_IMPORTERS: dict[str, type[ECKey] | type[OKPKey] | type[RSAKey]] = {"ES256": ECKey, "EdDSA": OKPKey, "RS256": RSAKey}
# ETSI TS 119 182-1: the signing time as text.
_HEADER = {"sigT": HeaderParameter("Signing time", "str")}

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@cache
def key_for(algorithm: str, name: str) -> PrivateKey:
    """One key per name and algorithm: making RSA keys takes long."""
    del name
    match algorithm:
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        case "RS1024":
            return rsa.generate_private_key(65537, 1024)  # noqa: S505 - too short on purpose
    return rsa.generate_private_key(65537, 2048)


def usage(**on: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})


@dataclass(frozen=True)
class Holder:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: PrivateKey
    algorithm: str

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def read(self) -> Certificate:
        return read_certificate(self.der)


@dataclass(frozen=True)
class Wish:
    """A certificate as it is to be; ``extensions`` replace those of its kind, None leaves one out."""

    name: str
    algorithm: str = "ES256"
    organisation: str | None = ORGANISATION
    not_before: datetime = NOW - 30 * DAY
    not_after: datetime = NOW + 365 * DAY
    ca: bool = False
    path_length: int | None = None
    usage: x509.KeyUsage | None = None
    no_usage: bool = False
    further: Sequence[tuple[x509.ExtensionType, bool]] = ()
    serial: int = 0


def issue(wish: Wish, issuer: Holder | None = None) -> Holder:
    """Signed by the issuer, or by itself."""
    key = key_for(wish.algorithm, wish.name)
    names = [x509.NameAttribute(NameOID.COMMON_NAME, wish.name)]
    if wish.organisation is not None and not wish.ca:
        names.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, wish.organisation))
    subject = x509.Name(names)
    signer = key if issuer is None else issuer.key
    builder = x509.CertificateBuilder(
        issuer_name=subject if issuer is None else issuer.certificate.subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=wish.serial or x509.random_serial_number(),
        not_valid_before=wish.not_before,
        not_valid_after=wish.not_after,
    )
    builder = builder.add_extension(x509.BasicConstraints(wish.ca, wish.path_length), critical=True)
    if not wish.no_usage:
        own = usage(key_cert_sign=True, crl_sign=True) if wish.ca else usage(digital_signature=True)
        builder = builder.add_extension(wish.usage or own, critical=True)
    for extension, critical in wish.further:
        builder = builder.add_extension(extension, critical=critical)
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Holder(builder.sign(signer, digest), key, wish.algorithm)


def revocation_list(
    issuer: Holder,
    *revoked: tuple[Holder, datetime, x509.ReasonFlags | None],
    at: datetime = NOW - timedelta(hours=1),
    until: datetime = NOW + DAY,
    invalid_since: datetime | None = None,
    further: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """DER, as the issuer publishes it."""
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.subject, at, until)
    for holder, since, reason in revoked:
        entry = x509.RevokedCertificateBuilder(holder.certificate.serial_number, since)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        if invalid_since is not None:
            entry = entry.add_extension(x509.InvalidityDate(invalid_since.replace(tzinfo=None)), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    for extension, critical in further:
        builder = builder.add_extension(extension, critical=critical)
    digest = None if isinstance(issuer.key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(issuer.key, digest).public_bytes(Encoding.DER)


@dataclass(frozen=True)
class House:
    """Root → issuing authority → a person who signs with ``algorithm``."""

    root: Holder
    issuing: Holder
    person: Holder

    @property
    def chain(self) -> list[Holder]:
        return [self.person, self.issuing]

    @property
    def lists(self) -> list[bytes]:
        return [revocation_list(self.root), revocation_list(self.issuing)]


def house(algorithm: str = "ES256", *, at: datetime = NOW, **person: Any) -> House:
    """Valid around ``at``; ``person`` are wishes for the person's certificate."""
    days: dict[str, Any] = {"not_before": at - 30 * DAY, "not_after": at + 365 * DAY}
    root = issue(Wish("Root of the tests", ca=True, **days))
    issuing = issue(Wish("Issuing authority of the tests", ca=True, path_length=0, **days), root)
    wish = Wish(**{"name": "Người ký minh họa", "algorithm": algorithm, **days, **person})
    return House(root, issuing, issue(wish, issuing))


def header_of(algorithm: str, chain: Sequence[Holder], signed_at: datetime) -> dict[str, Any]:
    x5c = [base64.b64encode(each.der).decode() for each in chain]
    return {"alg": algorithm, "iat": int(signed_at.timestamp()), "x5c": x5c}


def sign(
    payload: bytes,
    signer: Holder,
    chain: Sequence[Holder],
    *,
    signed_at: datetime = NOW,
    header: Mapping[str, Any] | None = None,
) -> str:
    """A detached JWS made by joserfc; ``header`` changes names of the protected header, None takes one out."""
    whole = {**header_of(signer.algorithm, chain, signed_at), **(header or {})}
    whole = {name: value for name, value in whole.items() if value is not None}
    pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    registry = jws.JWSRegistry(_HEADER, algorithms=list(ALGORITHMS), strict_check_header=False)
    registry.max_payload_length, registry.max_header_length = 2**24, 2**16
    with warnings.catch_warnings():
        # RFC 9864 renamed the algorithm to Ed25519; EdDSA is the name that verifiers in use know.
        warnings.simplefilter("ignore", SecurityWarning)
        key = _IMPORTERS[signer.algorithm].import_key(pem)
        compact = jws.serialize_compact(whole, payload, key, registry=registry)
    protected, _, signature = compact.split(".")
    return f"{protected}..{signature}"


def renamed(signed: str, algorithm: str) -> str:
    """The same with another algorithm in its header."""
    protected, _, signature = signed.split(".")
    header = json.loads(base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)))
    return f"{_base64url(json.dumps({**header, 'alg': algorithm}).encode())}..{signature}"


def by_hand(payload: bytes, signer: ed25519.Ed25519PrivateKey, header: bytes) -> str:
    """Signed over any header bytes at all, by Ed25519: for headers that joserfc would not write."""
    protected = _base64url(header)
    signature = signer.sign(f"{protected}.{_base64url(payload)}".encode())
    return f"{protected}..{_base64url(signature)}"


def header_bytes(chain: Sequence[Holder], **changes: Any) -> bytes:
    return json.dumps({**header_of("EdDSA", chain, NOW), **changes}).encode()


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
