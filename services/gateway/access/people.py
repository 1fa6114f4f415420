"""Whether two actors are one person: the one place that says so, for whoever agrees to what another did (APR-03, RSC-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.gateway.access.store import keys
from shared.database import Connection


@dataclass(frozen=True)
class Behind:
    """Who stands behind an actor: the holder of a key, spelled for comparison, and whoever made it."""

    holder: str | None
    maker: str | None


async def behind(connection: Connection, actors: Iterable[str]) -> dict[str, Behind]:
    asked, found = set(actors), {}
    known = await keys.keys_behind(connection, asked)
    for actor in asked:
        key = known.get(actor)
        holder = key["holder"] if key else await keys.holder_of(connection, actor)
        found[actor] = Behind(None if holder is None else holder.casefold(), key["created_by"] if key else None)
    return found


def is_among(actor: str, others: Iterable[str], people: Mapping[str, Behind]) -> bool:
    """One actor, two credentials of one holder, or a key and whoever made it."""
    own = people[actor]
    return any(
        other == actor
        or (own.holder is not None and people[other].holder == own.holder)
        or actor == people[other].maker
        or other == own.maker
        for other in others
    )


async def same_person(connection: Connection, first: str, second: str) -> bool:
    return is_among(first, [second], await behind(connection, (first, second)))


async def is_held_by(connection: Connection, actor: str, holder: str) -> bool:
    """Whether the actor is the person of this name, with whichever credential."""
    own = (await behind(connection, [actor]))[actor].holder
    return own is not None and own == holder.casefold()
