"""The data folder: files that do not come with Steepest, official data sets and the user's own."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from steepest.spec import Invalid, Text, invalid


def data_dir() -> Path:
    """`STEEPEST_DATA` if it is set, else the platform's folder for application data. It may not exist."""
    chosen = os.environ.get("STEEPEST_DATA")
    if chosen:
        return Path(chosen)
    try:
        home = Path.home()
    except RuntimeError:  # a user without a home, as in some containers
        return Path(tempfile.gettempdir()) / "steepest"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "steepest"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "steepest"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "steepest"


def _public_name() -> str:
    """The data folder for messages; does not reveal the user's home to clients."""
    if os.environ.get("STEEPEST_DATA"):
        return "$STEEPEST_DATA"
    folder, home = data_dir(), Path("~").expanduser()
    return f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) else folder.name


def find_files(folder: str, names: Sequence[str], *, packed: bool = False) -> list[Path]:
    """The files with these names in `folder` of the data folder. packed: `name.gz` is accepted too.

    Raises `Invalid` that names the missing files and their folder.
    """
    place = data_dir() / folder
    found = {name: _existing(place, name, packed) for name in names}
    missing = ", ".join(name for name, path in found.items() if path is None)
    if missing:
        or_gz = Text(" (or each with .gz)", "（或带 .gz 后缀）") if packed else Text("", "")
        text = Text(
            f"put the official files {missing}{or_gz.en} on the server into {_public_name()}/{folder}",
            f"请把官方文件 {missing}{or_gz.zh} 放到服务器的 {_public_name()}/{folder} 中",
        )
        raise Invalid("", text)
    return [path for path in found.values() if path is not None]


def _existing(place: Path, name: str, packed: bool) -> Path | None:
    candidates = [place / name, place / f"{name}.gz"] if packed else [place / name]
    return next((path for path in candidates if path.is_file()), None)


def file_error(path: Path, english: str, chinese: str) -> Invalid:
    """The error for a damaged file of the data folder."""
    return invalid("", f"{path.name}: {english}", f"{path.name}：{chinese}")
