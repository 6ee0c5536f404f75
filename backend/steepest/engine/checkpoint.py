"""All that is needed to go on from a step: plain arrays and numbers, nothing of torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from steepest.engine.diagnosis.memory import Memory

# An optimizer's state for one parameter: names to arrays, numbers, None, or lists of arrays (LBFGS).
State = Mapping[str, Any]


@dataclass(frozen=True)
class RunCheckpoint:
    """One run after `step` updates.

    params: (n,), in the experiment's dtype. state: one entry a parameter tensor.
    stopped: the step at which it diverged, or None. memory: what the diagnosis remembers of the way here.
    """

    params: NDArray[Any]
    state: tuple[State, ...]
    stopped: int | None = None
    memory: Memory | None = None


@dataclass(frozen=True)
class Checkpoint:
    """All runs after `step` updates. Hyperparameters follow from the experiment and its edits before `step`."""

    step: int
    runs: tuple[RunCheckpoint, ...]
