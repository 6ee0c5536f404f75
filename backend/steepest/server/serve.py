"""Runs the server in this process: binds first, says one line when something is in the way, ends within seconds.

python -m steepest.server.serve        (settings from the environment)
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from steepest.server.settings import Settings
from steepest.server.worker.forkserver import start_early

if TYPE_CHECKING:
    from types import FrameType

# What takes a second to import (torch, FastAPI) is imported where it is used: worker processes import this module too.


_OWN_FILES = 128  # what the process itself, its workers, new ones, and refused connections may need


class CannotServe(Exception):
    """What is in the way, in one line."""


def serve(settings: Settings, *, open_browser: bool = False) -> NoReturn:
    """Serves until SIGTERM or Ctrl+C, and then ends the process. open_browser: shows the page when it is ready.

    Raises `CannotServe` when the port, the device or the workers cannot be had.
    """
    from steepest.server.security.token import with_token
    from steepest.spec import Invalid

    try:
        guarded = with_token(settings)
    except Invalid as error:
        raise CannotServe(f"{error}; leave STEEPEST_TOKEN out to get a new one at each start") from None
    if settings.data:
        os.environ["STEEPEST_DATA"] = _folder(settings.data)  # where the data sets look, in the workers too
    listening = bind(settings.host, settings.port)
    start_early()
    try:
        _run(guarded, listening, open_browser, chosen=bool(settings.token))
    finally:
        listening.close()
    # Everything has ended by now; Python's own way out takes seconds on a busy machine with torch loaded.
    _end_now(0)


def _folder(name: str) -> str:
    """The data folder from the root on. It need not be there: it is made when the first file is kept."""
    try:
        folder = Path(name).expanduser().absolute()
    except RuntimeError:
        raise CannotServe(f"{name}: there is no such user here; --data, or STEEPEST_DATA, takes a folder") from None
    if folder.exists() and not folder.is_dir():
        raise CannotServe(f"{name} is no folder; --data, or STEEPEST_DATA, takes one")
    return str(folder)


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address. Raises `CannotServe` in words."""
    where = f"{host}:{port}"
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except socket.gaierror:
        raise CannotServe(f"there is no address {host!r} on this machine") from None
    except PermissionError:
        raise CannotServe(f"{where} needs more rights than this process has; try a port above 1023") from None
    except OSError as error:
        reason = "is in use; stop what listens there, or choose another --port" if error.errno == 98 else error.strerror
        raise CannotServe(f"{where} {reason}") from None


def _run(settings: Settings, listening: socket.socket, open_browser: bool, chosen: bool) -> None:
    import uvicorn

    from steepest.server import logs
    from steepest.server.announce import announce
    from steepest.server.http.app import create_app
    from steepest.server.security.connection_limits import limited
    from steepest.server.security.token import link
    from steepest.spec import Invalid

    logs.configure(settings.log_level, settings.token.get_secret_value() if settings.token else "")
    try:
        app = create_app(settings)
    except Invalid as error:
        raise CannotServe(str(error)) from None
    http, ws = limited(settings, _most_connections(settings.max_connections))
    config = uvicorn.Config(
        app,
        http=http,
        ws=ws,  # on uvicorn's websockets-sansio: waits for a slow reader, and closes with 1009 beyond the cap
        ws_max_size=settings.max_message,
        ws_ping_interval=settings.ping_seconds,
        ws_ping_timeout=settings.pong_seconds,
        ws_per_message_deflate=False,  # chunks are random digits: nothing to gain, and memory to lose
        # Scheme and peer are those of the connection, and not what a header claims, unless a known proxy wrote it.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
        access_log=False,
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    address = url_of(listening)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started and not self.should_exit:
                announce(settings, address, chosen)
                if open_browser:  # finding a browser can take seconds
                    threading.Thread(target=webbrowser.open, args=(link(address, settings),), daemon=True).start()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if self.should_exit or not self.started:  # the second time, or before there is anything to end well
                _end_now(128 + sig)
            super().handle_exit(sig, frame)

    server = Server(config)

    def leave(sig: int, _: FrameType | None) -> None:
        # uvicorn raises its signals again once it has ended well, which by default would end us with an error.
        if not server.should_exit:
            _end_now(128 + sig)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    try:
        server.run(sockets=[listening])
    except SystemExit as error:
        if error.code:
            raise CannotServe("the workers did not start; the lines above say why") from None


def url_of(listening: socket.socket) -> str:
    """The address as a person types it."""
    host, port = listening.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def _most_connections(most: int) -> int:
    """As many as asked for, as far as the limit of open files bears them: workers and files need some too."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return most
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return most if files == resource.RLIM_INFINITY else max(1, min(most, files - _OWN_FILES))


def _end_now(code: int) -> NoReturn:
    """Without waiting for anything. Workers that are still there see their pipes close, and end too."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def main() -> None:
    """Serves with the settings of the environment; what is in the way is one line, and exit code 2."""
    from pydantic import ValidationError

    try:
        serve(Settings())
    except CannotServe as error:
        sys.stderr.write(f"steepest: {error}\n")
        sys.exit(2)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        sys.stderr.write(f"steepest: STEEPEST_{name}: {first['msg']}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
