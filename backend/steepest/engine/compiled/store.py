"""Kernels on disk, so that another process, or the next start, need not make them again."""

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_BYTES = 128_000_000  # of all files; beyond, those not used for the longest time go
_CHECKED_EVERY = 32  # files written from one check of the size to the next
_SUFFIX, _PART = ".kernel", ".part"
_ABANDONED = 3600.0  # seconds after which a part belongs to a process that ended while it wrote
_written = 0

Kernel = tuple[Mapping[str, Any], bytes]


def cache_dir() -> Path | None:
    """`STEEPEST_CACHE` if it is set, else the platform's folder for caches; None for an empty setting."""
    chosen = os.environ.get("STEEPEST_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    try:
        home = Path.home()
    except RuntimeError:  # a user without a home, as in some containers
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "steepest" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "steepest"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "steepest"


def read(key: str) -> Kernel | None:
    """What is said about a kernel, and its machine code; None where there is no whole file of this user."""
    folder = cache_dir()
    if folder is None:
        return None
    path = folder / f"{key}{_SUFFIX}"
    try:
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return None  # code of someone else is not run
        digest, _, body = path.read_bytes().partition(b"\n")
        if digest.decode("ascii", "replace") != _digest(key, body):
            return None
        about, _, code = body.partition(b"\n")
        os.utime(path)
        return json.loads(about), code
    except OSError:
        return None


def write(key: str, about: Mapping[str, Any], code: bytes) -> None:
    """Keeps a kernel. A folder that cannot be written to is no error: the kernel is made again."""
    global _written
    folder = cache_dir()
    if folder is None:
        return
    body = json.dumps(about).encode() + b"\n" + code
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = tempfile.NamedTemporaryFile(dir=folder, suffix=_PART, delete=False)  # noqa: SIM115
        try:
            with part:
                part.write(_digest(key, body).encode() + b"\n" + body)
            Path(part.name).replace(folder / f"{key}{_SUFFIX}")  # whole, or not at all
        except OSError:  # such as a full disk
            Path(part.name).unlink(missing_ok=True)
            raise
        _written += 1
        if _written % _CHECKED_EVERY == 1:
            _shrink(folder)


def _digest(key: str, body: bytes) -> str:
    return hashlib.sha256(key.encode() + body).hexdigest()


def _shrink(folder: Path) -> None:
    """Deletes the files not used for the longest time, until the rest is small enough, and abandoned parts."""
    for path in folder.glob(f"*{_PART}"):
        if time.time() - path.stat().st_mtime > _ABANDONED:
            path.unlink(missing_ok=True)
    files = sorted(((path.stat(), path) for path in folder.glob(f"*{_SUFFIX}")), key=lambda each: -each[0].st_mtime)
    total = 0
    for stat, path in files:
        total += stat.st_size
        if total > MAX_BYTES:
            path.unlink(missing_ok=True)
