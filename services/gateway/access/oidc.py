"""Access tokens (JWT) of configured issuers: who the caller is, proven by the issuer's published keys (RFC 7519, RFC 9068).

What that person may do is in our own grants (services.gateway.access.members), never in the token.
"""

from __future__ import annotations

import json
import warnings
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError, SecurityWarning
from joserfc.jwk import KeySet

from services.gateway.access.oidc_keys import IssuerKeys
from services.gateway.access.oidc_settings import IssuerSettings
from services.gateway.access.oidc_sign_in import Attempt, Provider, SignInRefused, Tokens
from services.gateway.access.second_factor import factors_of
from services.gateway.http.words import is_line
from shared.errors import Unauthenticated

_PARTS = 3
_SUBJECT_LENGTH = 255
_TYPES = ("jwt", "at+jwt", "application/at+jwt")


@dataclass(frozen=True)
class Token:
    """A proven token: ``subject`` is ``oidc:<issuer's name>:<sub>``, ``factors`` are ``acr:…`` and ``amr:…``."""

    subject: str
    name: str | None
    factors: frozenset[str]


def subject_of(issuer: str, sub: str) -> str:
    return f"oidc:{issuer}:{sub}"


def looks_like_token(text: str) -> bool:
    return text.count(".") == _PARTS - 1


class Issuers:
    """All configured issuers by name."""

    def __init__(self, settings: Mapping[str, IssuerSettings], clock: Callable[[], datetime]) -> None:
        self._issuers = {each.url: (name, each, IssuerKeys(name, each, clock)) for name, each in settings.items()}
        self.names = tuple(sorted(settings))
        self.settings = settings
        # Those that people sign in with at the pages.
        self.providers = {
            name: Provider(name, each, each.client_id, clock) for name, each in settings.items() if each.client_id is not None
        }

    async def prove(self, token: str, *, now: datetime) -> Token:
        """Raises Unauthenticated, or IssuerUnavailable where the issuer's keys cannot be had."""
        name, settings, proven = await self._proven(token, now=now, audience=lambda settings: settings.audience)
        return _token(name, settings, proven)

    async def prove_sign_in(self, tokens: Tokens, attempt: Attempt, *, now: datetime) -> None:
        """Both tokens are of the provider and the sign-in begun, and of one person. Raises as ``prove``, or SignInRefused."""
        name, _, identity = await self._proven(tokens.id_token, now=now, audience=lambda settings: settings.client_id)
        other, settings, access = await self._proven(tokens.access_token, now=now, audience=lambda settings: settings.audience)
        same_person = identity.get("sub") == access.get("sub")
        meant_for_us = identity.get("azp", settings.client_id) == settings.client_id
        if not (name == other == attempt.issuer and identity.get("nonce") == attempt.nonce and same_person and meant_for_us):
            raise SignInRefused("the tokens are not of the sign-in begun here", hint="Sign in again.")

    async def _proven(
        self, token: str, *, now: datetime, audience: Callable[[IssuerSettings], str | None]
    ) -> tuple[str, IssuerSettings, dict[str, Any]]:
        """The issuer's name and settings, and the claims it signed."""
        header, claims = _unproven(token)
        found = self._issuers.get(str(claims.get("iss")))
        if found is None:
            raise Unauthenticated("the access token is of an issuer that is not known here")
        name, settings, keys = found
        _check_header(header, settings)
        usable = await keys.holding(header.get("kid"))
        if usable is None:
            raise Unauthenticated("the access token is signed by a key that its issuer does not publish")
        proven = _verified(token, usable, settings)
        wanted = audience(settings)
        if not wanted:
            raise Unauthenticated("nobody signs in here with this issuer")
        _check_claims(proven, settings, audience=wanted, now=now)
        return name, settings, proven


def _unproven(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims as they are written, believed of nothing but which key to look for."""
    try:
        read = jws.extract_compact(token.encode("ascii"), None, None)
        header, claims = read.headers(), json.loads(read.payload)
    except (JoseError, Base64Error, ValueError, TypeError, RecursionError) as error:
        raise Unauthenticated("the access token cannot be read") from error
    if not isinstance(claims, dict):
        raise Unauthenticated("the access token cannot be read")
    return header, claims


def _check_header(header: Mapping[str, Any], settings: IssuerSettings) -> None:
    """Before any key is fetched: an algorithm that is not allowed here needs none."""
    kind, kid = header.get("typ", "JWT"), header.get("kid")
    if header.get("alg") not in settings.algorithms:
        raise Unauthenticated("the access token is not signed as its issuer signs")
    if not (kid is None or isinstance(kid, str)) or not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise Unauthenticated("this is no access token")


def _verified(token: str, keys: KeySet, settings: IssuerSettings) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            # RFC 9864 renamed EdDSA to Ed25519; issuers still write the old name of the same algorithm.
            warnings.simplefilter("ignore", SecurityWarning)
            return jwt.decode(token, keys, algorithms=list(settings.algorithms)).claims
    except (JoseError, ValueError, TypeError) as error:
        raise Unauthenticated("the access token's signature is not its issuer's") from error


def _check_claims(claims: dict[str, Any], settings: IssuerSettings, *, audience: str, now: datetime) -> None:
    wanted = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=settings.leeway_seconds,
        iss={"essential": True, "value": settings.url},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
    )
    try:
        wanted.validate(claims)
    except ExpiredTokenError as error:
        raise Unauthenticated("the access token has expired", hint="Ask the identity provider for a new one.") from error
    except JoseError as error:
        raise Unauthenticated(f"the access token is not good here and now: {error.description}") from error


def _token(name: str, settings: IssuerSettings, claims: dict[str, Any]) -> Token:
    sub, person = claims.get(settings.subject_claim), claims.get(settings.name_claim)
    if not isinstance(sub, str) or len(sub) > _SUBJECT_LENGTH or not is_line(sub):
        raise Unauthenticated("the access token does not say who its subject is")
    return Token(subject_of(name, sub), person if isinstance(person, str) else None, factors_of(claims))
