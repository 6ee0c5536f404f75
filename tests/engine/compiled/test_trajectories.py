"""Compiled runs have the same bits on every processor."""

import json
import platform

import pytest
from llvmlite import binding
from tests.caches import empty_cache
from tests.engine.compiled.trajectories import CASES, FILE, STEPS, made

from steepest.engine import engines_of, prepare
from steepest.engine.compiled import machine_code
from steepest.spec import parse_experiment

COMMITTED = json.loads(FILE.read_text())


def test_each_has_a_committed_fingerprint() -> None:
    assert set(COMMITTED) == set(CASES)
    assert len(set(COMMITTED.values())) == len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_fingerprint_comes_out_here(name: str) -> None:
    assert engines_of(prepare(parse_experiment(CASES[name])), 0, "cpu") == ("compiled",)
    found, last = made(CASES[name])
    assert found == COMMITTED[name]
    assert (last == STEPS) == (name != "diverging")


def _baseline() -> binding.TargetMachine:
    """The oldest processor of this kind: no vectors of 256 bits, no fused multiplication and addition."""
    cpu = "x86-64" if platform.machine().lower() in {"x86_64", "amd64"} else "generic"
    return binding.Target.from_default_triple().create_target_machine(cpu=cpu, features="", opt=3, jit=True)


# One of each kind; the others in `make test-long`.
FEW = ("adam", "radam in float64", "goldstein_price", "expression", "regression", "gelu net", "classifier of digits")
OTHERS = [pytest.param(name, marks=pytest.mark.long) for name in CASES if name not in FEW]


@pytest.mark.parametrize("name", [*FEW, *OTHERS])
def test_the_fingerprint_comes_out_of_code_for_the_oldest_processor(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_CACHE", "")
    empty_cache(monkeypatch)
    asked: list[binding.TargetMachine] = []

    def target() -> binding.TargetMachine:
        asked.append(_baseline())
        return asked[-1]

    monkeypatch.setattr(machine_code, "_target_machine", target)
    assert made(CASES[name])[0] == COMMITTED[name]
    assert asked
