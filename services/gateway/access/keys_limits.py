"""What an API key may be used for, and from where: only reading, some resources, some networks (SEC-02)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from shared.errors import Fault, InputInvalid, NotAllowed

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_RESOURCE = re.compile("[a-z][a-z-]{1,39}")
_HOPS = 20


class AddressNotAllowed(NotAllowed):
    """The key is limited to networks, and the request came from none of them. The attempt is kept in the audit log."""

    slug = "address-not-allowed"
    title_vi = "Địa chỉ mạng không được phép dùng khóa này"
    title_en = "Not from this address"


class OutsideScope(NotAllowed):
    """The key is limited to reading, or to some resources, and this is something else. The attempt is kept in the audit log."""

    slug = "outside-scope"
    title_vi = "Ngoài phạm vi sử dụng của khóa"
    title_en = "Outside the key's scope"


@dataclass(frozen=True)
class Limits:
    """None is no limit. ``resources`` are names of groups of routes, as the OpenAPI document tags them."""

    read_only: bool = False
    resources: tuple[str, ...] | None = None
    networks: tuple[str, ...] | None = None

    @property
    def is_none(self) -> bool:
        return self == NO_LIMITS


@dataclass(frozen=True)
class Use:
    """One use of a key. ``address`` is None where it cannot be told, ``resource`` None outside the API."""

    address: Address | None
    writes: bool
    resource: str | None


NO_LIMITS = Limits()
# A terminal on the machine itself: loopback, no resource of the API, and it may change things.
AT_THE_MACHINE = Use(ip_address("127.0.0.1"), writes=True, resource=None)


def limits_of(
    *, read_only: bool = False, resources: Iterable[str] | None = None, networks: Iterable[str] | None = None
) -> Limits:
    """Limits as they are kept: sorted, each once, networks in their plain spelling. Raises InputInvalid naming every fault."""
    faults: list[Fault] = []
    named = None if resources is None else tuple(sorted(set(resources)))
    for place, name in enumerate(named or ()):
        if not _RESOURCE.fullmatch(name):
            faults.append(Fault(f"/resources/{place}", "is no name of a resource", seen=name[:40], expected="like submissions"))
    ranges = None if networks is None else _networks(networks, faults)
    for field, given in (("/resources", named), ("/networks", ranges)):
        if given == ():
            faults.append(Fault(field, "is empty, so nothing would be allowed", hint="Leave it out for no limit."))
    if faults:
        raise InputInvalid("the key's limits cannot be", faults=faults)
    return Limits(read_only, named, ranges)


def require_known(limits: Limits, known: Iterable[str]) -> None:
    """Raises InputInvalid for a resource that the API does not have."""
    names = sorted(known)
    faults = [
        Fault("/resources", "no such resource", seen=name, expected=", ".join(names))
        for name in limits.resources or ()
        if name not in names
    ]
    if faults:
        raise InputInvalid("the key would be limited to what is not there", faults=faults)


def refusal_of(limits: Limits, use: Use) -> NotAllowed | None:
    """What forbids this use of the key, None when nothing does."""
    if limits.networks is not None and not _is_within(use.address, limits.networks):
        return AddressNotAllowed("this key is not to be used from this address", hint="Use it from its own network.")
    if limits.read_only and use.writes:
        return OutsideScope("this key only reads", hint="Use a key that may write.")
    if limits.resources is not None and use.resource not in limits.resources:
        return OutsideScope(f"this key is for {', '.join(limits.resources)}", hint="Use a key that is made for this.")
    return None


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """From where a request came. What a proxy says is believed only of trusted proxies, from the last one backwards.

    None when a trusted proxy says something that is no address.
    """
    address = _address(peer or "")
    hops = [hop.strip() for line in forwarded_for for hop in line.split(",")][-_HOPS:]
    while address is not None and hops and any(_in(address, network) for network in trusted):
        address = _address(hops.pop())
    return address


def _networks(given: Iterable[str], faults: list[Fault]) -> tuple[str, ...]:
    found = set()
    for place, text in enumerate(given):
        try:
            found.add(str(ip_network(text)))
        except ValueError:
            seen, expected = text[:60].encode("ascii", "backslashreplace").decode(), "10.1.0.0/16 or 2001:db8::/32"
            faults.append(Fault(f"/networks/{place}", "is no network (CIDR)", seen=seen, expected=expected))
    return tuple(sorted(found))


def _is_within(address: Address | None, networks: Iterable[str]) -> bool:
    return address is not None and any(_in(address, ip_network(network)) for network in networks)


def _in(address: Address, network: Network) -> bool:
    return address in network if address.version == network.version else False


def _address(text: str) -> Address | None:
    """An IPv4 address inside IPv6 (::ffff:10.0.0.1, as dual sockets say it) is that IPv4 address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
