"""Secrets of webhooks: shown once, kept sealed, used to sign (Standard Webhooks 1.0, symmetric ``v1``).

The key that seals is derived from the gateway's pepper, so every replica can sign and a copy of the database cannot.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from shared.errors import Unavailable

PREFIX: Final = "whsec_"
SIZE: Final = 32
_PURPOSE: Final = b"bangdiem webhook secrets"


class WebhookSecretUnreadable(Unavailable):
    """The secret was sealed with another pepper than this server has; only a rotation helps."""

    slug = "webhook-secret-unreadable"
    title_vi = "Không đọc được khóa bí mật của địa chỉ nhận sự kiện"
    title_en = "Webhook secret unreadable"


def new_secret() -> str:
    """As its owner keeps it: the prefix, and 32 random bytes as base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SIZE)).decode("ascii")


def seal(secret: str, pepper: SecretStr) -> str:
    return _box(pepper).encrypt(secret.encode("ascii")).decode("ascii")


def unseal(sealed: str, pepper: SecretStr) -> str:
    """Raises WebhookSecretUnreadable."""
    try:
        return _box(pepper).decrypt(sealed.encode("ascii")).decode("ascii")
    except InvalidToken as error:
        hint = "Rotate the webhook's secret."
        raise WebhookSecretUnreadable("the secret was sealed with another pepper", hint=hint) from error


def headers_of(event_id: str, body: bytes, *, now: datetime, given: Iterable[str]) -> dict[str, str]:
    """The three headers of a sending; one signature for each secret in force, the newest first."""
    at = str(int(now.timestamp()))
    signatures = " ".join("v1," + signature(event_id, at, body, secret) for secret in given)
    return {"webhook-id": event_id, "webhook-timestamp": at, "webhook-signature": signatures}


def signature(event_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """Base64 of the HMAC-SHA-256 over id, timestamp and body, joined by full stops."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, sha256).digest()).decode("ascii")


def _box(pepper: SecretStr) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(pepper.get_secret_value().encode())
    return Fernet(base64.urlsafe_b64encode(derived))
