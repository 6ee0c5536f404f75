"""What `steepest serve` prints once it is ready: its address, and the link that contains the token."""

import shutil
import socket
import sys
from contextlib import suppress
from ipaddress import ip_address
from typing import TextIO
from urllib.parse import urlsplit

import psutil
from starlette.types import Scope

from steepest.server.security.token import is_loopback, link
from steepest.server.settings import Settings

# Documentation addresses, to find out which of its own addresses this machine uses; nothing is sent there.
_OUTSIDE = {socket.AF_INET: ("203.0.113.1", 9), socket.AF_INET6: ("2001:db8::1", 9)}


def announce(settings: Settings, address: str, chosen: bool, out: TextIO | None = None) -> None:
    """Prints the address, as other machines reach it where they can.

    address: for this machine.
    chosen: the user set the token; it is then printed on a terminal only, not into a file that may be kept.
    """
    out = out or sys.stdout
    shown = settings.public_url or _address_for_others(settings.host, address)
    terminal = out.isatty()
    if settings.classroom and settings.token:
        _announce_class(settings, address, shown, out)
        return
    out.write(f"Steepest is ready at {link(shown, settings) if terminal or not chosen else shown} (Ctrl+C ends it)\n")
    if settings.token:
        if chosen and not terminal:
            out.write("Add ?token= and the token that you set.\n")
        else:
            out.write("Anyone with this link can use the server.\n")
            if shown != address:
                out.write(f"On this machine: {link(address, settings)}\n")
        if terminal:
            _print_qr_code(link(shown, settings), out)
    out.flush()


def _announce_class(settings: Settings, address: str, shown: str, out: TextIO) -> None:
    """Prints the teacher's link, the address that the class types, and what to do where phones do not get there."""
    terminal = out.isatty()
    url = urlsplit(shown)
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    own = settings.public_url or address  # behind a proxy or in a container this machine's address may lead nowhere
    out.write(
        f"Steepest is ready at {link(own, settings)} (Ctrl+C ends it)\n"
        "That link is the teacher's: keep it to yourself. With it, open a room on the page.\n"
        f"The class opens {shown} and types the room's code.\n"
    )
    if shown == address and not settings.public_url:
        out.write("This machine seems to be in no network: join the class's Wi-Fi, then start again.\n")
    if terminal:
        _print_qr_code(shown, out)
    out.write(
        "If a phone cannot open the page: it must be in the same network, where a guest Wi-Fi often keeps devices\n"
        f"apart (a hotspot of your own does not), and this machine's firewall must let port {port} in.\n"
    )
    out.flush()


def address_of(settings: Settings, scope: Scope) -> str:
    """The address of the server as others reach it. scope: of a request to it, which tells the port."""
    if settings.public_url:
        return settings.public_url
    name, port = scope.get("server") or ("127.0.0.1", settings.port)
    return _address_for_others(settings.host, f"http://{f'[{name}]' if ':' in name else name}:{port}")


def is_reachable(settings: Settings) -> bool:
    """Whether other machines can reach the server."""
    return bool(settings.public_url) or not is_loopback(settings.host)


def _print_qr_code(text: str, out: TextIO) -> None:
    """Prints it where the terminal is wide enough."""
    import segno

    code = segno.make(text, micro=False, error="l")
    compact = (out.encoding or "").lower().replace("-", "") == "utf8"
    width = code.symbol_size(border=2)[0] * (1 if compact else 2)
    if width <= shutil.get_terminal_size().columns:
        code.terminal(out, border=2, compact=compact)


def _address_for_others(host: str, address: str) -> str:
    if is_loopback(host) or host not in ("0.0.0.0", "::", ""):
        return address
    own = _own_address(socket.AF_INET6 if host == "::" else socket.AF_INET)
    return f"http://{own}:{address.rpartition(':')[2]}" if own else address


def _own_address(family: socket.AddressFamily) -> str:
    """The address of this machine on the network with the default route, or else on any network; "" without one."""
    found = ""
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        # Connecting a datagram socket chooses its own address, and sends nothing.
        probe.connect(_OUTSIDE[family])
        found = probe.getsockname()[0]
    found = found or _address_of_an_interface(family)
    return f"[{found}]" if ":" in found else found


def _address_of_an_interface(family: socket.AddressFamily) -> str:
    """As of a machine that is the class's hotspot itself, and has no way to the internet; "" where there is none."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    own = [one for name, some in psutil.net_if_addrs().items() if name in up for one in some if one.family == family]
    found = [ip_address(one.address.partition("%")[0]) for one in own]
    return min((str(one) for one in found if not one.is_loopback and not one.is_link_local), default="")
