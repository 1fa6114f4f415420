"""What a caller is told who has none of a route's roles: whose step it is, and who grants the role. Pure."""

from __future__ import annotations

from collections.abc import Collection

from services.gateway.access.tenancy import AGENCY_ROLES
from shared.audit import Actor
from shared.errors import NotAllowed


def role_missing(actor: Actor, roles: Collection[str]) -> NotAllowed:
    """The refusal of an actor with none of these roles; its hint depends on which side the actor stands on."""
    return NotAllowed(f"this needs the role {' or '.join(sorted(roles))}", hint=_hint(actor, frozenset(roles)))


def _hint(actor: Actor, roles: frozenset[str]) -> str:
    inside = sorted(roles & set(AGENCY_ROLES))
    of_a_body = bool(actor.roles & set(AGENCY_ROLES))
    if of_a_body and inside:
        granted = "the body's administrator (agency_admin) grants it"
        return f"This step is another person's: one of your body with the role {' or '.join(inside)}; {granted}."
    if of_a_body:
        return "This is for people of national offices; nobody of a body does it."
    if inside == sorted(roles):
        return (
            "People of national offices act for no body: somebody of the body does this, whose administrator grants the role."
        )
    if inside:
        national = " or ".join(sorted(roles - set(inside)))
        return f"People of national offices act for no body; for the role {national} ask the system administrator."
    return "Ask the system administrator for that role."
