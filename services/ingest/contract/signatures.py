"""Detached JWS over the exact bytes of a payload (RFC 7515 appendix F), as docs/contracts.md §3 has it."""

from __future__ import annotations

import json
import warnings
from typing import Literal

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, KeySet, OKPKey

from shared.errors import SourceProblem

Checked = Literal["verified", "present, no key configured", "absent, no key configured"]

_ALGORITHMS = ["EdDSA", "Ed25519", "ES256"]
_PARTS = 3


class SignatureInvalid(SourceProblem):
    """The source's key is configured, and its signature is missing or does not fit the bytes."""

    slug = "signature-invalid"
    title_vi = "Chữ ký dữ liệu của nguồn thiếu hoặc không đúng"
    title_en = "Payload signature missing or wrong"


class KeyUnusable(ValueError):
    """The configured public key is no JWK or JWK set of a kind used here."""


def public_keys(text: str) -> KeySet:
    """A JWK or JWK set as JSON text. Raises KeyUnusable; private keys are refused, they have no business here."""
    try:
        content = json.loads(text)
        keys = content.get("keys", [content])
        if not keys or any("d" in key for key in keys):
            raise KeyUnusable("expected public keys only")
        return KeySet([ECKey.import_key(key) if key["kty"] == "EC" else OKPKey.import_key(key) for key in keys])
    except (ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
        raise KeyUnusable(f"not a public JWK (EC P-256 or Ed25519): {error}") from error


def check(body: bytes, signature: str | None, keys: KeySet | None) -> Checked:
    """Raises SignatureInvalid when keys are configured and the signature does not prove the bytes."""
    if keys is None:
        return "absent, no key configured" if signature is None else "present, no key configured"
    if signature is None:
        raise SignatureInvalid("the answer carries no X-Payload-Signature although the source's key is configured")
    parts = signature.split(".")
    if len(parts) != _PARTS or parts[1]:
        raise SignatureInvalid("X-Payload-Signature is no detached JWS: expected <protected>..<signature>")
    registry = jws.JWSRegistry(algorithms=_ALGORITHMS)
    registry.max_payload_length = len(body)
    try:
        with warnings.catch_warnings():
            # RFC 9864 renamed EdDSA to Ed25519; sources still write the old name of the same algorithm.
            warnings.simplefilter("ignore", SecurityWarning)
            jws.deserialize_compact(signature, keys, registry=registry, payload=body)
    except (JoseError, ValueError) as error:
        raise SignatureInvalid(f"the signature does not fit the bytes: {error}") from error
    return "verified"
