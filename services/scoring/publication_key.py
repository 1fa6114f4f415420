"""The key that signs what is published, and its certificate: given as PEM, or made for a demonstration (ADR 43)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from shared.canonical import sha256_hex
from shared.errors import InputInvalid

LEAST_BITS: Final = 2048
DEMONSTRATION_BITS: Final = 3072
# Whoever opens the signature sees it.
DEMONSTRATION: Final = "Khóa minh họa, không có giá trị (demonstration key)"
_PRIVATE = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
_SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


class CertificatesUnreadable(InputInvalid):
    """The file holds no certificate: neither PEM nor DER, nor what GET /publication-certificates answers."""

    slug = "certificates-unreadable"
    title_vi = "Không đọc được chứng thư"
    title_en = "Certificates unreadable"


class PublicationKeyUnusable(InputInvalid):
    """The configured key and certificate are none, do not belong together, or the certificate is not in its time."""

    slug = "publication-key-unusable"
    title_vi = "Khóa ký công bố không dùng được"
    title_en = "Publication key unusable"


@dataclass(frozen=True)
class PublicationKey:
    """``chain`` is the signer's certificate and those that issued it, each as DER; ``private`` is PKCS #8 as DER."""

    chain: tuple[bytes, ...]
    private: bytes = field(repr=False)

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.chain[0])

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the signer's certificate."""
        return sha256_hex(self.chain[0])

    @property
    def subject(self) -> str:
        """Whose it is, in the words of the certificate."""
        named = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(named[0].value) if named else self.certificate.subject.rfc4514_string()

    @property
    def pem(self) -> str:
        """The chain, for everybody."""
        every = (x509.load_der_x509_certificate(each) for each in self.chain)
        return "".join(each.public_bytes(serialization.Encoding.PEM).decode("ascii") for each in every)

    def require_in_force(self, at: datetime) -> None:
        """Raises PublicationKeyUnusable: a signature outside the certificate's time proves nothing."""
        first, last = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if not first <= at <= last:
            raise PublicationKeyUnusable(
                f"the certificate {self.fingerprint} is valid from {first.isoformat()} to {last.isoformat()}",
                hint="Configure another key and certificate; without either, versions are published unsigned and say so.",
            )


def read_key(private: str, certificates: str) -> PublicationKey:
    """From PEM: a private key without a password, RSA of at least 2048 bits, and its certificate, then
    those that issued it. Raises PublicationKeyUnusable, which repeats no text."""
    try:
        key = serialization.load_pem_private_key(private.encode("ascii"), password=None)
        chain = x509.load_pem_x509_certificates(certificates.encode("ascii"))
    except (ValueError, TypeError, UnicodeEncodeError) as error:
        raise PublicationKeyUnusable("no PEM of a private key without a password, or none of a certificate") from error
    # PDF 1.7, on which PDF/A-3 rests, knows no signature on a curve.
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise PublicationKeyUnusable(f"the key is not RSA of {LEAST_BITS} bits or more")
    if key.public_key().public_bytes(*_SPKI) != chain[0].public_key().public_bytes(*_SPKI):
        raise PublicationKeyUnusable(
            "the first certificate is not of the key", hint="The signer's comes first, issuers after it."
        )
    return PublicationKey(tuple(each.public_bytes(serialization.Encoding.DER) for each in chain), key.private_bytes(*_PRIVATE))


def read_certificates(body: bytes) -> tuple[bytes, ...]:
    """Of a file that is PEM, DER, or the JSON that GET /publication-certificates answers; as DER. Raises
    CertificatesUnreadable."""
    try:
        if body.lstrip().startswith(b"{"):
            body = "".join(each["certificates"] for each in json.loads(body)["items"]).encode("ascii")
        is_pem = b"-----BEGIN" in body
        found = x509.load_pem_x509_certificates(body) if is_pem else [x509.load_der_x509_certificate(body)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CertificatesUnreadable(
            "the file holds no certificate", hint="Get it: GET /api/v1/publication-certificates."
        ) from error
    return tuple(each.public_bytes(serialization.Encoding.DER) for each in found)


def demonstration_pem() -> str:
    """A new key and a certificate that it issued itself, as one PEM: it says that it is no one's, and so is valid for long."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=DEMONSTRATION_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEMONSTRATION)])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(120) | 1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, *_PRIVATE[1:])
    return (private + made.public_bytes(serialization.Encoding.PEM)).decode("ascii")
