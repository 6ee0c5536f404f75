"""Many steps of one run by its kernels: arrays in, arrays out."""

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import Module

from steepest.engine.compiled.draws import draw_batches
from steepest.engine.compiled.library import UpdateKernel, loop_kernel, loss_kernel, measurement_kernel
from steepest.engine.compiled.loop import FIELDS
from steepest.engine.recording.records import Array
from steepest.problems import LearningProblem, Problem
from steepest.problems.learning.measured_samples import measured_samples

_LOOP = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)
_MEASUREMENT = ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * 6)


class Objective:
    """A problem's loss as kernels, with its samples and memory to work in.

    problem: a surface, or a model with its data. dtype: of the parameters.
    modules: of the problem, that no run uses at present.
    """

    def __init__(self, problem: Problem, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.size = problem.dim
        self.loop = loop_kernel(dtype)
        self._learning = problem if isinstance(problem, LearningProblem) else None
        self.samples: tuple[Array, ...] = ()
        self._measured_arrays: tuple[Array, ...] = ()
        size, short = None, 0
        if self._learning is not None:
            train = self._learning.splits(dtype)[0]
            self.samples = tuple(each.contiguous().numpy() for each in (train.inputs, train.targets))
            batch = self._learning.document.batch
            size = batch.size
            if size is not None and batch.sampling != "replacement":
                short = len(train) % size
                size = min(size, len(train))
            self._measured = measured_samples(self._learning, dtype, "cpu")
            self._measurement = measurement_kernel(self._learning, dtype, self._measured)
            self._measured_arrays = tuple(
                each.contiguous().numpy() for each in (self._measured.inputs, self._measured.targets)
            )
        self.loss = loss_kernel(problem, dtype, size)
        self.short_loss = loss_kernel(problem, dtype, short) if short and short != size else self.loss
        kernels = [self.loss, self.short_loss, *([self._measurement] if self._learning else [])]
        self.modules: list[Module] = []
        self.scratch_bytes = max(kernel.scratch for kernel in kernels) + 64  # with room to align them
        self._scratch = np.empty(self.scratch_bytes, np.uint8)

    def large(self) -> Iterable[object]:
        """What it takes memory for; see `HoldsMemory`. Its modules are small: see `MAX_PRODUCTS`."""
        return (*self.samples, *self._measured_arrays, self._scratch)

    @property
    def scratch(self) -> int:
        """Address of the memory, aligned."""
        return aligned(self._scratch)

    @property
    def batch_rows(self) -> int:
        """Indices that are drawn for a step; none, which counts as 1, where it sees all samples, or a surface."""
        return 1 if self._learning is None else self._learning.document.batch.size or 1

    def measured(self, parameters: Array) -> tuple[Array, Array]:
        """At (k, n) parameters a model's outputs on its measured samples, (k, s, o), and the parts' losses (k, p)."""
        assert self._learning is not None
        k, dtype = len(parameters), parameters.dtype
        parts = sum(high > low for low, high in self._measured.bounds)
        outputs = np.empty((k, len(self._measured.inputs), self._learning.outputs), dtype)
        losses = np.empty((k, parts), dtype)
        addresses = (each.ctypes.data for each in (parameters, *self._measured_arrays, outputs, losses))
        _MEASUREMENT(self._measurement.code.address)(k, *addresses, self.scratch)
        return outputs, losses

    def batches(self, first: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64] | None] | None:
        """Of so many steps from `first` on: indices (count, size), and which of them are the shorter batch, if any."""
        if self._learning is None or self._learning.document.batch.size is None:
            return None
        return draw_batches(self._learning.document.batch, len(self.samples[0]), self._learning.seed, first, count)


