"""Entries of other packages are imported by the name they have there; what has none is refused in words."""

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.export.scripts import perform, recording, script

from steepest.export import Recording
from steepest.export.script.sources import Sources
from steepest.problems import surfaces
from steepest.spec import Invalid

MODULE = '''
import torch

class Slow(torch.optim.SGD):
    """Somebody else's."""

def mend(optimizer, before, after):
    calls.append((before["lr"], after["lr"]))

def bowl(x, y):
    return 0.5 * x**2 + 0.5 * y**2

calls = []
'''


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    (tmp_path / "other_package.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "other_package", raising=False)
    import importlib

    return importlib.import_module("other_package")


def foreign(torch_class: Any, adjust: Any) -> Recording:
    """A recording of plain SGD, whose optimizer is declared as somebody else's."""
    edits = [{"step": 4, "run": 0, "set": {"lr": 0.05}}]
    made = recording("sphere", [({"id": "sgd", "lr": 0.1}, (1.0, 2.0))], edits, steps=8)

    def taken(rule: Any) -> Any:
        return replace(rule, optimizer=replace(rule.optimizer, id="slow", torch_class=torch_class, adjust=adjust))

    (plan,) = made.prepared.plans
    turns = tuple(replace(turn, config=taken(turn.config)) for turn in plan.edits)
    plans = (replace(plan, config=taken(plan.config), edits=turns),)
    return replace(made, prepared=replace(made.prepared, plans=plans))


def test_an_optimizer_with_its_own_adjustment(other: ModuleType) -> None:
    source = script(foreign(other.Slow, other.mend))
    assert "from other_package import Slow, mend\n" in source
    assert "optimizer = Slow([position], lr=0.1)\n" in source
    perform(source)
    assert other.calls == [(0.1, 0.05)]


def test_a_surface(other: ModuleType) -> None:
    made = recording("sphere", [({"id": "sgd", "lr": 0.1}, (1.0, 2.0))], steps=0)
    problem = replace(surfaces()["sphere"], f=other.bowl).problem({})
    source = script(replace(made, prepared=replace(made.prepared, problem=problem)))
    assert "from other_package import bowl\n" in source
    perform(source)


def test_what_has_no_name_is_refused(other: ModuleType) -> None:
    with pytest.raises(Invalid, match=r"to: .* has no name to import it by"):
        script(foreign(other.Slow, lambda optimizer, before, after: None))


def test_two_of_one_name_are_refused(other: ModuleType) -> None:
    sources = Sources({"descend"})
    sources.use(other.bowl)
    other.descend = other.mend  # type: ignore[attr-defined]
    other.mend.__name__ = "descend"
    with pytest.raises(Invalid, match="two parts of the script are called descend"):
        sources.use(other.mend)
