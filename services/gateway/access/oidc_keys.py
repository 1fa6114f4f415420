"""An issuer's public keys: fetched over HTTP, kept, fetched again when old or when a token names a key that is not there.

Whoever sends tokens with invented key ids makes us ask the issuer at most once every ``refetch_seconds``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from services.gateway.access.oidc_discovery import IssuerUnavailable, address_in, describe, fetch_object
from services.gateway.access.oidc_settings import IssuerSettings
from shared.errors import SourceProblem

log = structlog.get_logger(__name__)

_KINDS: dict[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
# Smaller RSA keys can be forged with money.
_RSA_BITS = 2048


class IssuerKeys:
    """One issuer's keys, shared by all requests of a process."""

    def __init__(self, name: str, settings: IssuerSettings, clock: Callable[[], datetime]) -> None:
        self._name = name
        self._settings = settings
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched = self._tried = float("-inf")
        self._fetching = asyncio.Lock()

    async def holding(self, kid: str | None) -> KeySet | None:
        """The keys, one of them called ``kid``; None when the issuer has no such key. Raises IssuerUnavailable."""
        if not self._has(kid) or self._is_old():
            async with self._fetching:
                # Another request may have fetched them while this one waited.
                if not self._has(kid) or self._is_old():
                    await self._refresh(kid)
        return self._keys if self._has(kid) else None

    def _has(self, kid: str | None) -> bool:
        return self._keys is not None and (kid is None or any(key.kid == kid for key in self._keys))

    def _is_old(self) -> bool:
        return time.monotonic() - self._fetched > self._settings.keys_seconds

    async def _refresh(self, kid: str | None) -> None:
        """Old keys stay good for a while when the issuer is away, new ones are never guessed."""
        now = time.monotonic()
        if now - self._tried < self._settings.refetch_seconds:
            if self._keys is None:
                raise IssuerUnavailable(f"the identity provider {self._name} did not answer a moment ago")
            return
        self._tried = now
        try:
            self._keys, self._fetched = await self._fetch(), now
        except (SourceProblem, IssuerUnavailable) as error:
            log.warning("issuer keys not fetched", issuer=self._name, problem=error.slug)
            stale_for = now - self._fetched - self._settings.keys_seconds
            if not self._has(kid) or stale_for > self._settings.stale_seconds:
                raise IssuerUnavailable(f"the identity provider {self._name} does not give its keys") from error

    async def _fetch(self) -> KeySet:
        name, settings = self._name, self._settings
        jwks_url = settings.jwks_url
        if jwks_url is None:
            jwks_url = address_in(await describe(name, settings, self._clock), "jwks_uri", name=name, settings=settings)
        return _public_keys((await fetch_object(name, settings, self._clock, url=jwks_url)).get("keys"), name)


def _public_keys(found: object, name: str) -> KeySet:
    """Signing keys of kinds we know, symmetric ones never. Raises IssuerUnavailable when none is left."""
    keys: list[RSAKey | ECKey | OKPKey] = []
    for each in found if isinstance(found, list) else ():
        kind = _KINDS.get(str(each.get("kty"))) if isinstance(each, dict) and each.get("use", "sig") == "sig" else None
        if kind is None:
            continue
        try:
            key = kind.import_key({part: value for part, value in each.items() if part != "d"})
        except (JoseError, ValueError, KeyError, TypeError):
            continue
        if not isinstance(key, RSAKey) or key.public_key.key_size >= _RSA_BITS:
            keys.append(key)
    if not keys:
        raise IssuerUnavailable(f"the identity provider {name} publishes no key that can be used")
    return KeySet(list(keys))
