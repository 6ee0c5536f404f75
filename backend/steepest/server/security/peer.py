"""The address that a request comes from, as the one whose use is counted together."""

import ipaddress

from starlette.types import Scope


def peer_of(scope: Scope) -> str:
    """The client's address; for IPv6 its /64 network, which one machine may own. "?" where it is unknown."""
    client = scope.get("client")
    host = client[0] if client else "?"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
