"""Which addresses the bot may connect to.

Members and organisers supply addresses, so without a guard the bot would read its host's own
network for them. Three nets, each of which holds alone:

1. an address literal in the URL is judged before anything is asked (`literal`, `Guard.permits`);
2. a name is resolved by `GuardedResolver`, which refuses the whole answer if one address is not
   public: a name that points both ways is somebody's trick, not a site;
3. the socket itself is made by `Guard.make_socket`, which sees the address that is about to be
   connected to, whatever happened before (a name that changes its mind, a rewritten URL).
"""

import re
import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST6 = IPv6Network("2000::/3")
# Not marked as special by every Python 3.11, or public on paper and internal in practice.
_NEVER = (
    IPv4Network("168.63.129.16/32"),  # the host agent of one cloud
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/23"),  # Teredo, ORCHID, benchmarking
    IPv6Network("3fff::/20"),  # documentation
)
_REMEMBERED = 4_096  # addresses; each request asks several times for the same
# What inet_aton takes for IPv4: one to four numbers, each decimal, octal or hexadecimal.
_LOOSE_IPV4 = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}\.?", re.IGNORECASE)


class NotPublicError(OSError):
    """Raised into aiohttp, which hands an OSError on as the cause of a failed connection."""


class Guard:
    """Permits public addresses, and those in the networks that the host allowed."""

    def __init__(self, allowed_networks: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed_networks)

    def permits(self, address: Address) -> bool:
        inner = embedded(address) or address
        return is_public(address) or any(
            candidate in network for network in self._allowed for candidate in (address, inner)
        )

    def check(self, host: str) -> None:
        """Raise NotPublicError unless `host`, an address in digits, is permitted."""
        address = literal(host)
        if address is None or not self.permits(address):
            raise NotPublicError("not a public address")

    def make_socket(self, info: AddrInfoType) -> socket.socket:
        """The connector's socket factory: no socket for an address that is not permitted."""
        family, kind, protocol, _, address = info
        self.check(str(address[0]))
        return socket.socket(family=family, type=kind, proto=protocol)


class GuardedResolver(AbstractResolver):
    """Asks another resolver and refuses answers with an address that is not permitted."""

    def __init__(self, inner: AbstractResolver, guard: Guard) -> None:
        self._inner = inner
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = await self._inner.resolve(host, port, family)
        for answer in answers:
            self._guard.check(answer["host"])
        return answers

    async def close(self) -> None:
        await self._inner.close()


@lru_cache(maxsize=_REMEMBERED)
def literal(host: str) -> Address | None:
    """The address that `host` spells, also in the forms that only the C library understands.

    `2130706433` and `0x7f.1` are 127.0.0.1 to a resolver; `ip_address` knows neither.
    """
    try:
        return ip_address(host.partition("%")[0])  # without the zone of a link-local address
    except ValueError:
        pass
    if not _LOOSE_IPV4.fullmatch(host):
        return None
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4 or NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


@lru_cache(maxsize=_REMEMBERED)
def is_public(address: Address) -> bool:
    """Whether anybody on the internet can reach `address`, and it is one machine's."""
    if (inner := embedded(address)) is not None:
        return is_public(inner)
    if any(address in network for network in _NEVER):
        return False
    if isinstance(address, IPv6Address) and address not in _UNICAST6:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
