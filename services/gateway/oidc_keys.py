"""An issuer's public keys: fetched over HTTP, kept, fetched again when old or when a token names a key that is not there.

Whoever sends tokens with invented key ids makes us ask the issuer at most once every ``refetch_seconds``.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from services.gateway.oidc_settings import IssuerSettings
from shared.errors import SourceProblem, Unavailable
from shared.outbound import Ask, Endpoint, outbound

log = structlog.get_logger(__name__)

DISCOVERY = "/.well-known/openid-configuration"
_KINDS: dict[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_OK = 200
_MAX_BYTES = 256 * 1024
# Smaller RSA keys can be forged with money.
_RSA_BITS = 2048


class IssuerUnavailable(Unavailable):
    """The issuer's public keys cannot be had now, so its tokens can neither be trusted nor refused."""

    slug = "issuer-unavailable"
    title_vi = "Không kết nối được hệ thống định danh"
    title_en = "Identity provider not available"


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
        jwks_url = self._settings.jwks_url
        if jwks_url is None:
            found = await self._document(self._settings.url.rstrip("/") + DISCOVERY)
            jwks_url = found.get("jwks_uri")
            if found.get("issuer") != self._settings.url or not _is_as_safe(jwks_url, self._settings.url):
                raise IssuerUnavailable(f"the identity provider {self._name} describes another one")
        return _public_keys((await self._document(str(jwks_url))).get("keys"), self._name)

    async def _document(self, url: str) -> dict[str, Any]:
        """A JSON object. Raises SourceProblem or IssuerUnavailable."""
        endpoint = Endpoint(
            self._name, url, timeout=self._settings.timeout_seconds, attempts=2, wait=0.1, patience=1, max_bytes=_MAX_BYTES
        )
        async with outbound(endpoint, self._clock) as way:
            answer = await way.send(Ask("GET", ""))
        try:
            found = json.loads(answer.body) if answer.status == _OK else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise IssuerUnavailable(f"the identity provider {self._name} answered {answer.status} without a JSON object")
        return found


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


def _is_as_safe(url: object, issuer: str) -> bool:
    """Keys come over TLS whenever the issuer's own address does."""
    return isinstance(url, str) and urlsplit(url).scheme in ("https", urlsplit(issuer).scheme)
