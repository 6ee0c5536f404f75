"""Stores tables in the data folder: each file under the hash of its bytes, with its columns as `.npz`."""

import hashlib
import json
import os
import re
import zipfile
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from steepest.problems.data_dir import data_dir
from steepest.problems.table.table import Column, Table, file_error

FOLDER = "uploads"
_BLOCK = 4096  # bytes: a file takes whole blocks of the disk
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StoredTable:
    """One table in the data folder. size: bytes on the disk. used: when it was used last, in ns."""

    name: str
    size: int
    used: int


def save_table(body: bytes, table: Table) -> tuple[str, bool]:
    """Stores a file and its table. Returns its name, the SHA-256 of its bytes in 64 hexadecimal digits.

    The second value says whether it was not there before. Raises `OSError`.
    """
    name = hashlib.sha256(body).hexdigest()
    folder = data_dir() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    new = not (folder / f"{name}.npz").exists()
    _write(folder / f"{name}.csv", body)
    columns = [asdict(column) for column in table.columns]
    head = np.frombuffer(json.dumps({"rows": table.rows, "columns": columns}).encode(), dtype=np.uint8)
    partial = folder / f".{name}.{os.getpid()}.npz"
    try:
        np.savez(partial, head=head, numbers=table.numbers, codes=table.codes)
        partial.replace(folder / f"{name}.npz")
    finally:
        partial.unlink(missing_ok=True)
    return name, new


def _write(path: Path, body: bytes) -> None:
    """Writes atomically: a reader sees the whole file or none."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(body)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def stored_tables() -> list[StoredTable]:
    """All tables in the data folder. Raises `OSError`."""
    sizes: dict[str, int] = {}
    used: dict[str, int] = {}
    for path in (data_dir() / FOLDER).iterdir():
        if _NAME.fullmatch(path.stem) and path.suffix in (".csv", ".npz"):
            try:
                found = path.stat()
            except FileNotFoundError:  # removed meanwhile
                continue
            sizes[path.stem] = sizes.get(path.stem, 0) + -(-found.st_size // _BLOCK) * _BLOCK
            used[path.stem] = max(used.get(path.stem, 0), found.st_mtime_ns)
    return [StoredTable(name, size, used[name]) for name, size in sizes.items()]


def remove_table(name: str) -> None:
    """Removes a table, if it is there. Raises `OSError`."""
    for suffix in (".csv", ".npz"):
        (data_dir() / FOLDER / f"{name}{suffix}").unlink(missing_ok=True)


def touch_table(name: str) -> None:
    """Marks a table as the one used last. Without effect for a name that is none, or where it cannot be done."""
    if _NAME.fullmatch(name):
        with suppress(OSError):
            os.utime(data_dir() / FOLDER / f"{name}.npz")


def load_columns(name: str) -> Table:
    """A table without its cells: `numbers` and `codes` are empty. Raises `Invalid`, field "file"."""
    return _read(name, cells=False)


def load_table(name: str) -> Table:
    """A table with its cells. Raises `Invalid`, field "file"."""
    return _read(name, cells=True)


def _read(name: str, *, cells: bool) -> Table:
    if not name:
        raise file_error("no file yet: upload a CSV file", "尚无文件：请上传 CSV 文件")
    if not _NAME.fullmatch(name):
        raise file_error(
            "must be the name of an uploaded file, 64 digits of 0-9 a-f", "应为上传文件的名字，64 位 0-9 a-f"
        )
    try:
        with (data_dir() / FOLDER / f"{name}.npz").open("rb") as file, np.load(file) as stored:
            head = json.loads(stored["head"].tobytes())
            columns = tuple(
                Column(each["name"], each["kind"], tuple(each["labels"]), tuple(each["values"]))
                for each in head["columns"]
            )
            table = Table(head["rows"], columns, np.empty((0, 0)), np.empty((0, 0), dtype=np.int32))
            return replace(table, numbers=stored["numbers"], codes=stored["codes"]) if cells else table
    except FileNotFoundError:
        raise file_error(
            "this server does not have the file, or no longer has it: upload it again",
            "服务器上没有或已不再有该文件：请重新上传",
        ) from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        raise file_error("damaged on the server: upload it again", "服务器上的文件已损坏：请重新上传") from None