def aligned(memory: NDArray[np.uint8]) -> int:
    """The first address in it from which a kernel may work; the last 63 bytes are room for that."""
    return -(-memory.ctypes.data // 64) * 64


@dataclass
class Position:
    """What a step reads and changes.

    parameters: (n,). state: tensors (S, n), in the kernel's order. numbers: float64[K], the state's other numbers.
    sums: (n,), the gradients before the last one where they accumulate; else None.
    gradient: (n,), the last one, once there is one.
    """

    parameters: Array
    state: Array
    numbers: NDArray[np.float64]
    sums: Array | None = None
    gradient: Array = field(default_factory=lambda: np.empty(0))

    def copy(self) -> "Position":
        """One that can be moved without moving this one."""
        return Position(self.parameters.copy(), self.state.copy(), self.numbers.copy(), self.sums)


@dataclass(frozen=True)
class Block:
    """m updates and what they led to. n is the number of parameters.

    losses, norms: (m + 1,): the loss, and the Euclidean norm of the gradient (float64); the first at the beginning.
    parameters, gradients, befores: (r, n), at the r steps that are multiples of the period, without the first one;
        befores are the parameters before the update that led there.
    states: (r, S, n). numbers: float64 (r, K).
    finite: whether the last record is; it is the run's last otherwise.
    """

    made: int
    finite: bool
    losses: Array
    norms: NDArray[np.float64]
    parameters: Array
    gradients: Array
    befores: Array
    states: Array
    numbers: NDArray[np.float64]


def run_block(
    objective: Objective,
    update: UpdateKernel | None,
    position: Position,
    hyperparameters: NDArray[np.float64],
    first: int,
    steps: int,
    period: int = 1,
) -> Block:
    """Makes the updates from step `first` on, at most `steps`, and leaves the position at the end.

    update: None where no step is to be made. hyperparameters: (1, H) for all steps, or (steps, H).
    """
    return run_blocks(objective, update, [position], [hyperparameters], first, steps, period)[0]


def run_blocks(
    objective: Objective,
    update: UpdateKernel | None,
    positions: Sequence[Position],
    hyperparameters: Sequence[NDArray[np.float64]],
    first: int,
    steps: int,
    period: int = 1,
) -> list[Block]:
    """`run_block` for many runs, in one call. A run's numbers do not depend on which others are with it."""
    calls = [
        _Call(objective, update, position, table, first, steps, period)
        for position, table in zip(positions, hyperparameters, strict=True)
    ]
    results = run_loop(objective, np.array([[call.fields[name] for name in FIELDS] for call in calls], np.int64))
    return [call.block(result) for call, result in zip(calls, results.tolist(), strict=True)]


def run_loop(objective: Objective, fields: NDArray[np.int64]) -> NDArray[np.int64]:
    """The loop itself. fields: (runs, fields), see `loop.py`. Returns its results, (runs,)."""
    results = np.empty(len(fields), np.int64)
    _LOOP(objective.loop.address)(len(fields), fields.ctypes.data, results.ctypes.data)
    return results


class _Call:
    """The memory of one run's block, and the addresses in it by the loop's names."""

    def __init__(
        self,
        objective: Objective,
        update: UpdateKernel | None,
        position: Position,
        hyperparameters: NDArray[np.float64],
        first: int,
        steps: int,
        period: int,
    ) -> None:
        self._size, self._position, self._first, self._period = objective.size, position, first, period
        n, dtype = objective.size, position.parameters.dtype
        self._row = np.concatenate([position.parameters, np.empty(2 * n, dtype), position.state.reshape(-1)])
        self._numbers = np.append(position.numbers, 0.0)  # never empty
        self._sums = None if position.sums is None else position.sums.copy()
        kept = (first + steps) // period - first // period
        self._rows = np.empty((kept, len(self._row)), dtype)
        self._number_rows = np.empty((kept, len(self._numbers)))
        self._losses, self._norms = np.empty(steps + 1, dtype), np.empty(steps + 1)
        self._table = np.ascontiguousarray(hyperparameters, np.float64)
        batches = objective.batches(first, steps + 1)
        self._indices: NDArray[np.int64] | None = None if batches is None else batches[0]
        self._short: NDArray[np.int64] | None = None if batches is None else batches[1]
        inputs, targets = objective.samples or (None, None)
        self.fields: dict[str, int] = {
            "steps": steps,
            "size": n,
            "update": 0 if update is None else update.code.address,
            "loss": objective.loss.code.address,
            "short_loss": objective.short_loss.code.address,
            "row_size": len(self._row),
            "numbers_size": len(self._numbers),
            "hyperparameters_stride": self._table.shape[1] if len(self._table) > 1 else 0,
            "indices_stride": 0 if self._indices is None else self._indices.shape[1],
            "scratch": objective.scratch,
            "period": period,
            "offset": first % period,
        }
        arrays = {
            "row": self._row,
            "sums": self._sums,
            "numbers": self._numbers,
            "hyperparameters": self._table,
            "inputs": inputs,
            "targets": targets,
            "indices": self._indices,
            "short": self._short,
            "losses": self._losses,
            "norms": self._norms,
            "rows": self._rows,
            "number_rows": self._number_rows,
        }
        self.fields |= {name: 0 if array is None else array.ctypes.data for name, array in arrays.items()}

    def block(self, result: int) -> Block:
        """What the loop left, by its result; the position is moved to the end."""
        made, finite = (result, True) if result >= 0 else (-result - 1, False)
        n, row, position = self._size, self._row, self._position
        slots = len(row) // n - 3
        position.parameters, position.gradient = row[:n], row[n : 2 * n]
        position.state = row[3 * n :].reshape(slots, n)
        position.numbers, position.sums = self._numbers[:-1], self._sums
        found = self._rows[: (self._first + made) // self._period - self._first // self._period]
        return Block(
            made,
            finite,
            self._losses[: made + 1],
            self._norms[: made + 1],
            found[:, :n],
            found[:, n : 2 * n],
            found[:, 2 * n : 3 * n],
            found[:, 3 * n :].reshape(len(found), slots, n),
            self._number_rows[: len(found), :-1],
        )
