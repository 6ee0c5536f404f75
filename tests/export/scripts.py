"""Experiments in few words, and their exported scripts, really run."""

import contextlib
import io
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from steepest.export import Recording, export_text, record
from steepest.spec import parse_experiment

Run = tuple[dict[str, Any], Sequence[float]]

ROOT = Path(__file__).parent.parent.parent


def recording(
    surface: str | dict[str, Any],
    runs: Sequence[Run],
    edits: Sequence[dict[str, Any]] = (),
    *,
    dtype: str = "float32",
    seed: int = 0,
    steps: int = 20,
) -> Recording:
    torch.set_num_threads(1)
    problem = {"id": surface} if isinstance(surface, str) else surface
    document = {
        "version": 1,
        "problem": {"kind": "surface", **problem},
        "dtype": dtype,
        "seed": seed,
        "runs": [{"optimizer": optimizer, "start": list(start)} for optimizer, start in runs],
        "edits": list(edits),
    }
    return record(parse_experiment(document), steps)


def own(expression: str, *, dtype: str = "float32", steps: int = 5, **parameters: float) -> Recording:
    """One run of plain descent on an expression of x and y, or of x alone, with values of its parameters."""
    start = (0.7, -0.4)[: 2 if re.search(r"\by\b", expression) else 1]
    surface = {"id": "expression", "params": {"expression": expression, **parameters}}
    return recording(surface, [({"id": "sgd", "lr": 0.05}, start)], dtype=dtype, steps=steps)


def script(made: Recording) -> str:
    return export_text(made, "python")


def perform(source: str) -> str:
    """Runs a script here; returns what it printed. An assertion of its own fails as one."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "exported.py", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def perform_alone(source: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Runs a script in a process of its own in which nothing of ours, nor NumPy or plotly, can be imported."""
    path = folder / "exported.py"
    path.write_text(source, encoding="utf-8")
    forbidden = ("steepest", "plotly", "pydantic", "fastapi")
    start = f"import sys; sys.modules.update(dict.fromkeys({forbidden!r})); import runpy; runpy.run_path({str(path)!r})"
    return subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", start], capture_output=True, text=True, cwd=folder, check=False
    )


def unformatted(sources: Sequence[str], folder: Path) -> str:
    """What `ruff format` would change in any of them."""
    for n, source in enumerate(sources):
        (folder / f"exported_{n}.py").write_text(source, encoding="utf-8")
    ruff = Path(sys.executable).parent / "ruff"
    command = [str(ruff), "format", "--isolated", "--line-length", "120", "--diff", "--no-cache", "."]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    return done.stdout + (done.stderr if done.returncode else "")
