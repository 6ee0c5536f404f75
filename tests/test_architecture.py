"""The layers of docs/architecture.md, read off the import lines of every module."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "backend" / "steepest"

# What the modules of each room may import: rooms of steepest, then packages of others. The standard library is free,
# and so are its backports and `steepest` itself (its version), which imports nothing.
BACKPORTS = {"typing_extensions"}
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "spec": (set(), {"pydantic", "pydantic_core", "annotated_types"}),
    # An entry of the catalog is declared as pydantic data, as the spec is.
    "problems": ({"spec"}, {"torch", "numpy", "pydantic", "chardet"}),
    "optimizers": ({"spec"}, {"torch", "numpy", "pydantic"}),
    "engine": ({"spec", "problems", "optimizers"}, {"torch", "numpy", "pydantic", "llvmlite"}),
    # Questions are answered by the engine, and the cards of the gallery are lessons too.
    "classroom": ({"spec", "engine", "problems", "optimizers", "gallery"}, {"pydantic", "pydantic_core", "numpy"}),
    "protocol": (
        {"spec", "engine", "problems", "optimizers", "gallery", "classroom"},
        {"pydantic", "pydantic_core", "annotated_types", "msgpack", "numpy", "torch"},
    ),
    "export": ({"spec", "engine", "problems", "optimizers"}, {"torch", "numpy", "plotly", "safetensors"}),
    "gallery": ({"spec"}, {"pydantic"}),
    "client": ({"spec", "protocol", "engine"}, {"pydantic", "websockets", "msgpack", "numpy"}),
    "server": (
        {"spec", "problems", "optimizers", "engine", "protocol", "export", "gallery", "classroom"},
        {"fastapi", "starlette", "uvicorn", "pebble", "websockets", "pydantic", "pydantic_settings", "torch", "numpy"}
        | {"segno", "httptools", "prometheus_client", "psutil"},
    ),
    "cli": (
        {"spec", "problems", "optimizers", "engine", "protocol", "export", "client", "server", "classroom"},
        {"typer", "click", "rich", "torch", "numpy", "pydantic", "pydantic_core", "websockets", "uvicorn"},
    ),
    # `python -m steepest` is the command line.
    "__main__": ({"cli"}, set()),
    "__init__": (set(), set()),
}

# Inside a room arrows point down only: what each folder or file may import of the others. A room without a line here is
# free; its `__init__` gathers what other rooms use.
SUB_ROOMS: dict[str, dict[str, set[str]]] = {
    "engine": {
        "recording": set(),
        "preparation": {"recording"},
        "model_analysis": {"recording", "preparation"},
        "compiled": {"recording", "preparation"},
        "diagnosis": {"recording", "preparation", "compiled"},
        "run": {"recording", "preparation", "model_analysis", "diagnosis", "compiled"},
        "sweeps": {"recording", "preparation", "diagnosis", "compiled", "run"},
    },
    "export": {
        "recording": set(),
        "csv": {"recording"},
        "weights": {"recording"},
        "script": {"recording"},
        "notebook": {"recording", "script"},
        "report": {"recording", "script"},
        "formats": {"recording", "csv", "weights", "script", "notebook", "report"},
        "parts": {"recording", "csv", "weights", "formats"},
        "size": {"recording", "csv", "formats"},
        "sweeps": set(),
    },
    "server": {
        "logs": set(),
        "settings": set(),
        "metrics": set(),
        "security": {"logs", "metrics", "settings"},
        "worker": {"logs", "metrics", "settings"},
        "errors": {"logs", "metrics", "worker"},
        "places": {"errors"},
        "accounts": {"errors", "places", "security", "settings", "worker"},
        "tables": {"errors"},
        "waiting_room": {"accounts", "errors", "settings"},
        "service": {"accounts", "tables", "logs", "places", "settings", "waiting_room", "worker"},
        "live": {"logs", "metrics", "settings", "security", "worker", "errors", "places", "service"},
        "rooms": {
            "logs",
            "settings",
            "security",
            "worker",
            "errors",
            "places",
            "service",
            "announce",
        },
        "http": {
            "announce",
            "rooms",
            "logs",
            "metrics",
            "settings",
            "security",
            "worker",
            "errors",
            "accounts",
            "places",
            "service",
            "live",
        },
        "announce": {"settings", "security"},
        "serve": {"logs", "settings", "security", "worker", "http", "announce"},
    },
}


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Every module that a source imports, wherever in it: (line, dotted name)."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(level=0, module=str(module), names=names):
                # `from steepest import engine` names the room beside the package.
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in names)
            case ast.ImportFrom():
                yield node.lineno, "a relative import"


def breaches(room: str, source: str) -> list[str]:
    """What a module of this room imports but may not, each as a line for the reader."""
    inside, outside = ROOMS[room]
    found = []
    for line, name in imports(source):
        top, _, rest = name.partition(".")
        if top == "steepest":
            other = rest.partition(".")[0]
            allowed = other in inside | {room, "__version__", ""}
        else:
            allowed = top in outside | BACKPORTS or top in sys.stdlib_module_names
        if not allowed:
            found.append(f"line {line}: {room} may not import {name}")
    return found


def sub_breaches(room: str, sub_room: str, source: str) -> list[str]:
    """What a module of this sub-room imports from its own room but may not, each as a line for the reader."""
    allowed = SUB_ROOMS[room][sub_room] | {sub_room}
    prefix = f"steepest.{room}"
    found = []
    for line, name in imports(source):
        if name == prefix or name.startswith(f"{prefix}."):
            # The room itself is its `__init__`, which lies above all of its sub-rooms.
            other = name.removeprefix(prefix).removeprefix(".").partition(".")[0]
            if other not in allowed:
                found.append(f"line {line}: {room}.{sub_room} may not import {name}")
    return found


def modules() -> list[Path]:
    return sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if "page" not in path.parts[-3:-1])


@pytest.mark.parametrize("module", modules(), ids=str)
def test_module_imports_only_what_its_layer_may(module: Path) -> None:
    room = module.parts[0].removesuffix(".py")
    assert room in ROOMS, f"{room} has no line in the table of layers"
    assert breaches(room, (PACKAGE / module).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", [path for path in modules() if path.parts[0] in SUB_ROOMS], ids=str)
def test_module_imports_only_from_sub_rooms_below(module: Path) -> None:
    room, sub_room = module.parts[0], module.parts[1].removesuffix(".py")
    if sub_room != "__init__":
        assert sub_room in SUB_ROOMS[room], f"{room}.{sub_room} has no line in the table of sub-rooms"
        assert sub_breaches(room, sub_room, (PACKAGE / module).read_text(encoding="utf-8")) == []


def test_modules_are_found() -> None:
    rooms = {module.parts[0] for module in modules()}
    assert {"spec", "problems", "optimizers", "engine", "protocol", "server", "cli"} <= rooms


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("engine", "from steepest.server.http.app import app"),
        ("engine", "from steepest import server"),
        ("engine", "import fastapi"),
        ("spec", "import torch"),
        ("spec", "def late():\n    import steepest.engine"),
        ("problems", "from steepest.optimizers import sgd"),
        ("protocol", "import websockets.asyncio.client as ws"),
        ("engine", "from . import advance"),
    ],
)
def test_a_bad_import_is_found(room: str, source: str) -> None:
    assert len(breaches(room, source)) == 1


@pytest.mark.parametrize(
    ("room", "sub_room", "source"),
    [
        ("engine", "recording", "from steepest.engine.diagnosis.state import Memory"),
        ("engine", "preparation", "from steepest.engine.run.lr_scheduler import LrScheduler"),
        ("engine", "diagnosis", "def late():\n    import steepest.engine.run.metrics"),
        ("engine", "model_analysis", "from steepest.engine import advance"),
        ("export", "script", "from steepest.export.report.words import WORDS"),
        ("export", "csv", "from steepest.export import export"),
        ("server", "worker", "from steepest.server.live.session import Session"),
        ("server", "security", "from steepest.server.http.app import create_app"),
        ("server", "live", "from steepest.server.http.endpoint import endpoint"),
        ("server", "worker", "from steepest.server import errors"),
    ],
)
def test_a_bad_import_within_a_room_is_found(room: str, sub_room: str, source: str) -> None:
    assert len(sub_breaches(room, sub_room, source)) == 1


def test_good_imports_within_a_room_pass() -> None:
    source = "from steepest.engine.recording.records import Chunk\nfrom steepest.engine.run.runner import Runner"
    assert sub_breaches("engine", "run", source) == []
    assert sub_breaches("export", "report", "from steepest.engine import RunRecords\nimport numpy") == []
    assert sub_breaches("server", "http", "from steepest.server.worker import export_tasks") == []


def test_good_imports_pass() -> None:
    source = "import math\nimport torch\nfrom steepest import __version__\nfrom steepest.spec import Experiment"
    assert breaches("engine", source) == []
