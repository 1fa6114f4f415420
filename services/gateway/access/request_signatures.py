"""Signed requests (RFC 9421): who holds the signing key sent this very request, just now, and once (SEC-03, SEC-07).

Optional per API key: from the first public key its holder registers on, every write under it must be signed. Covered are
method, target, the body's digest, which is also compared with the body, the idempotency key, creation time and nonce.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Request
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    VerifyResult,
    algorithms,
)
from joserfc.jwk import ECKey, OKPKey

from services.gateway.access.store import request_keys as stored
from services.gateway.access.store.records import RequestKey
from services.gateway.http.runtime import Runtime
from shared.errors import Unauthenticated
from shared.period import in_vietnam
from shared.problems import ContentTooLarge

READING: Final = ("GET", "HEAD")
WINDOW: Final = timedelta(minutes=5)
AHEAD: Final = timedelta(seconds=30)
_SHORTEST_NONCE, _LONGEST_NONCE = 16, 128
_ALGORITHMS: Final[Mapping[str, type[HTTPSignatureAlgorithm]]] = {
    "ed25519": algorithms.ED25519,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
}
PublicKey = Ed25519PublicKey | EllipticCurvePublicKey


class RequestUnsigned(Unauthenticated):
    """The key's holder signs requests, so an unsigned write under the key is not theirs."""

    slug = "request-signature-missing"
    title_vi = "Yêu cầu thiếu chữ ký"
    title_en = "Request signature missing"


class RequestKeyUnknown(Unauthenticated):
    """The signature's keyid is no request key in force of the API key that calls."""

    slug = "request-key-unknown"
    title_vi = "Khóa ký yêu cầu không xác định"
    title_en = "Request key unknown"


class RequestSignatureWrong(Unauthenticated):
    """The signature cannot be read, does not cover what it must, or was not made over this request."""

    slug = "request-signature-wrong"
    title_vi = "Chữ ký của yêu cầu không đúng"
    title_en = "Request signature wrong"


class ContentDigestDiffers(Unauthenticated):
    """The body is not the one whose digest was signed: it was changed on the way."""

    slug = "content-digest-differs"
    title_vi = "Nội dung yêu cầu không khớp mã băm đã ký"
    title_en = "Body differs from its signed digest"


class RequestOutsideWindow(Unauthenticated):
    """The request was signed too long ago, or in the future: a captured request sent again, or a wrong clock."""

    slug = "request-outside-window"
    title_vi = "Yêu cầu được ký ngoài khoảng thời gian cho phép"
    title_en = "Request signed outside the window"


class NonceUsed(Unauthenticated):
    """A request with this nonce was taken before: each signed request is sent once, with a nonce of its own."""

    slug = "request-nonce-used"
    title_vi = "Mã dùng một lần của yêu cầu đã được sử dụng"
    title_en = "Nonce used before"


@dataclass(frozen=True)
class SignedMessage:
    """A request as the signer saw it: its target is under our public address, whatever proxy stands before us."""

    method: str
    url: str
    headers: Fields


@dataclass(frozen=True)
class Fields:
    """Header lines in their order, repeated ones too."""

    lines: tuple[tuple[str, str], ...]

    def items(self) -> Iterable[tuple[str, str]]:
        return self.lines


def is_signed(request: Request) -> bool:
    return "signature-input" in request.headers or "signature" in request.headers


async def require_signature(request: Request, keys: Sequence[RequestKey], given: Runtime) -> None:
    """Reads do not need one; a signature that is there is judged, by the caller's request ``keys`` in force. ``given`` lends a
    transaction apart from the request's.

    Raises RequestUnsigned, RequestKeyUnknown, RequestSignatureWrong, ContentDigestDiffers, RequestOutsideWindow or NonceUsed.
    """
    signed = is_signed(request)
    if not signed and request.method in READING:
        return
    if not signed:
        if keys:
            hint = "Sign it with a request key of this API key (RFC 9421)."
            raise RequestUnsigned("writes under this API key are signed", hint=hint)
        return
    message = message_of(request, given.public_url)
    found = verified(message, keys, required=_required(request))
    await _require_body(request, found, given.largest_body_bytes)
    created = _require_window(found, given.clock())
    await _require_unused(given, found, created)


def message_of(request: Request, public_url: str) -> SignedMessage:
    scope = request.scope
    query = scope["query_string"].decode("latin-1")
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    url = f"{public_url.rstrip('/')}{path}{'?' + query if query else ''}"
    return SignedMessage(request.method, url, Fields(lines))


