"""The address of a server, in any form that a person may type."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from steepest.spec import Invalid, Text

_SECURE = {"http": False, "ws": False, "https": True, "wss": True}

_QUERIES: tuple[list[str], ...] = ([], ["token"])


@dataclass(frozen=True)
class Address:
    """A server's address.

    host: name or address, with the port where one is given.
    secure: over TLS.
    root: path before /api, or "".
    token: from the link that the server printed; "" without one.
    """

    host: str
    secure: bool = False
    root: str = ""
    token: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """From `http://host:port/?token=...`, `ws://host:port/api/live`, `host:port` ...

        Raises `Invalid` (field: server).
        """
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            usable = parts.scheme in _SECURE and bool(parts.hostname) and (parts.port is None or parts.port > 0)
            given = parse_qsl(parts.query, keep_blank_values=True)
        except ValueError:  # an invalid port or IPv6 address
            usable = False
        if not usable or parts.username is not None or parts.fragment or [name for name, _ in given] not in _QUERIES:
            raise Invalid(
                "server",
                Text(
                    f"{url.partition('?')[0][:100]!r} is no address such as http://127.0.0.1:8000",
                    "应为 http://127.0.0.1:8000 这样的地址",
                ),
            )
        root = parts.path.rstrip("/").removesuffix("/api/live")
        return cls(parts.netloc.lower(), _SECURE[parts.scheme], root, dict(given).get("token", ""))

    @property
    def live(self) -> str:
        """URL of the live socket."""
        return f"{'wss' if self.secure else 'ws'}://{self.host}{self.root}/api/live"

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def origin(self) -> str:
        """Origin of the server's page."""
        return f"{'https' if self.secure else 'http'}://{self.host}"
