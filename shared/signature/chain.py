"""From the signer's certificate to a configured root, step by step (RFC 5280 §6), so that each fault has its own name.

Certificates of people are not those of servers: no host names, no EKU of TLS. After our own walk the library's verifier must
agree, so that a slip of ours never lets pass what it refuses (ADR 13).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, SECP521R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import BasicConstraints
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from shared.period import in_vietnam
from shared.signature.certificates import Certificate
from shared.signature.refused import CertificateExpired, CertificateNotYetValid, ChainBroken, RootUnknown, UsageWrong

SMALLEST_RSA: Final = 2048
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_CURVES: Final = (SECP256R1, SECP384R1, SECP521R1)
# Extended key usages of people who sign: any, e-mail protection, document signing (RFC 9336), Microsoft's document signing.
_PURPOSES: Final = frozenset({"2.5.29.37.0", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.10.3.12"})


def path_to_root(chain: Sequence[Certificate], roots: Sequence[Certificate], *, at: datetime) -> tuple[Certificate, ...]:
    """Signer first, root last; every link signed by the next. Raises ChainBroken or RootUnknown."""
    known = {root.der for root in roots}
    sent = list(chain[:-1] if len(chain) > 1 and chain[-1].der in known else chain)
    for child, parent in pairwise(sent):
        _require_issued(child, parent)
    candidates = [root for root in roots if _is_issued(sent[-1], root)]
    if not candidates:
        hint = "Send the whole chain; if the root is right, the operator must configure it."
        raise RootUnknown(f"no root trusted here issued {sent[-1].subject}", hint=hint, issuer=_issuer(sent[-1]))
    # A renewed root may bear the same name and key: the one that holds at the time of signing goes first.
    candidates.sort(key=lambda root: not root.not_before <= at <= root.not_after)
    path = (*sent, candidates[0])
    _require_strong(path)
    _require_authorities(path)
    return path


def require_valid(path: Sequence[Certificate], at: datetime) -> None:
    """Every certificate of the path at the time of signing. Raises CertificateExpired or CertificateNotYetValid."""
    for each in path:
        if at > each.not_after:
            raise CertificateExpired(f"{each.subject} expired before {in_vietnam(at)}", not_after=in_vietnam(each.not_after))
        if at < each.not_before:
            begins = in_vietnam(each.not_before)
            raise CertificateNotYetValid(f"{each.subject} was not valid yet at {in_vietnam(at)}", not_before=begins)


def require_signer(signer: Certificate) -> None:
    """A certificate for signatures of people. Raises UsageWrong."""
    usage, hint = signer.usage, "Sign with a certificate issued for digital signatures."
    if signer.is_authority:
        raise UsageWrong(f"{signer.subject} is a certification authority", hint=hint)
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise UsageWrong(f"{signer.subject} has no key usage digitalSignature or nonRepudiation", hint=hint)
    if signer.purposes is not None and not signer.purposes & _PURPOSES:
        raise UsageWrong(f"{signer.subject} is limited to other purposes: {', '.join(sorted(signer.purposes))}", hint=hint)


def require_agreement(path: Sequence[Certificate], at: datetime) -> None:
    """The library's own path validation finds the same. Raises ChainBroken."""
    signer, *between, root = (each.parsed for each in path)
    authorities = ExtensionPolicy.permit_all().require_present(BasicConstraints, Criticality.AGNOSTIC, None)
    builder = PolicyBuilder().store(Store([root])).time(at).max_chain_depth(len(path))
    policy = builder.extension_policies(ca_policy=authorities, ee_policy=ExtensionPolicy.permit_all())
    try:
        policy.build_client_verifier().verify(signer, between)
    except VerificationError as error:
        raise ChainBroken(f"the chain of {path[0].subject} is refused: {error}") from error


def _require_issued(child: Certificate, parent: Certificate) -> None:
    if not _is_issued(child, parent):
        hint = "x5c holds the signer's certificate first, and each is followed by its issuer."
        raise ChainBroken(f"{child.subject} was not issued by {parent.subject}", hint=hint)


def _is_issued(child: Certificate, parent: Certificate) -> bool:
    try:
        child.parsed.verify_directly_issued_by(parent.parsed)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _require_strong(path: Sequence[Certificate]) -> None:
    for each in path:
        if not _is_strong(each):
            raise ChainBroken(f"the key of {each.subject} is too weak or of a kind not taken")
        if each.not_evaluated:
            names = ", ".join(each.not_evaluated)
            raise ChainBroken(f"{each.subject} carries extensions that are not evaluated here: {names}")
    for each in path[:-1]:
        if each.hash_name is not None and each.hash_name not in _HASHES:
            raise ChainBroken(f"{each.subject} was signed over {each.hash_name}", hint="SHA-256 or longer is needed.")


def _is_strong(each: Certificate) -> bool:
    match each.key:
        case RSAPublicKey():
            return each.key.key_size >= SMALLEST_RSA
        case EllipticCurvePublicKey():
            return isinstance(each.key.curve, _CURVES)
        case Ed25519PublicKey():
            return True
    return False


def _require_authorities(path: Sequence[Certificate]) -> None:
    below = 0  # intermediates between this authority and the signer that count for path length
    for each in path[1:]:
        if not each.is_authority:
            raise ChainBroken(f"{each.subject} is no certification authority")
        if each.usage is not None and not each.usage.key_cert_sign:
            raise ChainBroken(f"{each.subject} may not sign certificates")
        if each.path_length is not None and below > each.path_length:
            raise ChainBroken(f"{each.subject} allows a path of {each.path_length}, not {below}")
        below += 0 if each.is_self_issued else 1


def _issuer(certificate: Certificate) -> str:
    return certificate.parsed.issuer.rfc4514_string()
