"""What an X.509 certificate says, read once and whole: a later look at it cannot fail any more."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtensionOID, NameOID

from shared.canonical import sha256_hex
from shared.period import in_vietnam

PublicKey = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)

# Evaluated in this package; any other critical extension refuses the chain (RFC 5280 §4.2).
_EVALUATED: Final = frozenset({ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE})
# Narrow what a chain may say, and are not evaluated: refused even where not marked critical.
_NARROWING: Final = frozenset({ExtensionOID.NAME_CONSTRAINTS, ExtensionOID.POLICY_CONSTRAINTS})
# RFC 4514 knows no short name for it.
_NAMES: Final = {NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier"}
_BROKEN: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    # Where warnings are errors: what the library still reads and RFC 5280 forbids.
    CryptographyDeprecationWarning,
)


class CertificateUnreadable(ValueError):
    """No X.509 certificate, or one that breaks its own format."""


@dataclass(frozen=True)
class Certificate:
    """``key`` is None for a kind not used here. ``purposes`` are dotted OIDs of extended key usage, None where unlimited."""

    parsed: x509.Certificate
    der: bytes
    key: PublicKey | None
    hash_name: str | None
    not_before: datetime
    not_after: datetime
    is_authority: bool
    path_length: int | None
    usage: x509.KeyUsage | None
    purposes: frozenset[str] | None
    organisation: str | None
    not_evaluated: tuple[str, ...]

    @property
    def subject(self) -> str:
        return self.parsed.subject.rfc4514_string(_NAMES)

    @property
    def serial(self) -> str:
        return f"{self.parsed.serial_number:x}"

    @property
    def is_self_issued(self) -> bool:
        return self.parsed.subject == self.parsed.issuer

    @property
    def key_digest(self) -> str:
        """Of the SubjectPublicKeyInfo: stays when the certificate is renewed with the same key."""
        return sha256_hex(self.parsed.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def as_dict(self) -> dict[str, str]:
        shown = {"subject": self.subject, "serial": self.serial, "sha256": sha256_hex(self.der)}
        return {**shown, "not_before": in_vietnam(self.not_before), "not_after": in_vietnam(self.not_after)}


def read_certificate(der: bytes) -> Certificate:
    """Raises CertificateUnreadable."""
    try:
        found = x509.load_der_x509_certificate(der)
        if found.version is not x509.Version.v3 or found.public_bytes(Encoding.DER) != der:
            raise CertificateUnreadable("not an X.509 v3 certificate in DER")
        if found.serial_number <= 0:
            raise CertificateUnreadable("a serial number is positive (RFC 5280 §4.1.2.2)")
        return _read(found, der)
    except _BROKEN as error:
        raise CertificateUnreadable(f"not a certificate that can be used: {error}") from error


def read_pem(text: str) -> Certificate:
    """The one certificate of a PEM text. Raises CertificateUnreadable."""
    try:
        return read_certificate(x509.load_pem_x509_certificate(text.encode()).public_bytes(Encoding.DER))
    except _BROKEN as error:
        raise CertificateUnreadable(f"not a certificate in PEM: {error}") from error


def _read(found: x509.Certificate, der: bytes) -> Certificate:
    key, digest = found.public_key(), found.signature_hash_algorithm
    constraints = _extension(found, x509.BasicConstraints)
    purposes = _extension(found, x509.ExtendedKeyUsage)
    found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    found.subject.rfc4514_string()
    return Certificate(
        parsed=found,
        der=der,
        key=key if isinstance(key, EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey) else None,
        hash_name=None if digest is None else digest.name,
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        is_authority=constraints is not None and constraints.ca,
        path_length=None if constraints is None else constraints.path_length,
        usage=_extension(found, x509.KeyUsage),
        purposes=None if purposes is None else frozenset(each.dotted_string for each in purposes),
        organisation=_organisation(found),
        not_evaluated=tuple(
            each.oid.dotted_string
            for each in found.extensions
            if each.oid in _NARROWING or (each.critical and each.oid not in _EVALUATED)
        ),
    )


def _extension(found: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return found.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _organisation(found: x509.Certificate) -> str | None:
    """The one organizationIdentifier (2.5.4.97) of the subject; of several none, for which would it be?"""
    named = found.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    return tidy(str(named[0].value)) if len(named) == 1 else None


def tidy(organisation: str) -> str:
    """As organisations are compared."""
    return unicodedata.normalize("NFC", organisation).strip()
