"""All that is needed to go on from a step: plain arrays and numbers, nothing of torch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.state import AnyMemory
from steepest.engine.run.lr_scheduler import ScheduleState

# An optimizer's state for one parameter: names to arrays, numbers, None, lists, or in a checkpoint `Stacked`.
State = Mapping[str, Any]


@dataclass(frozen=True)
class Stacked:
    """A list of equally shaped arrays, as L-BFGS keeps hundreds of: in one piece it takes a tenth of the room.

    array: (k, ...), those that are there. there: (length of the list,), False for None.
    """

    array: NDArray[Any]
    there: NDArray[np.bool_]

    def unstacked(self) -> list[NDArray[Any] | None]:
        """The list again."""
        arrays = iter(self.array)
        return [np.array(next(arrays)) if there else None for there in self.there]


def stacked(state: State) -> State:
    """The same state with its lists stacked where that can be done."""
    return {name: _stacked(value) if isinstance(value, list) else value for name, value in state.items()}


def unstacked(state: State) -> State:
    """The state that was stacked."""
    return {name: value.unstacked() if isinstance(value, Stacked) else value for name, value in state.items()}


def _stacked(values: list[Any]) -> list[Any] | Stacked:
    arrays = [value for value in values if value is not None]
    if not arrays or not all(isinstance(value, np.ndarray) for value in arrays):
        return values
    first = arrays[0]
    if any(value.shape != first.shape or value.dtype != first.dtype for value in arrays):
        return values
    return Stacked(np.stack(arrays), np.array([value is not None for value in values]))


def _bytes(value: Any) -> int:
    if isinstance(value, Stacked):
        return value.array.nbytes + value.there.nbytes
    if isinstance(value, list):
        return sum(map(_bytes, value))
    return value.nbytes if isinstance(value, np.ndarray) else 0


@dataclass(frozen=True)
class RunCheckpoint:
    """One run after `step` updates.

    params: (n,), in the experiment's dtype. state: one entry a parameter tensor.
    stopped: the step at which it diverged, or None. memory: what the diagnosis remembers of the way here.
    gradient: (n,), added up by the steps before this one, where the run does not clear it; else None.
    """

    params: NDArray[Any]
    state: tuple[State, ...]
    stopped: int | None = None
    memory: AnyMemory | None = None
    gradient: NDArray[Any] | None = None
    schedule: ScheduleState | None = None

    @property
    def size(self) -> int:
        """Bytes of its arrays."""
        held = 0 if self.gradient is None else self.gradient.nbytes
        return self.params.nbytes + held + sum(_bytes(value) for state in self.state for value in state.values())

    def of_run(self, run: int) -> "RunCheckpoint":
        """The same as a branch has it that is run `run` of the experiment: what helps is an edit of that run."""
        if self.memory is None or self.memory.verdict.remedy is None:
            return self
        remedy = self.memory.verdict.remedy.model_copy(update={"run": run})
        verdict = self.memory.verdict.model_copy(update={"remedy": remedy})
        return replace(self, memory=replace(self.memory, verdict=verdict))


@dataclass(frozen=True)
class Checkpoint:
    """All runs after `step` updates. Hyperparameters follow from the experiment and its edits before `step`."""

    step: int
    runs: tuple[RunCheckpoint, ...]

    @property
    def size(self) -> int:
        """Bytes of its arrays; what is beside them is small."""
        return sum(run.size for run in self.runs)
