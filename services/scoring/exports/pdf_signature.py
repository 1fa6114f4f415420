"""A PDF signed as PAdES-B-B, and whether such a signature holds (XPT-03). Pure but for the clock that says when it was signed.

The signature is appended to the file: what was set stays byte for byte, so the document stays PDF/A-3b. Only this module knows
pyHanko, which takes a second to import: whoever needs a signature imports it then.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.scoring.publication_key import PublicationKey
from shared.canonical import sha256_hex

FIELD: Final = "CongBo"
REASON: Final = "Công bố kết quả chấm điểm của tháng"
# A signature of a certificate that may sign, by either of the two words for it that issuers use.
_MAY_SIGN: Final = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
_UNREADABLE: Final = (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, RecursionError)


class SignatureRefused(ValueError):
    """The PDF has no signature that holds; the text says why."""


@dataclass(frozen=True)
class Signed:
    """``fingerprint`` is the SHA-256 of the signer's certificate, ``at`` when the signer says it was."""

    fingerprint: str
    subject: str
    at: datetime


class _Appending(IncrementalPdfFileWriter):
    """What the document says of itself was true when it was set; a signature makes it no other document."""

    def _update_meta(self) -> None:
        pass


def signed(pdf: bytes, key: PublicationKey) -> bytes:
    """The file with one signature behind it that allows no further change, made now by this machine's clock. Signs outside any
    event loop."""
    chain = _certificates(key.chain)
    known = SimpleCertificateStore.from_certs(chain)  # type: ignore[no-untyped-call]
    private = load_private_key_from_pemder_data(key.private, passphrase=None)
    signer = SimpleSigner(signing_cert=chain[0], signing_key=private, cert_registry=known)
    about = PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=REASON,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    # Invisible, and yet printed and not hidden: so PDF/A wants every annotation.
    unseen = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=False)
    place = SigFieldSpec(FIELD, invis_sig_settings=unseen)
    made = PdfSigner(about, signer, new_field_spec=place).sign_pdf(_Appending(io.BytesIO(pdf)))
    found: bytes = made.getvalue()
    return found


def is_signed(pdf: bytes) -> bool:
    """Whether it bears a signature at all. Raises SignatureRefused for what is no PDF."""
    return bool(_signatures(pdf))


def proven(pdf: bytes, trusted: Sequence[bytes]) -> Signed:
    """Who signed it: the whole file, once, with a certificate of ``trusted`` (DER) or one that they issued. Asks no network; it
    is the instant that the signer names that must lie in the certificate's time. What it does not cover is the signature's own
    container: of that the bundle's manifest knows the bytes. Raises SignatureRefused."""
    found = _signatures(pdf)
    if len(found) != 1:
        words = f"the file has {len(found)} digital signatures" if found else "the file has no digital signature"
        raise SignatureRefused(words)
    (one,) = found
    try:
        at = one.self_reported_timestamp
        context = ValidationContext(trust_roots=_certificates(trusted), allow_fetching=False, moment=at)
        # It logs every refusal with a traceback; the refusal is ours to tell.
        logging.getLogger("pyhanko").addHandler(logging.NullHandler())
        status = validate_pdf_signature(one, context, key_usage_settings=_MAY_SIGN)
    except Exception as error:
        # Whatever the library stumbles over in a file of strangers, no signature was found good.
        raise SignatureRefused("the signature cannot be checked") from error
    if not (status.intact and status.valid):
        raise SignatureRefused("the signature does not fit the file")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise SignatureRefused("something was added to the file after it was signed")
    if not status.trusted or at is None:
        raise SignatureRefused("the signer is not who the certificates name, or the certificate was out of its time")
    subject = status.signing_cert.subject
    return Signed(sha256_hex(status.signing_cert.dump()), subject.native.get("common_name", subject.human_friendly), at)


def _certificates(each_der: Sequence[bytes]) -> list[Any]:
    return [found for der in each_der for found in load_certs_from_pemder_data(der)]


def attachments(pdf: bytes) -> dict[str, bytes]:
    """The files that lie in it, by name. Raises SignatureRefused for what is no PDF."""
    try:
        names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]
        return dict(_embedded(names))
    except _UNREADABLE as error:
        raise SignatureRefused("the PDF file cannot be read") from error


def _embedded(node: Any) -> list[tuple[str, bytes]]:
    if "/Kids" in node:
        return [each for kid in node["/Kids"] for each in _embedded(kid.get_object())]
    # By index each is followed to what it refers to; a slice would give references.
    pairs = node["/Names"]
    return [(str(pairs[at]), pairs[at + 1]["/EF"]["/F"].data) for at in range(0, len(pairs), 2)]


def _signatures(pdf: bytes) -> list[Any]:
    try:
        return list(PdfFileReader(io.BytesIO(pdf)).embedded_signatures)
    except _UNREADABLE as error:
        raise SignatureRefused("the PDF file cannot be read") from error
