"""What is stored of keys, credentials, grants, sessions and people, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class KeyOnRecord:
    """A key without its secret, with all that ends or limits it."""

    key_id: str
    holder: str
    roles: Sequence[str]
    agency: str | None
    expires_at: datetime | None
    created_by: str
    reason: str
    recorded_at: datetime
    revoked_at: datetime | None
    read_only: bool | None
    resources: Sequence[str] | None
    networks: Sequence[str] | None
    replaced_by: str | None
    replaced_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OfficeKey(KeyOnRecord):
    """A key of somebody of a national office; ``sequence`` counts them as they were made."""

    sequence: int


@dataclass(frozen=True, kw_only=True)
class Credential(KeyOnRecord):
    """A body's own key, with who asked for it and who approved it; ``at_terminal``: the server's operator made it, so nobody
    approves it and nobody takes it back here."""

    sequence: int
    rotates: str | None
    overlap_seconds: int
    requested_by: str
    approved_by: str | None
    approved_at: datetime | None
    at_terminal: bool


@dataclass(frozen=True, kw_only=True)
class ProvenKey(KeyOnRecord):
    """A key as a request proves it; what is of a credential is None of other keys, and where the session may not see it."""

    secret_hmac: str
    sequence: int | None
    rotates: str | None
    overlap_seconds: int | None
    requested_by: str | None
    approved_by: str | None
    approved_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Roles of a person of an identity provider, with the approval and the end."""

    grant_id: str
    sequence: int
    agency: str | None
    belongs_to: str | None
    subject: str
    holder: str
    roles: Sequence[str]
    ends_at: datetime | None
    document: str | None
    requested_by: str
    reason: str
    recorded_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    revoked_by: str | None
    revoked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PageSession:
    """``ended_at`` is None while it goes on."""

    session_id: str
    actor: str
    ends_at: datetime
    recorded_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RequestKey:
    """A public key that requests are signed with."""

    request_key_id: str
    key_id: str
    algorithm: str
    jwk: Mapping[str, Any]
    actor: str
    reason: str
    recorded_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class KnownPerson:
    """``name`` is None where the session may know the roles only."""

    actor: str
    agency: str | None
    roles: Sequence[str]
    name: str | None
