"""What an issuer says of itself over HTTP: OpenID discovery, and any other JSON object of its."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from services.gateway.access.oidc_settings import IssuerSettings
from shared.errors import Unavailable
from shared.outbound import Ask, Endpoint, outbound

PATH = "/.well-known/openid-configuration"
MAX_BYTES = 256 * 1024
_OK = 200


class IssuerUnavailable(Unavailable):
    """The identity provider does not answer usably now, so its tokens can neither be had, trusted nor refused."""

    slug = "issuer-unavailable"
    title_vi = "Không kết nối được hệ thống định danh"
    title_en = "Identity provider not available"


async def describe(name: str, settings: IssuerSettings, clock: Callable[[], datetime]) -> dict[str, Any]:
    """The issuer's discovery document. Raises SourceProblem or IssuerUnavailable."""
    found = await fetch_object(name, settings, clock, url=settings.url.rstrip("/") + PATH)
    if found.get("issuer") != settings.url:
        raise IssuerUnavailable(f"the identity provider {name} describes another one")
    return found


def address_in(found: dict[str, Any], field: str, *, name: str, settings: IssuerSettings) -> str:
    """An address of a description, over TLS whenever the issuer's own is. Raises IssuerUnavailable."""
    url = found.get(field)
    if not isinstance(url, str) or urlsplit(url).scheme not in ("https", urlsplit(settings.url).scheme):
        raise IssuerUnavailable(f"the identity provider {name} describes another one")
    return url


async def fetch_object(name: str, settings: IssuerSettings, clock: Callable[[], datetime], *, url: str) -> dict[str, Any]:
    """A JSON object. Raises SourceProblem or IssuerUnavailable."""
    endpoint = Endpoint(name, url, timeout=settings.timeout_seconds, attempts=2, wait=0.1, patience=1, max_bytes=MAX_BYTES)
    async with outbound(endpoint, clock) as way:
        answer = await way.send(Ask("GET", ""))
    try:
        found = json.loads(answer.body) if answer.status == _OK else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise IssuerUnavailable(f"the identity provider {name} answered {answer.status} without a JSON object")
    return found
