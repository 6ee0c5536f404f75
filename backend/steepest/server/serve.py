"""Runs the server in this process: binds first, reports an obstacle in one line, ends within seconds.

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

# Slow imports (torch, FastAPI) are inside the functions that need them: worker processes import this module too.

_RESERVED_FILES = 128  # for the process itself, its workers, and connections being refused


class CannotServe(Exception):
    """The server cannot start; the message is one line."""


def serve(settings: Settings, *, open_browser: bool = False) -> NoReturn:
    """Serves until SIGTERM or Ctrl+C, and then ends the process. open_browser: opens the page when ready.

    Raises `CannotServe` where the port, the device or the workers are not available.
    """
    from steepest.server.security.class_token import with_class_token
    from steepest.server.security.token import with_token
    from steepest.spec import Invalid

    if settings.data:
        os.environ["STEEPEST_DATA"] = _data_folder(settings.data)  # read by the data sets, in the workers too
    try:
        guarded = with_class_token(with_token(settings), chosen=bool(settings.token))
    except Invalid as error:
        raise CannotServe(f"{error}; leave STEEPEST_TOKEN out to get a new one at each start") from None
    listening = bind(settings.host, settings.port)
    start_early()
    try:
        _run(guarded, listening, open_browser, chosen=bool(settings.token))
    finally:
        listening.close()
    # Everything has ended by now. Python's own shutdown takes seconds on a busy machine with torch loaded.
    _exit_now(0)


def _data_folder(name: str) -> str:
    """The absolute path. The folder is created when the first file is stored."""
    try:
        folder = Path(name).expanduser().absolute()
    except RuntimeError:
        raise CannotServe(f"{name}: there is no such user here; --data, or STEEPEST_DATA, takes a folder") from None
    if folder.exists() and not folder.is_dir():
        raise CannotServe(f"{name} is no folder; --data, or STEEPEST_DATA, takes one")
    return str(folder)


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on the address. Raises `CannotServe`."""
    where = f"{host}:{port}"
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except socket.gaierror:
        raise CannotServe(f"there is no address {host!r} on this machine") from None
    except PermissionError:
        raise CannotServe(f"{where} needs more rights than this process has; try a port above 1023") from None
    except OSError as error:
        in_use = "is in use; stop the program that listens there, or choose another --port"
        raise CannotServe(f"{where} {in_use if error.errno == 98 else error.strerror}") from None


def _run(settings: Settings, listening: socket.socket, open_browser: bool, chosen: bool) -> None:
    import uvicorn

    from steepest.server import logs
    from steepest.server.announce import announce
    from steepest.server.http.app import create_app
    from steepest.server.security.http_limits import limited_http
    from steepest.server.security.token import link
    from steepest.server.security.websocket_limits import limited_websocket
    from steepest.spec import Invalid

    secrets = [secret.get_secret_value() for secret in (settings.token, settings.metrics_token) if secret]
    logs.configure(settings.log_level, *secrets, form=settings.log_format, lines=settings.log_lines)
    settings = settings.model_copy(update={"max_connections": _max_connections(settings.max_connections)})
    try:
        app = create_app(settings)
    except Invalid as error:
        raise CannotServe(str(error)) from None
    config = uvicorn.Config(
        app,
        http=limited_http(settings),
        ws=limited_websocket(settings),
        ws_max_size=settings.max_message,  # a larger message closes the socket with code 1009
        ws_ping_interval=settings.ping_seconds,
        ws_ping_timeout=settings.pong_seconds,
        ws_per_message_deflate=False,  # chunks are hardly compressible numbers
        # Headers about the client's address are believed from known proxies only.
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
                if open_browser:  # in a thread: finding a browser can take seconds
                    threading.Thread(target=webbrowser.open, args=(link(address, settings),), daemon=True).start()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if self.should_exit or not self.started:  # a second signal, or one before the start is complete
                _exit_now(128 + sig)
            super().handle_exit(sig, frame)

    server = Server(config)

    def on_signal(sig: int, _: FrameType | None) -> None:
        # uvicorn raises its signals again after a clean shutdown, whose default action is an error exit.
        if not server.should_exit:
            _exit_now(128 + sig)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
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


def _max_connections(wanted: int) -> int:
    """At most `wanted`, and no more than the limit of open files allows."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return wanted
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return wanted if files == resource.RLIM_INFINITY else max(1, min(wanted, files - _RESERVED_FILES))


def _exit_now(code: int) -> NoReturn:
    """Exits without waiting for anything. Remaining workers see their pipes close, and end as well."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def main() -> None:
    """Serves with the settings of the environment. An obstacle is one line on stderr, and exit code 2."""
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
