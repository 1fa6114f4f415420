"""Keys of the stand-ins (demo keys, made from the seed) and detached JWS over exact body bytes (RFC 7515 appendix F)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy.sandbox.content import encode

Algorithm = Literal["EdDSA", "ES256", "none"]


@dataclass(frozen=True)
class Signer:
    """Signs one source's payloads; ``jwk`` is the public key."""

    algorithm: str
    jwk: dict[str, str]
    sign: Callable[[bytes], bytes]

    def detached(self, payload: bytes) -> str:
        """``<protected>..<signature>`` over ``payload``."""
        header = urlsafe_b64encode(encode({"alg": self.algorithm, "kid": self.jwk["kid"]})).rstrip(b"=")
        # Pages are megabytes: the signing input stays bytes and is put together once.
        signed = self.sign(b"".join((header, b".", urlsafe_b64encode(payload).rstrip(b"="))))
        return f"{header.decode()}..{_b64(signed)}"


def signer(seed: int, source: str, algorithm: Algorithm) -> Signer | None:
    """The demo key of a source; None when the source signs nothing."""
    if algorithm == "none":
        return None
    secret = hashlib.sha256(f"sandbox demo key|{seed}|{source}|{algorithm}".encode()).digest()
    kid = f"{source}-demo-{seed}"
    return _ed25519(secret, kid) if algorithm == "EdDSA" else _p256(secret, kid)


def _ed25519(secret: bytes, kid: str) -> Signer:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    x = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": _b64(x), "kid": kid, "alg": "EdDSA", "use": "sig"}
    return Signer("EdDSA", jwk, key.sign)


def _p256(secret: bytes, kid: str) -> Signer:
    key = derive_private_key(int.from_bytes(secret, "big") >> 1, SECP256R1())
    public = key.public_key().public_numbers()
    x, y = (_b64(number.to_bytes(32, "big")) for number in (public.x, public.y))

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256", "use": "sig"}
    return Signer("ES256", jwk, sign)


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
