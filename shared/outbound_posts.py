"""Telling other systems over HTTP: one POST to an address that the caller has resolved and judged, and the status it answers.

No name is looked up here and no redirect followed, so that what was judged is what is asked; the certificate is still held
against the host's name. Of the answer only the beginning is read, and nothing kept.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import httpx

ANSWER_LIMIT = 16 * 1024
CONNECT_SECONDS = 5.0
UNREACHED = "connection"


@dataclass(frozen=True)
class Post:
    """Where to: ``scheme`` and ``path`` as in the URL, ``authority`` for the Host header, ``host`` for the certificate."""

    scheme: str
    host: str
    authority: str
    address: IPv4Address | IPv6Address
    port: int
    path: str
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """Nothing came that is an HTTP answer; the one word says why.

    ``connection`` (nobody was reached, so nothing was sent), ``tls``, ``timeout``, ``broken`` or ``protocol``.
    """


def trust(extra: Path | None) -> ssl.SSLContext:
    """The system's authorities, and those of a PEM file beside them."""
    context = ssl.create_default_context()
    if extra is not None:
        context.load_verify_locations(cafile=str(extra))
    return context


async def post(wanted: Post, *, context: ssl.SSLContext, seconds: float) -> int:
    """The answer's status, whatever it is; ``seconds`` bounds each wait of it. Raises NoAnswer."""
    times = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    try:
        async with httpx.AsyncClient(verify=context, trust_env=False, timeout=times) as client:
            return await _exchange(client, wanted)
    except httpx.ConnectTimeout as error:
        raise NoAnswer(UNREACHED) from error
    except httpx.TimeoutException as error:
        raise NoAnswer("timeout") from error
    except httpx.ConnectError as error:
        raise NoAnswer("tls" if _is_tls(error) else UNREACHED) from error
    except httpx.NetworkError as error:
        raise NoAnswer("broken") from error
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise NoAnswer("protocol") from error


async def _exchange(client: httpx.AsyncClient, wanted: Post) -> int:
    host = f"[{wanted.address}]" if wanted.address.version == 6 else str(wanted.address)
    request = client.build_request(
        "POST",
        f"{wanted.scheme}://{host}:{wanted.port}{wanted.path}",
        headers={**wanted.headers, "Host": wanted.authority, "Accept-Encoding": "identity"},
        content=wanted.body,
        extensions={"sni_hostname": wanted.host},
    )
    answer = await client.send(request, stream=True, follow_redirects=False)
    try:
        read = 0
        async for part in answer.aiter_raw():
            read += len(part)
            if read > ANSWER_LIMIT:
                break
        return answer.status_code
    finally:
        await answer.aclose()


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
