"""The address that a request comes from, as the one whose use is counted together."""

import ipaddress
from functools import lru_cache

from starlette.types import Scope


def peer_of(scope: Scope) -> str:
    """The client's address, as `peer_at` has it; "?" where it is unknown."""
    client = scope.get("client")
    return peer_at(client[0]) if client else "?"


@lru_cache(10_000)
def peer_at(host: str) -> str:
    """The address of a host; for IPv6 its /64 network, which one machine may own."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
