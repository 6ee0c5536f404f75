"""Where a server is, in any of the ways in which a person may write it."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from steepest.spec import Invalid, Text

_SECURE = {"http": False, "ws": False, "https": True, "wss": True}


@dataclass(frozen=True)
class Address:
    """host: name or address, with the port where one is given; secure: over TLS; root: path in front of /api, or ""."""

    host: str
    secure: bool = False
    root: str = ""

    @classmethod
    def parse(cls, url: str) -> Self:
        """From `http://host:port`, `ws://host:port/api/live`, `host:port` ... Raises `Invalid` (field: server)."""
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            usable = parts.scheme in _SECURE and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:  # a port that is no number, or half an IPv6 address
            usable = False
        if not usable or parts.username is not None or parts.query or parts.fragment:
            raise Invalid(
                "server",
                Text(
                    f"{url[:100]!r} is no address such as http://127.0.0.1:8000",
                    "应为 http://127.0.0.1:8000 这样的地址",
                ),
            )
        return cls(parts.netloc.lower(), _SECURE[parts.scheme], parts.path.rstrip("/").removesuffix("/api/live"))

    @property
    def live(self) -> str:
        """URL of the live socket."""
        return f"{'wss' if self.secure else 'ws'}://{self.host}{self.root}/api/live"

    @property
    def origin(self) -> str:
        """Origin of the server's own page. The server lets a socket in from another machine only with this."""
        return f"{'https' if self.secure else 'http'}://{self.host}"
