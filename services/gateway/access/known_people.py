"""The names of who did what, for those who may know them: history is read by people, and its ids are for machines.

A body's people are known by name inside the body, to auditors and to system administrators, who read every body's list of
people anyway; other national offices learn their body and roles. National offices' people are known by name among
themselves; a body learns their roles: that an officer of the Government Office acted, and not who. Nobody learns anything of
another body's people, which the database itself refuses (control.people_known).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.gateway.access.store import keys
from services.gateway.access.store.keys import people_known
from services.gateway.access.store.records import KnownPerson
from services.gateway.access.tenancy import ADMINISTRATOR, naming_read
from shared.audit import Actor
from shared.database import Database

# Who knows the names of every body's people.
_KNOW_BODIES: Final = frozenset(("auditor", ADMINISTRATOR))
# What acts without being anybody's key or account: our own workers, and whoever sits at the machine.
_MACHINES: Final = {"service": "service", "local": "machine"}


async def known_people(database: Database, *, actor: Actor, ids: Sequence[str]) -> list[dict[str, Any]]:
    """In the order asked for, each once; who is not known to the actor is left out."""
    asked = list(dict.fromkeys(ids))
    async with naming_read(database, actor) as connection:
        await keys.prove(connection, actor.id)
        found = {line.actor: line for line in await people_known(connection, asked)}
    shown = (_shown(actor, each, found.get(each)) for each in asked)
    return [each for each in shown if each is not None]


def _shown(asker: Actor, actor: str, found: KnownPerson | None) -> dict[str, Any] | None:
    kind = actor.partition(":")[0]
    if kind in _MACHINES:
        return {"id": actor, "kind": _MACHINES[kind], "agency": None, "roles": [], "name": None}
    if found is None:
        return None
    named = found.agency in (None, asker.agency) or actor == asker.id or bool(_KNOW_BODIES & asker.roles)
    told = {"agency": found.agency, "roles": found.roles, "name": found.name if named else None}
    return {"id": actor, "kind": "key" if kind == "key" else "person", **told}
