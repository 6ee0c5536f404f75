"""The data folder: where files lie that do not come with Steepest, official ones and the user's own."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from steepest.spec import Invalid, Text


def data_dir() -> Path:
    """`STEEPEST_DATA` where it is set, else the user's own folder for such files. It need not be there."""
    chosen = os.environ.get("STEEPEST_DATA")
    if chosen:
        return Path(chosen)
    try:
        home = Path.home()
    except RuntimeError:  # a user without one, as in some containers
        return Path(tempfile.gettempdir()) / "steepest"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "steepest"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "steepest"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "steepest"


def _shown() -> str:
    """The data folder in words that tell whoever asks over the network no more of this machine than they have to."""
    if os.environ.get("STEEPEST_DATA"):
        return "$STEEPEST_DATA"
    folder, home = data_dir(), Path("~").expanduser()
    return f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) else folder.name


def find_files(folder: str, names: Sequence[str], *, packed: bool = False) -> list[Path]:
    """The files of these names in `folder` of the data folder.

    packed: a file may also be there as `name.gz`. Raises `Invalid` that says which to put where.
    """
    place = data_dir() / folder
    found = [_there(place, name, packed) for name in names]
    missing = [name for name, path in zip(names, found, strict=True) if path is None]
    if missing:
        each = ", ".join(missing)
        or_gz = Text(" (or each with .gz)", "（或带 .gz 后缀）") if packed else Text("", "")
        text = Text(
            f"put the official files {each}{or_gz.en} on the server into {_shown()}/{folder}",
            f"请把官方文件 {each}{or_gz.zh} 放到服务器的 {_shown()}/{folder} 中",
        )
        raise Invalid("", text)
    return [path for path in found if path is not None]


def _there(place: Path, name: str, packed: bool) -> Path | None:
    for path in (place / name, place / f"{name}.gz") if packed else (place / name,):
        if path.is_file():
            return path
    return None


def file_error(path: Path, english: str, chinese: str) -> Invalid:
    """What is wrong with a file of the data folder."""
    return Invalid("", Text(f"{path.name}: {english}", f"{path.name}：{chinese}"))
