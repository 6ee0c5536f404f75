"""The command line, run in this process where nothing but its words and its exit code is asked."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from tests.protocol.served import served

from steepest.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Steepest(Protocol):
    def __call__(self, *arguments: str | Path) -> Ran: ...


@pytest.fixture
def steepest(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Steepest]:
    """Runs one command as `steepest ...` would."""
    monkeypatch.setenv("COLUMNS", "100")
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def run(*arguments: str | Path) -> Ran:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    yield run
    root.handlers, root.level = handlers, level


@pytest.fixture
def write(tmp_path: Path) -> "Write":
    """Writes a document to a file of its own."""
    return Write(tmp_path)


@dataclass
class Write:
    folder: Path
    count: int = 0

    def __call__(self, document: object) -> Path:
        self.count += 1
        path = self.folder / f"experiment-{self.count}.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a really started server."""
    with served() as address:
        yield address
