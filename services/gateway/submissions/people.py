"""Whether two actors are one person: nobody agrees to what they had a hand in themselves (APR-03)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.gateway.queries import Connection, keys


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
