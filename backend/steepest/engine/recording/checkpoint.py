"""Checkpoints: everything needed to continue from a step, as plain arrays and numbers without torch objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# An optimizer's state for one parameter tensor: names to arrays, numbers, None, lists, or (in a checkpoint) `Stacked`.
State = Mapping[str, Any]

# Bytes of a run's checkpoint besides its arrays, mostly of the diagnosis's state: 6 to 11 kB where it was measured.
OBJECTS = 8_000


@dataclass(frozen=True)
class Stacked:
    """A list of equally shaped arrays as one array: a tenth of the memory for the hundreds that L-BFGS keeps.

    array: (k, ...), the entries that are not None.
    present: bool[length of the list], False where the entry is None.
    """

    array: NDArray[Any]
    present: NDArray[np.bool_]

    def unstack(self) -> list[NDArray[Any] | None]:
        """The original list."""
        arrays = iter(self.array)
        return [np.array(next(arrays)) if present else None for present in self.present]


def stack_lists(state: State) -> State:
    """The same state with each list of equally shaped arrays as `Stacked`."""
    return {name: _stack(value) if isinstance(value, list) else value for name, value in state.items()}


def unstack_lists(state: State) -> State:
    """The inverse of `stack_lists`."""
    return {name: value.unstack() if isinstance(value, Stacked) else value for name, value in state.items()}


def _stack(values: list[Any]) -> list[Any] | Stacked:
    arrays = [value for value in values if value is not None]
    if not arrays or not all(isinstance(value, np.ndarray) for value in arrays):
        return values
    if len({(value.shape, value.dtype) for value in arrays}) > 1:
        return values
    return Stacked(np.stack(arrays), np.array([value is not None for value in values]))


def _nbytes(value: Any) -> int:
    if isinstance(value, Stacked):
        return value.array.nbytes + value.present.nbytes
    if isinstance(value, list):
        return sum(map(_nbytes, value))
    return value.nbytes if isinstance(value, np.ndarray) else 0


@dataclass(frozen=True)
class ScheduleState:
    """State of a learning-rate schedule.

    scheduler: attributes of the torch scheduler, numbers and lists of numbers.
    group: the rates that it keeps in the optimizer's parameter group, by name.
    momentum: the momentum (beta 1) in force, where the schedule changes it; else None.
    """

    scheduler: Mapping[str, Any]
    group: Mapping[str, float]
    momentum: float | None


@dataclass(frozen=True)
class RunCheckpoint:
    """One run after `step` updates.

    params: (n,), in the experiment's dtype.
    state: the optimizer's, one entry for each parameter tensor.
    stopped: the step at which the run diverged, or None.
    diagnosis: the diagnosis's own state after this record; None before the first diagnosis.
    gradient: (n,), accumulated by the steps before this one, where the run does not clear it; else None.
    schedule: None for a run without a schedule.
    """

    params: NDArray[Any]
    state: tuple[State, ...]
    stopped: int | None = None
    diagnosis: Any = None
    gradient: NDArray[Any] | None = None
    schedule: ScheduleState | None = None

    @property
    def size(self) -> int:
        """Bytes, those of its many small objects estimated."""
        values = (value for state in self.state for value in state.values())
        return OBJECTS + _nbytes(self.params) + _nbytes(self.gradient) + sum(map(_nbytes, values))


@dataclass(frozen=True)
class Checkpoint:
    """All runs after `step` updates. Hyperparameters follow from the experiment and its edits before `step`."""

    step: int
    runs: tuple[RunCheckpoint, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(run.size for run in self.runs)
