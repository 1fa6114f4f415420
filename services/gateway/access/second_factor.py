"""A second factor before what cannot be taken back: approve, sign, score, publish (SEC-04).

Which factors count is a setting: values of the access token's claims ``acr`` and ``amr`` (RFC 8176, OpenID Connect). Once it is
set, an API key, which proves one factor, opens none of these acts (docs/adr/0009).
"""

from __future__ import annotations

from enum import Enum

from shared.errors import NotAllowed


class SecondFactor(Enum):
    """Whether a route asks for it; where no factors are configured, no route does."""

    NOT_NEEDED = "not needed"
    NEEDED = "needed"


class SecondFactorNeeded(NotAllowed):
    """This act needs a second factor, and the caller has not shown one; an API key never has."""

    slug = "second-factor-needed"
    title_vi = "Cần xác thực yếu tố thứ hai"
    title_en = "Second factor needed"


def factors_of(claims: dict[str, object]) -> frozenset[str]:
    """What a token says of how its subject was authenticated: ``acr:…`` and ``amr:…``."""
    level, methods = claims.get("acr"), claims.get("amr")
    found = {f"acr:{level}"} if isinstance(level, str) else set()
    if isinstance(methods, list):
        found |= {f"amr:{method}" for method in methods if isinstance(method, str)}
    return frozenset(found)


def require_second_factor(shown: frozenset[str], accepted: frozenset[str]) -> None:
    """Raises SecondFactorNeeded. An empty ``accepted`` is the setting that asks for none."""
    if accepted and not shown & accepted:
        hint = f"Sign in again with a second factor; the token must say one of {', '.join(sorted(accepted))}."
        raise SecondFactorNeeded("this act needs a second factor", hint=hint)
