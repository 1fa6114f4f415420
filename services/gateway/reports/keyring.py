"""Private keys that sign receipts: Ed25519, each a JWK file of its own (0600) in one folder, or one JWK from a setting.

The database knows their public halves and which may still sign (services.gateway.reports.signing_keys); a key's id is its
RFC 7638 thumbprint, so two keys never share one.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from shared.errors import InputInvalid

ALGORITHM = "EdDSA"
CURVE: Final = "Ed25519"
_OTHERS_MAY_READ = 0o077


class SigningKeyUnusable(InputInvalid):
    """A configured private key is no Ed25519 JWK with its private half, or others than its owner may read its file."""

    slug = "signing-key-unusable"
    title_vi = "Khóa ký biên nhận không dùng được"
    title_en = "Signing key unusable"


@dataclass(frozen=True)
class SigningKey:
    """``public`` is the public half as a JWK, with ``kid``, ``use`` and ``alg``."""

    kid: str
    public: Mapping[str, str]
    private: OKPKey

    def sign(self, payload: bytes, *, kind: str) -> str:
        """A compact JWS of the payload; ``kind`` is its ``typ``."""
        header = {"alg": ALGORITHM, "kid": self.kid, "typ": kind}
        with warnings.catch_warnings():
            # RFC 9864 renamed the algorithm to Ed25519; EdDSA is the name that verifiers in use know.
            warnings.simplefilter("ignore", SecurityWarning)
            return jws.serialize_compact(header, payload, self.private, algorithms=[ALGORITHM])


class Keyring:
    """The keys this process may sign with, in the name of ``issuer``, our public address.

    A folder is looked at on every use, so a rotation needs no restart.
    """

    def __init__(self, *, issuer: str, key: SecretStr | None = None, folder: Path | None = None) -> None:
        """Raises SigningKeyUnusable for a given key that is none; files are read when a key is wanted."""
        self.issuer = issuer
        self._given = () if key is None else (read_key(key.get_secret_value(), place="the setting"),)
        self._folder = folder
        self._read: dict[str, SigningKey] = {}

    def newest_first(self) -> tuple[SigningKey, ...]:
        """None where nothing is configured. Raises SigningKeyUnusable."""
        if self._folder is None:
            return self._given
        paths = sorted(self._folder.glob("*.jwk"), reverse=True)
        return (*self._given, *(self._of(path) for path in paths))

    def _of(self, path: Path) -> SigningKey:
        if path.name not in self._read:
            if path.stat().st_mode & _OTHERS_MAY_READ:
                raise SigningKeyUnusable(f"others may read the private key {path.name}", hint="chmod 600")
            self._read[path.name] = read_key(path.read_text("utf-8"), place=path.name)
        return self._read[path.name]


def read_key(text: str, *, place: str) -> SigningKey:
    """A private Ed25519 JWK. Raises SigningKeyUnusable, which names the place and never repeats the text."""
    hint = "Make one with `bangdiem receipt-key rotate`."
    try:
        content = json.loads(text)
        private = OKPKey.import_key(content)
        if content["crv"] != CURVE or "d" not in content:
            raise SigningKeyUnusable(f"{place} holds no private {CURVE} key", hint=hint)
    except (ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
        raise SigningKeyUnusable(f"{place} holds no JWK (kty OKP, crv {CURVE})", hint=hint) from error
    kid = private.thumbprint()
    public = {"kty": "OKP", "crv": CURVE, "x": str(content["x"]), "kid": kid, "use": "sig", "alg": ALGORITHM}
    return SigningKey(kid, public, private)


def new_key() -> str:
    """A new private key as JWK text."""
    made: dict[str, Any] = dict(OKPKey.generate_key(CURVE).as_dict(private=True))
    return json.dumps({name: made[name] for name in ("kty", "crv", "x", "d")})
