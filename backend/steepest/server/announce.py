"""What `steepest serve` prints once it is ready: one line with the address, and the link that holds the token."""

import shutil
import socket
import sys
from typing import TextIO

from steepest.server.security.token import is_loopback, link
from steepest.server.settings import Settings

_ELSEWHERE = ("203.0.113.1", 9)  # an address for documentation: nothing is sent there


def announce(settings: Settings, address: str, chosen: bool, out: TextIO | None = None) -> None:
    """Prints the address, as other machines reach it where they do.

    address: as this machine reaches it. chosen: the token was set by whoever starts the server; it then goes to a
    terminal only, and not into a file that somebody keeps.
    """
    out = out or sys.stdout
    shown = settings.public_url or _as_others_see_it(settings.host, address)
    to_person = out.isatty()
    whole = link(shown, settings) if to_person or not chosen else shown
    out.write(f"Steepest is ready at {whole} (Ctrl+C ends it)\n")
    if settings.token:
        if chosen and not to_person:
            out.write("Add ?token= and the token that was set.\n")
        else:
            out.write("Whoever has this link can use the server.\n")
            if shown != address:
                out.write(f"On this machine: {link(address, settings)}\n")
    if settings.token and to_person:
        _draw(link(shown, settings), out)
    out.flush()


def _draw(text: str, out: TextIO) -> None:
    """As a QR code, where the terminal is wide enough for it."""
    import segno

    code = segno.make(text, micro=False, error="l")
    blocks = (out.encoding or "").lower().replace("-", "") == "utf8"
    width = code.symbol_size(border=2)[0] * (1 if blocks else 2)
    if width <= shutil.get_terminal_size().columns:
        code.terminal(out, border=2, compact=blocks)


def _as_others_see_it(host: str, address: str) -> str:
    if is_loopback(host):
        return address
    port = address.rpartition(":")[2]
    if host not in ("0.0.0.0", "::", ""):
        return address
    own = _own_address(socket.AF_INET6 if host == "::" else socket.AF_INET)
    return f"http://{own}:{port}" if own else address


def _own_address(family: socket.AddressFamily) -> str:
    """The address that this machine has on the network that leads outside; "" without one."""
    outside = ("2001:db8::1", 9) if family == socket.AF_INET6 else _ELSEWHERE
    try:
        # A datagram socket that is connected has chosen its own address, before anything is sent.
        with socket.socket(family, socket.SOCK_DGRAM) as plain:
            plain.connect(outside)
            found: str = plain.getsockname()[0]
    except OSError:
        return ""
    return f"[{found}]" if ":" in found else found