def verified(message: SignedMessage, keys: Sequence[RequestKey], *, required: Sequence[str]) -> VerifyResult:
    """The one signature of a message, by one of the keys. Raises RequestKeyUnknown or RequestSignatureWrong."""
    resolvers = {name: _Keys(each for each in keys if each.algorithm == name) for name in _ALGORITHMS}
    why: dict[str, Exception] = {}
    for name, algorithm in _ALGORITHMS.items():
        verifier = _Verifier(signature_algorithm=algorithm, key_resolver=resolvers[name])
        try:
            (found,) = verifier.verify(message, max_age=None, require_components=required)
        except (HTTPMessageSignaturesException, ValueError, TypeError) as error:
            why[name] = error
        else:
            return found
    # A keyid is of one kind: what is wrong is said by that kind, and not by the other one, which never heard of it.
    known = [name for name, resolver in resolvers.items() if resolver.found]
    if not known and any(resolver.missed for resolver in resolvers.values()):
        raise RequestKeyUnknown("the signature's keyid is no request key in force of this API key")
    cause = why[known[0] if known else next(iter(why))]
    hint = f"Cover {', '.join(required)}; give keyid, created and nonce."
    raise RequestSignatureWrong(f"the request's signature is refused: {cause}", hint=hint) from cause


def key_of(jwk: Mapping[str, Any]) -> tuple[str, PublicKey]:
    """The algorithm's name in RFC 9421 and the key. Raises ValueError for a JWK of another kind."""
    if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
        return "ed25519", OKPKey.import_key(dict(jwk)).public_key  # type: ignore[return-value]
    if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256":
        return "ecdsa-p256-sha256", ECKey.import_key(dict(jwk)).public_key
    raise ValueError("expected an Ed25519 or P-256 key")


class _Verifier(HTTPMessageVerifier):
    """Times are judged by our clock, with problem types of their own."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Not here: see _require_window."""


class _Keys(HTTPSignatureKeyResolver):
    """``found`` and ``missed``: whether a keyid was asked for that is one of these keys, or none of them."""

    def __init__(self, keys: Iterable[RequestKey]) -> None:
        self._keys = {each.request_key_id: each.jwk for each in keys}
        self.found = self.missed = False

    def resolve_public_key(self, key_id: str) -> PublicKey | None:
        found = self._keys.get(key_id)
        self.found, self.missed = found is not None, found is None
        return None if found is None else key_of(found)[1]


def _required(request: Request) -> list[str]:
    """What a signature of this request must cover."""
    names = ["@method", "@target-uri"]
    names += [] if request.method in READING else ["content-digest"]
    names += ["idempotency-key"] if request.method == "POST" else []
    return [*names, "if-match"] if "if-match" in request.headers else names


async def _require_body(request: Request, found: VerifyResult, limit: int) -> None:
    """The digest is covered; now it is compared. Raises ContentDigestDiffers, ContentTooLarge or RequestSignatureWrong."""
    declared = request.headers.get("content-length", "0" if request.method in READING else "")
    if not (declared.isascii() and declared.isdigit()):
        raise RequestSignatureWrong("a signed request declares its Content-Length")
    if int(declared[:20]) > limit:
        raise ContentTooLarge(f"bodies are at most {limit} bytes")
    body = await request.body()
    try:
        await asyncio.to_thread(ContentDigest.verify_components, found.covered_components, body)
    except HTTPMessageSignaturesException as error:
        hint = "Send the bytes that were signed; sign again what is sent."
        raise ContentDigestDiffers(f"the body is not the one that was signed: {error}", hint=hint) from error


def _require_window(found: VerifyResult, now: datetime) -> datetime:
    """When the request was signed. Raises RequestOutsideWindow or RequestSignatureWrong."""
    created, expires = (_instant(found.parameters.get(name)) for name in ("created", "expires"))
    if created is None:
        raise RequestSignatureWrong("the signature does not say when it was created")
    if not now - WINDOW <= created <= now + AHEAD or (expires is not None and expires < now):
        hint = f"A request comes at most {int(WINDOW.total_seconds())} s after it was signed; check the clock."
        raise RequestOutsideWindow(f"signed at {in_vietnam(created)}, which is outside the window", hint=hint)
    return created


def _instant(seconds: int | str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC) if isinstance(seconds, int) else None
    except (ValueError, OverflowError, OSError):
        return None


async def _require_unused(given: Runtime, found: VerifyResult, created: datetime) -> None:
    nonce = found.nonce or ""
    if not _SHORTEST_NONCE <= len(nonce) <= _LONGEST_NONCE or not (nonce.isascii() and nonce.isprintable()):
        limits = f"{_SHORTEST_NONCE} to {_LONGEST_NONCE} visible ASCII characters"
        raise RequestSignatureWrong(f"the signature needs a nonce of {limits}")
    async with given.database.transaction() as connection:
        unused = await stored.use_nonce(
            connection,
            request_key_id=str(found.parameters["keyid"]),
            nonce=nonce,
            expires_at=created + WINDOW,
            now=given.clock(),
        )
    if not unused:
        raise NonceUsed("this nonce was used before", hint="Sign every request anew, with a nonce of its own.")
