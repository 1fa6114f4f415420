"""The key under which API keys are hashed is one for all who share a database: its fingerprint stands there (ADR 47).

Two gateways with different ones would each refuse the other's keys as forged, and nobody could say why.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from shared.audit import record
from shared.database import Connection, Database, schema_revision
from shared.errors import InputInvalid
from shared.migrate import head
from shared.tables.identity import key_pepper

_PURPOSE: Final = b"bangdiem: fingerprint of the key pepper"


class KeyPepperDiffers(InputInvalid):
    """The configured pepper is another than the one under which this database's keys were hashed."""

    slug = "key-pepper-differs"
    title_vi = "Khóa bí mật để băm khóa truy cập không khớp"
    title_en = "Pepper of the API keys differs"


def fingerprint(pepper: SecretStr) -> str:
    """64 hexadecimal digits that tell two peppers apart and give none away."""
    return hmac.new(pepper.get_secret_value().encode(), _PURPOSE, hashlib.sha256).hexdigest()


async def require_pepper(connection: Connection, pepper: SecretStr, *, actor: str) -> None:
    """The database's pepper, or from now on it. Raises KeyPepperDiffers."""
    ours = fingerprint(pepper)
    known = await connection.scalar(select(key_pepper.c.fingerprint))
    if known is None:
        values = {"fingerprint": ours, "actor": actor}
        written = await connection.execute(insert(key_pepper).values(**values).on_conflict_do_nothing())
        if written.rowcount:
            await record(connection, actor, "pepper.first_use", ours[:12])
        known = await connection.scalar(select(key_pepper.c.fingerprint))
    if known != ours:
        raise KeyPepperDiffers(
            f"the database's keys were hashed under another pepper ({str(known)[:12]}…, here {ours[:12]}…)",
            hint="Set BANGDIEM_GATEWAY_KEY_PEPPER as the first gateway has it; under another one no key opens anything.",
        )


async def require_same_pepper(database: Database, pepper: SecretStr, *, actor: str) -> None:
    """Before a gateway serves. Raises KeyPepperDiffers; a database of another schema is not ready and is not asked."""
    async with database.transaction() as connection:
        if await schema_revision(connection) == head():
            await require_pepper(connection, pepper, actor=actor)
