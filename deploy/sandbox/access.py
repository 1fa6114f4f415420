"""Who may read: OAuth2 client credentials per source, an API key as the alternative, and the admin's token."""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote_plus

from deploy.sandbox.asking import Refusal

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="sandbox"'}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client of one source presents."""

    client_id: str
    client_secret: str
    api_key: str


@dataclass(slots=True)
class Desk:
    """The token desk of one source."""

    credentials: Credentials
    lifetime: float
    _issued: dict[str, float] = field(default_factory=dict)

    def issue(self, authorization: str | None, body: bytes) -> dict[str, object]:
        """Answer a token request (RFC 6749 §4.4); credentials by Basic or in the form. Raises ``Refusal``."""
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            raise Refusal(400, "unsupported_grant_type", "grant_type must be client_credentials")
        client, secret = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
        if not (_same(client, self.credentials.client_id) and _same(secret, self.credentials.client_secret)):
            raise Refusal(401, "invalid_client", "client id or secret is wrong", {"WWW-Authenticate": 'Basic realm="sandbox"'})
        now = time.monotonic()
        self._issued = {token: until for token, until in self._issued.items() if until > now}
        token = secrets.token_urlsafe(24)
        self._issued[token] = now + self.lifetime
        return {"access_token": token, "token_type": "Bearer", "expires_in": int(self.lifetime)}

    def admit(self, headers: Mapping[str, str]) -> None:
        """Let a data request pass by its token or API key. Raises ``Refusal`` 401."""
        key = headers.get("x-api-key")
        if key is not None and _same(key, self.credentials.api_key):
            return
        if self._issued.get(bearer(headers), 0.0) > time.monotonic():
            return
        raise Refusal(401, "UNAUTHENTICATED", "token unknown or expired, or API key wrong", _CHALLENGE)


def bearer(headers: Mapping[str, str]) -> str:
    """The bearer token of a request, empty when there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def admit_admin(headers: Mapping[str, str], token: str) -> None:
    """Raises ``Refusal`` 401 unless the admin's token was given."""
    if not _same(bearer(headers), token):
        raise Refusal(401, "UNAUTHENTICATED", "admin routes need the admin token of the port file", _CHALLENGE)


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client, _, secret = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return None
    return unquote_plus(client), unquote_plus(secret)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
