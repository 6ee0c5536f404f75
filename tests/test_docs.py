"""The docs name files that exist."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE = re.compile(r"`([\w./-]*\w\.(?:py|ts|svelte|css|js|mjs|sh|json|toml))`")
# Made by a build, or examples of files that a reader writes.
OUTSIDE = {"protocol.gen.ts", "protocol.openapi.json", "beale.json", "experiment.json", "square.json", "square.py"}


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def missing(text: str, files: list[str]) -> list[str]:
    """The file names in backticks that no file of the repository ends with."""
    named = {name for name in FILE.findall(text) if name.rpartition("/")[2] not in OUTSIDE}
    return sorted(name for name in named if not any(f"/{file}".endswith(f"/{name}") for file in files))


@pytest.fixture(scope="module")
def files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_each_file_that_a_document_names_exists(document: Path, files: list[str]) -> None:
    assert missing(document.read_text(encoding="utf-8"), files) == []


def test_a_file_that_does_not_exist_is_reported() -> None:
    files = ["backend/steepest/engine/run/advance.py"]
    assert missing("see `engine/gone.py` and `advance.py`", files) == ["engine/gone.py"]
