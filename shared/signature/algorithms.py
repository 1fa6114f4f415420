"""The three algorithms of RFC 7518 and RFC 8037 that are taken, each with one kind of key."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from shared.signature.certificates import PublicKey
from shared.signature.chain import SMALLEST_RSA
from shared.signature.refused import AlgorithmRefused, SignatureDiffers

_P256_SIGNATURE = 64


def require_signed(message: bytes, signature: bytes, *, algorithm: str, key: PublicKey | None) -> None:
    """Raises AlgorithmRefused for a key of another kind, SignatureDiffers when the signature does not prove the message."""
    try:
        match algorithm, key:
            case "ES256", EllipticCurvePublicKey() if isinstance(key.curve, SECP256R1):
                key.verify(_as_der(signature), message, ECDSA(SHA256()))
            case "EdDSA", Ed25519PublicKey():
                key.verify(signature, message)
            case "RS256", RSAPublicKey() if key.key_size >= SMALLEST_RSA:
                key.verify(signature, message, PKCS1v15(), SHA256())
            case _:
                raise AlgorithmRefused(
                    f"{algorithm} does not go with the certificate's key",
                    hint="ES256 needs P-256, EdDSA Ed25519, RS256 RSA of 2048 bits or more.",
                )
    except (InvalidSignature, ValueError) as error:
        hint = "Sign the very bytes that are handed in; read their digest again."
        raise SignatureDiffers("the signature was not made over these bytes with this certificate", hint=hint) from error


def _as_der(signature: bytes) -> bytes:
    """JWS writes r and s side by side, 32 bytes each."""
    if len(signature) != _P256_SIGNATURE:
        raise ValueError("an ES256 signature has 64 bytes")
    half = _P256_SIGNATURE // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
