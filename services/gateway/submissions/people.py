"""Whether two actors are one person: nobody agrees to what they had a hand in themselves (APR-03)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.gateway.queries import Connection, keys


async def holders_of(connection: Connection, actors: Iterable[str]) -> dict[str, str]:
    """To whom the keys behind actors were given, spelled for comparison; actors without a key are left out."""
    found = {actor: await keys.holder_of(connection, actor) for actor in set(actors)}
    return {actor: holder.casefold() for actor, holder in found.items() if holder is not None}


def is_among(actor: str, others: Iterable[str], holders: Mapping[str, str]) -> bool:
    """Two keys given to one holder are one person."""
    own = holders.get(actor)
    return any(other == actor or (own is not None and holders.get(other) == own) for other in others)
