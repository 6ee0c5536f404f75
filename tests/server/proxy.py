"""A real nginx in front of a server, with its own configuration in a temporary folder."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import SystemRandom

import pytest
from tests.server.test_connection_limits import until

ROOT = Path(__file__).parents[2]
CLIENT = "198.51.100.7"  # whom this proxy says that it speaks for

# What docs/server.md tells to write, with addresses and times of the test.
SNIPPET = """\
location /steepest/ {
    proxy_pass http://127.0.0.1:8000/;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_buffering off;
}
"""

CONFIG = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/cert.pem;
        ssl_certificate_key {folder}/key.pem;
        proxy_read_timeout 3s;
        {snippet}
        {hasty}
    }}
}}
"""


def free_port() -> int:
    """A port that is free, and that the system gives to nobody by itself, also while its server is started again.

    Drawn anew in each test process, whatever the seed of the tests.
    """
    for port in SystemRandom().sample(range(20_000, 32_000), 100):  # those of a connection begin at 32768
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError("a hundred ports are in use")


def nginx() -> str:
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin", str(ROOT / ".venv" / "nginx" / "usr" / "sbin")])
    found = shutil.which("nginx", path=path)
    if found is None:
        pytest.fail("these tests need nginx: run `make nginx`")
    return found


def certificate(folder: Path) -> None:
    """A self-made one for localhost."""
    name = "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 {name}"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "cert.pem"))


@contextmanager
def proxied(folder: Path, port: int, server_port: int) -> Iterator[None]:
    """nginx at https://localhost:port/steepest/; below /hasty/ it waits for half a second only."""
    certificate(folder)
    snippet = SNIPPET.replace("127.0.0.1:8000", f"127.0.0.1:{server_port}").replace("$remote_addr", CLIENT)
    hasty = snippet.replace("/steepest/", "/hasty/").replace("}\n", "    proxy_read_timeout 500ms;\n}\n")
    config = CONFIG.format(folder=folder, port=port, snippet=snippet, hasty=hasty)
    (folder / "nginx.conf").write_text(config)
    with (folder / "nginx.out").open("w") as out:
        command = [nginx(), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        until(lambda: _listens(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "error.log").read_text() + (folder / "nginx.out").read_text()
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
