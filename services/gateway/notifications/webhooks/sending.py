"""One event to one webhook: resolved, judged, signed, posted; what came of it is a word, never an exception."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from ssl import SSLContext
from typing import Final

from services.gateway.notifications.webhooks.addresses import Address, Reach, Target, literal, require_allowed, target_of
from services.gateway.notifications.webhooks.refused import WebhookHostUnknown
from shared.errors import DomainError, Fault
from shared.outbound_posts import UNREACHED, NoAnswer, Post, post

RESOLVE_SECONDS: Final = 5.0
MOST_ADDRESSES: Final = 3
USER_AGENT: Final = "bangdiem-webhooks/1"
# What an attempt came to when it did not come to a good answer; docs/webhooks.md explains each.
STATUS, REDIRECT = "status", "redirect"


@dataclass(frozen=True)
class Sender:
    """How events leave: ``seconds`` bounds one request from its connection to the end of its answer."""

    reach: Reach
    context: SSLContext
    seconds: float

    async def check(self, url: str) -> None:
        """Raises InputInvalid, WebhookNotHttps, WebhookHostUnknown or WebhookAddressRefused."""
        await self._resolve(target_of(url, self.reach))

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int | None, str | None]:
        """The answer's status, if one came, and why it does not count, if it does not."""
        try:
            target = target_of(url, self.reach)
            # Resolved and judged anew each time: a name may lead elsewhere than it did when it was registered.
            addresses = await self._resolve(target)
        except DomainError as error:
            return None, error.slug
        fixed = {"content-type": "application/json", "user-agent": USER_AGENT}
        try:
            async with asyncio.timeout(self.seconds):
                status = await self._post(target, addresses, {**headers, **fixed}, body)
        except TimeoutError:
            return None, "timeout"
        except NoAnswer as error:
            return None, str(error)
        return status, problem_of(status)

    async def _post(self, target: Target, addresses: Sequence[Address], headers: dict[str, str], body: bytes) -> int:
        # The first that is reached: a host may have an address of a kind that this machine cannot use.
        *others, last = addresses[:MOST_ADDRESSES]
        for address in others:
            try:
                return await self._once(target, address, headers, body)
            except NoAnswer as error:
                if str(error) != UNREACHED:
                    raise
        return await self._once(target, last, headers, body)

    async def _once(self, target: Target, address: Address, headers: dict[str, str], body: bytes) -> int:
        where = (target.scheme, target.host, target.authority, address, target.port, target.path)
        return await post(Post(*where, headers=headers, body=body), context=self.context, seconds=self.seconds)

    async def _resolve(self, target: Target) -> list[Address]:
        given = literal(target.host)
        found = [given] if given is not None else await resolve(target)
        require_allowed(target.host, found, self.reach)
        return found


def problem_of(status: int) -> str | None:
    """Only 2xx counts. A redirect would lead to an address that nobody judged."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    return REDIRECT if status < HTTPStatus.BAD_REQUEST else STATUS


async def resolve(target: Target) -> list[Address]:
    """All addresses of the host. Raises WebhookHostUnknown."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError) as error:
        fault = Fault("/url", "names a host that cannot be found", expected="a host that can be found from the internet")
        raise WebhookHostUnknown(f"{target.host} leads to no address", faults=[fault]) from error
    return [ip_address(str(line[4][0]).split("%")[0]) for line in found]
