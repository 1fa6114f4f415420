"""A document for the meeting bears a signature that anybody can hold against a certificate, offline (XPT-03)."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from services.scoring.exports.pdf_signature import SignatureRefused, attachments, is_signed, proven, signed
from services.scoring.publication_key import (
    DEMONSTRATION,
    CertificatesUnreadable,
    PublicationKey,
    PublicationKeyUnusable,
    demonstration_pem,
    read_certificates,
    read_key,
)
from services.scoring.settings import ScoringSettings, key_of
from tests.unit.scoring.pdf_files import metadata
from tests.unit.scoring.test_meeting import pdf

PEM = demonstration_pem()
KEY = read_key(PEM, PEM)
EXTENSION = b"/ETSI.CAdES.detached"


@pytest.fixture(scope="module")
def paper() -> bytes:
    return signed(pdf(), KEY)


def by_authority(*, ends: datetime) -> tuple[PublicationKey, bytes]:
    """A signer whose certificate an authority issued, with it behind, and the authority's alone."""
    root, leaf = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    made = []
    for subject, key, is_authority in (("Nơi cấp thử", root, True), ("Người ký thử", leaf, False)):
        usage = [not is_authority, not is_authority, False, False, False, is_authority, is_authority, False, False]
        made.append(
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nơi cấp thử")]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(*usage), critical=True)
            .sign(root, hashes.SHA256())
        )
    authority, signer = (each.public_bytes(serialization.Encoding.PEM).decode() for each in made)
    words = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key = read_key(leaf.private_bytes(*words).decode(), signer + authority)
    return key, made[0].public_bytes(serialization.Encoding.DER)


def test_what_was_set_stays_byte_for_byte_and_for_archives(paper: bytes) -> None:
    assert paper.startswith(pdf())
    assert EXTENSION in paper[len(pdf()) :]
    # PDF 1.7, on which PDF/A-3 rests; what it says of itself is said once, and the field prints and is not hidden.
    assert b"/Version" not in paper[len(pdf()) :]
    assert b"/Type/Metadata" not in paper[len(pdf()) :].replace(b" ", b"")
    assert "<pdfaid:part>3</pdfaid:part>" in metadata(paper)
    assert PdfFileReader(io.BytesIO(paper)).root["/AcroForm"]["/Fields"][0].get_object()["/F"] & 0b110 == 0b100


def test_it_holds_by_its_certificate_and_by_pyhankos_own_judgement(paper: bytes) -> None:
    found = proven(paper, KEY.chain)
    assert (found.fingerprint, found.subject) == (KEY.fingerprint, DEMONSTRATION)
    assert abs(datetime.now(UTC) - found.at) < timedelta(minutes=10)
    (one,) = PdfFileReader(io.BytesIO(paper)).embedded_signatures
    roots = list(load_certs_from_pemder_data(KEY.pem.encode()))
    status = validate_pdf_signature(one, ValidationContext(trust_roots=roots, allow_fetching=False))
    assert (status.bottom_line, status.docmdp_ok) == (True, True)
    assert attachments(paper) == attachments(pdf())


def test_an_authoritys_certificate_is_enough_and_its_time_counts() -> None:
    key, authority = by_authority(ends=datetime.now(UTC) + timedelta(days=30))
    paper = signed(pdf(), key)
    assert proven(paper, [authority]).subject == "Người ký thử"
    assert proven(paper, [key.chain[0]]).fingerprint == key.fingerprint
    ended, its = by_authority(ends=datetime(2026, 6, 1, tzinfo=UTC))
    with pytest.raises(PublicationKeyUnusable, match="is valid from"):
        ended.require_in_force(datetime(2026, 7, 1, tzinfo=UTC))
    with pytest.raises(SignatureRefused, match="out of its time"):
        proven(signed(pdf(), ended), [its])


def test_a_byte_of_the_document_altered_is_refused(paper: bytes) -> None:
    (one,) = PdfFileReader(io.BytesIO(paper)).embedded_signatures
    _, first, last, _ = one.byte_range
    # Every part of the file: what was set, what the signature says of itself, and what stands behind it.
    places = [*range(20, first, first // 60), first - 40, *range(last + 10, len(paper), 97)]
    for place in places:
        altered = bytearray(paper)
        altered[place] ^= 1
        with pytest.raises(SignatureRefused):
            proven(bytes(altered), KEY.chain)


def test_what_is_no_signature_of_the_whole_is_refused(paper: bytes) -> None:
    other = demonstration_pem()
    refused = {
        "no digital signature": pdf(),
        "added to the file": paper + b"% more\n",
        "cannot be read": paper[:-200],
    }
    for words, body in refused.items():
        with pytest.raises(SignatureRefused, match=words):
            proven(body, KEY.chain)
    with pytest.raises(SignatureRefused):
        proven(paper, read_certificates(other.encode()))
    assert (is_signed(paper), is_signed(pdf())) == (True, False)


def test_a_demonstrations_certificate_says_that_it_is_one() -> None:
    assert "demonstration key" in KEY.subject
    assert KEY.certificate.subject == KEY.certificate.issuer
    assert "PRIVATE" not in KEY.pem
    assert str(KEY.private) not in repr(KEY)


def test_a_key_that_is_none_is_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    words = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for private, certificates, why in (
        ("x", PEM, "no PEM"),
        (PEM, "x", "no PEM"),
        (curve.private_bytes(*words).decode(), PEM, "not RSA"),
        (demonstration_pem(), PEM, "not of the key"),
    ):
        with pytest.raises(PublicationKeyUnusable, match=why):
            read_key(private, certificates)
    for body in (b"", b"{}", b"-----BEGIN CERTIFICATE-----", b'{"items": [1]}'):
        with pytest.raises(CertificatesUnreadable):
            read_certificates(body)


def test_settings_name_a_whole_key_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key.pem"
    file.write_text(PEM)
    file.chmod(0o600)
    assert key_of(ScoringSettings()) is None
    given = key_of(ScoringSettings(signing_key_file=file, signing_certificate=PEM))
    assert given is not None
    assert given.fingerprint == KEY.fingerprint
    monkeypatch.setenv("BANGDIEM_SCORING_SIGNING_KEY", PEM)
    with pytest.raises(PublicationKeyUnusable, match="without"):
        key_of(ScoringSettings())
    monkeypatch.setenv("BANGDIEM_SCORING_SIGNING_CERTIFICATE_FILE", str(file))
    assert key_of(ScoringSettings()) == KEY
    monkeypatch.delenv("BANGDIEM_SCORING_SIGNING_KEY")
    file.chmod(0o644)
    with pytest.raises(PublicationKeyUnusable, match="others may read"):
        key_of(ScoringSettings(signing_key_file=file))
    with pytest.raises(PublicationKeyUnusable, match="cannot be read"):
        key_of(ScoringSettings(signing_key_file=file.with_name("absent.pem")))
