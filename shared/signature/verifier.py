"""The port through which signatures are judged, and the one implementation: certificates of configured authorities.

Whether it fits the national public-service signature is not known: it cannot be tested here (docs/signatures.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.canonical import sha256_hex
from shared.period import in_vietnam
from shared.signature.algorithms import require_signed
from shared.signature.certificates import Certificate, CertificateUnreadable, read_certificate
from shared.signature.chain import path_to_root, require_agreement, require_signer, require_valid
from shared.signature.detached import Detached, read
from shared.signature.refused import SignatureMalformed, SigningTimeImplausible
from shared.signature.revocation import Checked, WithoutList, require_unrevoked
from shared.signature.trust import Trust


@dataclass(frozen=True)
class Verified:
    """A good signature and all that was looked at. ``path`` is signer first, root last."""

    jws: Detached
    payload_digest: str
    path: tuple[Certificate, ...]
    revocation: tuple[Checked, ...]
    received_at: datetime

    @property
    def signer(self) -> Certificate:
        return self.path[0]

    @property
    def signed_at(self) -> datetime:
        return self.jws.signed_at

    def as_dict(self) -> dict[str, Any]:
        """The result as of acceptance, to be kept: what held then can be read when lists and roots are others."""
        return {
            "algorithm": self.jws.algorithm,
            "payload_digest": self.payload_digest,
            "signed_at": in_vietnam(self.signed_at),
            "received_at": in_vietnam(self.received_at),
            "path": [each.as_dict() for each in self.path],
            "revocation": [each.as_dict() for each in self.revocation],
        }


class SignatureVerifier(Protocol):
    """Judges one detached signature over the payload."""

    def verify(self, payload: bytes, *, jws: str, received_at: datetime) -> Verified:
        """Blocking. Raises a SignatureRefused, RevocationListMissing, RevocationListStale or TrustUnusable."""
        ...


@dataclass(frozen=True)
class Terms:
    """``oldest``: how long before it came in a signature may say it was made; ``skew``: how far a clock may be ahead."""

    oldest: timedelta = timedelta(hours=24)
    skew: timedelta = timedelta(minutes=5)
    without_list: WithoutList = "refuse"


class CertificateVerifier:
    """``trust`` is asked on every use."""

    def __init__(self, trust: Callable[[], Trust], terms: Terms) -> None:
        self._trust = trust
        self._terms = terms

    def verify(self, payload: bytes, *, jws: str, received_at: datetime) -> Verified:
        """As SignatureVerifier has it. The signature is proven first: nothing a stranger put in is believed before."""
        trust, terms = self._trust(), self._terms
        found = read(jws)
        chain = [_certificate(der) for der in found.chain]
        require_signed(found.signing_input(payload), found.signature, algorithm=found.algorithm, key=chain[0].key)
        path = path_to_root(chain, trust.roots, at=found.signed_at)
        require_signer(path[0])
        _require_plausible(found.signed_at, received_at, terms)
        require_valid(path, found.signed_at)
        require_agreement(path, found.signed_at)
        revocation = require_unrevoked(
            path, trust.lists, signed_at=found.signed_at, received_at=received_at, without_list=terms.without_list
        )
        return Verified(found, sha256_hex(payload), path, revocation, received_at)


def _certificate(der: bytes) -> Certificate:
    try:
        return read_certificate(der)
    except CertificateUnreadable as error:
        raise SignatureMalformed(f"x5c: {error}") from error


def _require_plausible(signed_at: datetime, received_at: datetime, terms: Terms) -> None:
    earliest, latest = received_at - terms.oldest, received_at + terms.skew
    if not earliest <= signed_at <= latest:
        raise SigningTimeImplausible(
            f"signed at {in_vietnam(signed_at)}, which is not near {in_vietnam(received_at)}",
            hint="Check the signing computer's clock, and sign again.",
            earliest=in_vietnam(earliest),
            latest=in_vietnam(latest),
        )
