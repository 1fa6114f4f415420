"""Who stands behind actors' ids."""

from __future__ import annotations

from typing import Literal

from services.gateway.http.schemas.shape import AgencyCode, Shape


class KnownPerson(Shape):
    """`agency` is the body that they act for, null in a national office; `name` is null where only the roles may be known.

    A `key` is named by its holder, a `person` as their grant names them, with every role they had on that side; a `service`
    is one of ours, a `machine` is whoever works at the server.
    """

    id: str
    kind: Literal["key", "person", "service", "machine"]
    agency: AgencyCode | None
    roles: list[str]
    name: str | None


class KnownPeople(Shape):
    """In the order asked for; whom the caller may not know is left out."""

    items: list[KnownPerson]
