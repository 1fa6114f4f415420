"""Lists of certificates taken back (RFC 5280 §5): complete ones, each of the authority that issued the certificate.

Delta lists, indirect lists and lists of a part of the certificates are not used: their critical extensions give them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import CRLEntryExtensionOID

from shared.canonical import sha256_hex
from shared.period import in_vietnam
from shared.signature.certificates import Certificate
from shared.signature.refused import CertificateRevoked, RevocationListMissing, RevocationListStale

WithoutList = Literal["refuse", "mark"]
# Taken back although nobody else has had the key: what was signed before stays good. Any other reason, or none, may mean
# that a thief dates signatures back, and then nothing that comes in later is good.
_HARMLESS: Final = frozenset(
    {x509.ReasonFlags.affiliation_changed, x509.ReasonFlags.superseded, x509.ReasonFlags.cessation_of_operation}
)


class ListUnreadable(ValueError):
    """No revocation list, or one that breaks its own format."""


@dataclass(frozen=True)
class RevocationList:
    crl: x509.CertificateRevocationList
    sha256: str
    this_update: datetime
    next_update: datetime | None
    is_complete: bool


@dataclass(frozen=True)
class Checked:
    """One certificate held against its issuer's list; ``sha256`` None where there was none and that is allowed."""

    issuer: str
    serial: str
    sha256: str | None
    this_update: datetime | None = None

    def as_dict(self) -> dict[str, str | None]:
        this_update = None if self.this_update is None else in_vietnam(self.this_update)
        status = "not revoked" if self.sha256 else "not checked"
        return {
            "issuer": self.issuer,
            "serial": self.serial,
            "list": self.sha256,
            "this_update": this_update,
            "status": status,
        }


def read_list(der: bytes) -> RevocationList:
    """Raises ListUnreadable."""
    try:
        crl = x509.load_der_x509_crl(der)
        complete = not any(each.critical for each in crl.extensions)
        return RevocationList(crl, sha256_hex(der), crl.last_update_utc, crl.next_update_utc, complete)
    except (ValueError, TypeError, x509.DuplicateExtension) as error:
        raise ListUnreadable(f"not a revocation list that can be used: {error}") from error


def require_unrevoked(
    path: Sequence[Certificate],
    lists: Sequence[RevocationList],
    *,
    signed_at: datetime,
    received_at: datetime,
    without_list: WithoutList,
) -> tuple[Checked, ...]:
    """Every certificate below the root. Raises CertificateRevoked, RevocationListMissing or RevocationListStale."""
    checked = []
    for each, issuer in pairwise(path):
        found = _latest(issuer, lists, received_at)
        if found is None:
            if without_list == "refuse":
                hint = "Ask the operator to add it; its address stands in the certificate."
                raise RevocationListMissing(f"no revocation list of {issuer.subject} is configured", hint=hint)
            checked.append(Checked(issuer.subject, each.serial, None))
            continue
        _require_fresh(found, issuer, received_at)
        _require_not_on(found, each, signed_at, received_at)
        checked.append(Checked(issuer.subject, each.serial, found.sha256, found.this_update))
    return tuple(checked)


def _latest(issuer: Certificate, lists: Sequence[RevocationList], now: datetime) -> RevocationList | None:
    own = [each for each in lists if each.this_update <= now + timedelta(minutes=5) and _is_of(each, issuer)]
    return max(own, key=lambda each: each.this_update, default=None)


def _is_of(found: RevocationList, issuer: Certificate) -> bool:
    if not found.is_complete or issuer.key is None or found.crl.issuer != issuer.parsed.subject:
        return False
    if issuer.usage is not None and not issuer.usage.crl_sign:
        return False
    try:
        return found.crl.is_signature_valid(issuer.key)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False


def _require_fresh(found: RevocationList, issuer: Certificate, now: datetime) -> None:
    if found.next_update is None or found.next_update < now:
        due = "never named" if found.next_update is None else in_vietnam(found.next_update)
        raise RevocationListStale(f"the revocation list of {issuer.subject} is out of date; its next update was {due}")


def _require_not_on(found: RevocationList, each: Certificate, signed_at: datetime, received_at: datetime) -> None:
    entry = found.crl.get_revoked_certificate_by_serial_number(each.parsed.serial_number)
    if entry is None:
        return
    reason, since = _circumstances(entry)
    if since <= signed_at or (since <= received_at and reason not in _HARMLESS):
        why = "unspecified" if reason is None else reason.value
        raise CertificateRevoked(f"{each.subject} was revoked", since=in_vietnam(since), reason=why)


def _circumstances(entry: x509.RevokedCertificate) -> tuple[x509.ReasonFlags | None, datetime]:
    """Why, and since when the key was not to be trusted: an invalidity date may lie before the revocation."""
    reason, since = None, entry.revocation_date_utc
    try:
        for each in entry.extensions:
            if each.oid == CRLEntryExtensionOID.CRL_REASON and isinstance(each.value, x509.CRLReason):
                reason = each.value.reason
            if each.oid == CRLEntryExtensionOID.INVALIDITY_DATE and isinstance(each.value, x509.InvalidityDate):
                since = min(since, each.value.invalidity_date_utc)
    except (ValueError, TypeError, x509.DuplicateExtension):
        return None, datetime.min.replace(tzinfo=UTC)
    return reason, since
