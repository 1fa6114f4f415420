"""Making an API key: what is wanted, the rules it must keep, and the rows it becomes. Its secret is shown once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from services.gateway.access.keys_limits import NO_LIMITS, Limits
from services.gateway.access.pepper import require_pepper
from services.gateway.access.tenancy import AGENCY_ROLES
from services.gateway.http.errors import AgencyUnknown, RoleUnknown
from services.gateway.http.words import is_line, tidy
from shared.audit import Actor, record
from shared.database import Connection, insert_row
from shared.errors import Fault, InputInvalid
from shared.registry_store import is_registered
from shared.tables.control import api_key
from shared.tables.identity import api_key_limit

# Of a national office; the ministry that confirms records (C-2), the officers who keep the registers (E1, E2) and the standing
# agency that assesses initiatives (F-2) among them.
OFFICE_ROLES = (
    "public", "reader", "operator", "publisher", "auditor", "system_administrator", "records_reviewer", "officer", "assessor",
)  # fmt: skip
ROLES = (*OFFICE_ROLES, *AGENCY_ROLES)

_HOLDER_LENGTH = 200


@dataclass(frozen=True)
class KeyWanted:
    """A key that keeps the rules. ``agency`` is for which body roles inside a body act, else where the holder comes from."""

    holder: str
    roles: tuple[str, ...]
    agency: str | None
    expires_at: datetime | None
    limits: Limits = NO_LIMITS


def key_wanted(
    *,
    holder: str,
    roles: Iterable[str],
    agency: str | None,
    expires_at: datetime | None,
    limits: Limits,
    now: datetime,
) -> KeyWanted:
    """Raises RoleUnknown or InputInvalid."""
    given = known_roles(roles)
    _require_one_side(given, agency)
    if expires_at is not None and expires_at <= now:
        raise InputInvalid("the key would have expired already", faults=[Fault("/expires_at", "lies in the past")])
    return KeyWanted(holder_named(holder), given, agency, expires_at, limits)


async def write_key(
    connection: Connection, wanted: KeyWanted, *, pepper: SecretStr, actor: Actor, reason: str, now: datetime
) -> tuple[str, str]:
    """The new key's id and the whole key. Raises AgencyUnknown and KeyPepperDiffers."""
    await require_pepper(connection, pepper, actor=actor.id)
    if wanted.agency is not None and not await is_registered(connection, wanted.agency, now.date()):
        raise AgencyUnknown(f"no scored body has the code {wanted.agency!r}")
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    values = {"key_id": key_id, "holder": wanted.holder, "roles": list(wanted.roles), "agency": wanted.agency}
    whole = {"secret_hmac": proof_of(pepper, key_id, secret), "expires_at": wanted.expires_at, "created_by": actor.id}
    await insert_row(connection, api_key, {**values, **whole, "reason": reason})
    if not wanted.limits.is_none:
        await insert_row(connection, api_key_limit, {"key_id": key_id, **limit_values(wanted.limits)})
    detail = {**{name: value for name, value in values.items() if name != "key_id"}, **limit_values(wanted.limits)}
    await record(connection, actor.id, "key.create", key_id, reason=reason, detail=detail)
    return key_id, f"bd_{key_id}_{secret}"


def proof_of(pepper: SecretStr, key_id: str, secret: str) -> str:
    """What is kept of a secret."""
    return hmac.new(pepper.get_secret_value().encode(), f"{key_id}:{secret}".encode(), hashlib.sha256).hexdigest()


def limit_values(limits: Limits) -> dict[str, object]:
    resources, networks = (None if given is None else list(given) for given in (limits.resources, limits.networks))
    return {"read_only": limits.read_only, "resources": resources, "networks": networks}


def known_roles(roles: Iterable[str], known: tuple[str, ...] = ROLES) -> tuple[str, ...]:
    """Sorted, each once. Raises RoleUnknown."""
    given = tuple(sorted(set(roles)))
    faults = [
        Fault("/roles", "no such role", seen=role, expected=", ".join(known), hint="Give one of the known roles.")
        for role in given
        if role not in known
    ]
    if faults or not given:
        raise RoleUnknown("at least one known role is needed", faults=faults, hint=f"Known roles: {', '.join(known)}.")
    return given


def holder_named(holder: str) -> str:
    """The person or system, as one line of text."""
    name = tidy(holder)
    if len(name) > _HOLDER_LENGTH or not is_line(name):
        raise InputInvalid("a holder is needed", faults=[Fault("/holder", "is blank, too long or not printable")])
    return name


def _require_one_side(roles: tuple[str, ...], agency: str | None) -> None:
    """Who reports for a body does nothing else, and who runs the scoring reports for none (SEC-09)."""
    inside = [role for role in roles if role in AGENCY_ROLES]
    if inside and len(inside) < len(roles):
        fault = Fault("/roles", "roles inside a body stand alone", seen=", ".join(roles), expected=", ".join(AGENCY_ROLES))
        raise InputInvalid("a key is for a body or for a national office, not both", faults=[fault], hint="Make two keys.")
    if inside and agency is None:
        fault = Fault("/agency", "is missing", expected="the body's code", hint="Say for which body the key acts.")
        raise InputInvalid("a role inside a body needs the body", faults=[fault])
