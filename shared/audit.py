"""The audit row of a change. The database refuses a change whose transaction has none (deferred guard on every fact)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.tables.audit import entry


@dataclass(frozen=True)
class Actor:
    """Who acts: ``key:<id>`` for an API key, ``local:<user>`` for the machine's operator, ``service:<name>`` for a timer."""

    id: str
    roles: frozenset[str] = frozenset()
    agency: str | None = None

    @property
    def is_person(self) -> bool:
        return not self.id.startswith("service:")


async def record(
    connection: AsyncConnection,
    actor: str,
    action: str,
    subject: str,
    *,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write the audit row: ``action`` is a constant like ``snapshot.freeze``, ``subject`` the id it was done to."""
    values = {"actor": actor, "action": action, "object": subject, "reason": reason, "detail": detail or {}}
    # inline: nobody who writes an entry may read it back.
    await connection.execute(entry.insert().inline().values(values))
