"""The token of a server for a class, kept while it has rooms: after a crash the same devices come back in."""

import os
import re
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from steepest.problems.data_dir import data_dir
from steepest.server.settings import Settings


def with_class_token(settings: Settings, *, chosen: bool) -> Settings:
    """The settings with the token of the last start, where there are rooms of it still; else the token is kept.

    chosen: the user set the token, which is then used and not kept. Nothing is done on other servers.
    """
    if not settings.classroom or settings.token is None or chosen:
        return settings
    rooms = data_dir() / "rooms"
    kept = rooms / "token"
    if any(rooms.glob("*.room")) and (token := _read(kept)):
        return settings.model_copy(update={"token": SecretStr(token)})
    with suppress(OSError):  # then the next start has another one
        rooms.mkdir(parents=True, exist_ok=True)
        kept.unlink(missing_ok=True)
        # For this user's eyes only, from its first byte on.
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(settings.token.get_secret_value())
    return settings


def _read(kept: Path) -> str:
    """The token in a file; "" where there is none."""
    with suppress(OSError, UnicodeDecodeError):
        token = kept.read_text("ascii").strip()
        return token if re.fullmatch(r"[A-Za-z0-9._~-]{16,128}", token) else ""
    return ""
