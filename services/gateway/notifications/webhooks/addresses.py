"""Which addresses events may be sent to: a body must not be able to make our server ask our own network (SSRF). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from services.gateway.notifications.webhooks.refused import WebhookAddressRefused, WebhookNotHttps
from shared.errors import Fault, InputInvalid

Address = IPv4Address | IPv6Address
PORTS: Final = {"https": 443, "http": 80}
LONGEST: Final = 1000
_PLACE: Final = "/url"
_EXPECTED: Final = "https://<host>/<path>"
# Visible ASCII without what cannot stand in a URL: an internationalised name is written as it goes over the wire (xn--…).
_SHAPE: Final = re.compile(r"[!#-;=?-\[\]_a-z~]{1,1000}")
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))*")
# RFC 6052: an IPv4 address reached through a translator.
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Reach:
    """What the operator allows beyond public addresses and https: networks, and hosts asked without TLS."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    plain_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Target:
    """A URL taken apart; ``path`` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, reach: Reach) -> Target:
    """Raises InputInvalid where it is no such address, WebhookNotHttps where it would be asked without TLS."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _no_url(Fault(_PLACE, "is no address", expected=_EXPECTED)) from error
    host = (parts.hostname or "").rstrip(".")
    if not _SHAPE.fullmatch(url, re.IGNORECASE) or parts.scheme not in PORTS or port == 0:
        raise _no_url(Fault(_PLACE, "is no address", expected=_EXPECTED))
    if parts.username is not None or parts.password is not None or "#" in url:
        raise _no_url(Fault(_PLACE, "holds a user name, a password or a fragment", expected=_EXPECTED))
    if literal(host) is None and not _NAME.fullmatch(host):
        raise _no_url(Fault(_PLACE, "names no host", expected=_EXPECTED))
    if parts.scheme == "http" and host not in reach.plain_hosts:
        fault = Fault(_PLACE, "is without TLS", expected=_EXPECTED)
        raise WebhookNotHttps(f"events are not sent to {host} without TLS", faults=[fault])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path)


def require_allowed(host: str, addresses: Collection[Address], reach: Reach) -> None:
    """Every address the name has: one of them in our network is one too many. Raises WebhookAddressRefused."""
    if any(not is_allowed(each, reach) for each in addresses):
        fault = Fault(_PLACE, "leads into a network that is not allowed", expected="a host with public addresses only")
        raise WebhookAddressRefused(f"{host} leads into a network that events are not sent to", faults=[fault])


def is_allowed(address: Address, reach: Reach) -> bool:
    """Public, or in a network that the operator allows."""
    inner = _embedded(address)
    if any(each.version == network.version and each in network for each in {address, inner} for network in reach.networks):
        return True
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or _is_site_local(inner))


def _is_site_local(address: Address) -> bool:
    """Private before RFC 4193, and still routed so in some networks."""
    return isinstance(address, IPv6Address) and address.is_site_local


def literal(host: str) -> Address | None:
    """The address that a host is written as, if it is one."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _embedded(address: Address) -> Address:
    """The IPv4 address that a packet to this IPv6 address ends at, where there is one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = None if address.teredo is None else address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _no_url(fault: Fault) -> InputInvalid:
    return InputInvalid("events cannot be sent there", faults=[fault])
