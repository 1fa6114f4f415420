"""Keys with which the holder of an API key signs requests (SEC-07)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import Reason, Shape, identifier


class PublicJwk(Shape):
    """A public key, RFC 7517: Ed25519 or P-256. A private one is refused."""

    kty: Literal["OKP", "EC"]
    crv: Literal["Ed25519", "P-256"]
    x: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$")]
    y: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$")] | None = None


class RequestKeyAsked(Shape):
    """`proof` is a compact JWS by the key's private half over `{"api_key":"<key id>","purpose":"bangdiem request key"}`."""

    jwk: PublicJwk
    proof: Annotated[str, Field(max_length=2000, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]
    reason: Reason


class RequestKeyEndAsked(Shape):
    reason: Reason


class RequestKey(Shape):
    """`request_key_id` is the `keyid` of signatures made with it."""

    request_key_id: Annotated[str, identifier("rqk")]
    algorithm: Literal["ed25519", "ecdsa-p256-sha256"]
    jwk: dict[str, str]
    reason: str
    recorded_at: datetime
    ended_at: datetime | None


class RequestKeySet(Shape):
    items: list[RequestKey]
