"""A detached compact JWS taken apart: `<protected>..<signature>`, plain base64url of the payload (RFC 7515, appendix F).

One spelling per signature: base64url must be canonical and names of the header occur once, so no two texts mean the same.
The RFC 7797 option (`b64: false`) is refused. Of critical headers only ETSI's `sigT` is understood.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shared.canonical import sha256_hex
from shared.signature.refused import AlgorithmRefused, SignatureMalformed

ALGORITHMS: Final = ("ES256", "EdDSA", "RS256")
LONGEST: Final = 48 * 1024
LONGEST_CHAIN: Final = 6
_PARTS: Final = 3
_UNDERSTOOD: Final = frozenset({"sigT"})
_SIGT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SHAPE: Final = "<protected header>..<signature>, base64url without padding"


@dataclass(frozen=True)
class Detached:
    """``chain`` is DER, the signer's certificate first; nothing of it is proven yet."""

    protected: str
    algorithm: str
    signed_at: datetime
    chain: tuple[bytes, ...]
    signature: bytes

    def signing_input(self, payload: bytes) -> bytes:
        return f"{self.protected}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}".encode()

    @property
    def text(self) -> str:
        return f"{self.protected}..{base64.urlsafe_b64encode(self.signature).rstrip(b'=').decode()}"

    @property
    def digest(self) -> str:
        return sha256_hex(self.text.encode())


def read(jws: str) -> Detached:
    """Raises SignatureMalformed or AlgorithmRefused."""
    parts = jws.split(".")
    if len(jws) > LONGEST or len(parts) != _PARTS or parts[1]:
        raise SignatureMalformed("not a detached compact JWS", hint=f"Expected {_SHAPE}, at most {LONGEST} characters.")
    header = _header(_octets(parts[0], "the protected header"))
    _require_plain(header)
    return Detached(parts[0], _algorithm(header), _signed_at(header), _chain(header), _octets(parts[2], "the signature"))


def _octets(part: str, name: str) -> bytes:
    try:
        decoded = base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise SignatureMalformed(f"{name} is not base64url", hint=f"Expected {_SHAPE}.") from error
    if not decoded or base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise SignatureMalformed(f"{name} is empty or not in canonical base64url", hint=f"Expected {_SHAPE}.")
    return decoded


def _header(octets: bytes) -> dict[str, Any]:
    try:
        header = json.loads(octets.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise SignatureMalformed("the protected header is no JSON object with each name once") from error
    if not isinstance(header, dict):
        raise SignatureMalformed("the protected header is no JSON object")
    return header


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _require_plain(header: dict[str, Any]) -> None:
    if header.get("b64", True) is not True:
        raise SignatureMalformed("b64 is false", hint="Sign base64url of the payload, as RFC 7515 has it.")
    critical = header.get("crit", [])
    if not isinstance(critical, list) or ("crit" in header and not critical):
        raise SignatureMalformed("crit is no list of names")
    for name in critical:
        if name not in _UNDERSTOOD or name not in header:
            raise SignatureMalformed(f"the critical header {str(name)[:40]!r} is not understood here or absent")


def _algorithm(header: dict[str, Any]) -> str:
    found = header.get("alg")
    if not isinstance(found, str):
        raise SignatureMalformed("the protected header has no alg")
    if found not in ALGORITHMS:
        raise AlgorithmRefused(f"the algorithm {found[:20]!r} is not taken", hint=f"Use one of {', '.join(ALGORITHMS)}.")
    return found


def _signed_at(header: dict[str, Any]) -> datetime:
    """`iat` in seconds since 1970 or ETSI's `sigT`; both only when they agree."""
    try:
        times = {_from_iat(header["iat"])} if "iat" in header else set()
        times |= {_from_sigt(header["sigT"])} if "sigT" in header else set()
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise SignatureMalformed("iat or sigT is no instant", hint="iat: whole seconds since 1970; sigT: …Z") from error
    if len(times) != 1:
        hint = "Put iat (whole seconds since 1970) into the protected header."
        raise SignatureMalformed("the protected header must hold one signing time", hint=hint)
    return times.pop()


def _from_iat(value: object) -> datetime:
    if type(value) is not int:
        raise TypeError("iat is no whole number")
    return datetime.fromtimestamp(value, tz=UTC)


def _from_sigt(value: object) -> datetime:
    if not isinstance(value, str) or not _SIGT.fullmatch(value):
        raise ValueError("sigT is no RFC 3339 time in Z")
    return datetime.fromisoformat(value)


def _chain(header: dict[str, Any]) -> tuple[bytes, ...]:
    given = header.get("x5c")
    if not isinstance(given, list) or not 1 <= len(given) <= LONGEST_CHAIN:
        hint = "The signer's certificate first, then its issuers; base64 of DER."
        raise SignatureMalformed(f"x5c holds no chain of 1 to {LONGEST_CHAIN} certificates", hint=hint)
    chain = tuple(_der(one) for one in given)
    if len(set(chain)) != len(chain):
        raise SignatureMalformed("x5c holds a certificate twice")
    return chain


def _der(given: object) -> bytes:
    try:
        return base64.b64decode(given, validate=True) if isinstance(given, str) else b""
    except (binascii.Error, ValueError) as error:
        raise SignatureMalformed("x5c holds something that is not base64", hint="Base64 with + and /, of DER.") from error
