"""Many runs of one problem at once, which differ in their start and in hyperparameters, by the kernels' own loop."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steepest.engine.compiled.block import Objective, aligned, run_loop
from steepest.engine.compiled.branches import same_branch
from steepest.engine.compiled.library import UpdateKernel, update_kernel
from steepest.engine.compiled.loop import FIELDS
from steepest.engine.compiled.trace import float_arguments
from steepest.engine.recording.records import Array
from steepest.optimizers import Optimizer
from steepest.spec import Value

_LONGEST = 2**22  # indices of batches that are drawn ahead
_WHOLE = frozenset(("losses", "rows"))
_NEVER = 2**62  # a period that no step is a multiple of

# Hyperparameters that decide which side of torch's code an update takes: runs that differ in them are not run at once.
DECIDING: Mapping[str, frozenset[str]] = {"radam": frozenset(("betas.0", "betas.1")), "asgd": frozenset(("t0",))}


@dataclass(frozen=True)
class GridRuns:
    """k runs of at most `steps` updates, with n parameters; d is their dtype.

    made: int64[k], updates. finite: bool[k], whether the last record is; it is the run's last otherwise.
    starts, ends: d[k, n], the first and the last parameters.
    losses: d[k, steps + 1], NaN after a run's last record.
    path: d[k, steps, n], the parameters after each update, undefined after a run's last record; None where not kept.
    """

    made: NDArray[np.int64]
    finite: NDArray[np.bool_]
    starts: Array
    ends: Array
    losses: Array
    path: Array | None


def run_grid(
    objective: Objective,
    optimizer: Optimizer,
    values: Mapping[str, Value],
    varied: Mapping[str, NDArray[np.float64]],
    starts: Array,
    steps: int,
    *,
    zero_grad: bool,
    keep_path: bool,
) -> GridRuns:
    """Makes `steps` updates of each run, as a compiled run without edits and schedule does, bit for bit.

    values: the optimizer's hyperparameters. varied: those that differ, float64[k] by the kernel's name, such as
        `betas.0`; each is 0 in all runs or in none, and none is in `DECIDING`.
    starts: (k, n), of the objective's dtype.
    """
    return _Grid(objective, optimizer, values, varied, starts, steps, zero_grad, keep_path).run()


class _Grid:
    """The runs between two calls of the loop."""

    def __init__(
        self,
        objective: Objective,
        optimizer: Optimizer,
        values: Mapping[str, Value],
        varied: Mapping[str, NDArray[np.float64]],
        starts: Array,
        steps: int,
        zero_grad: bool,
        keep_path: bool,
    ) -> None:
        self.objective, self.optimizer, self.steps = objective, optimizer, steps
        self.values = _with_first(values, varied)
        self.varied, self.starts = varied, starts
        k, n = starts.shape
        self.params = starts.copy()
        self.made, self.finite = np.zeros(k, np.int64), np.ones(k, np.bool_)
        self.losses = np.full((k, steps + 1), np.nan, starts.dtype)
        self.path = np.empty((k, steps, n), starts.dtype) if keep_path else None
        self.sums = None if zero_grad else np.zeros_like(starts)
        self.vectors: dict[str, Array] = {}  # of the state, (k, n)
        self.numbers: dict[str, NDArray[np.float64]] = {}  # (k,)
        self.scratch = np.empty(objective.scratch_bytes, np.uint8)  # its own: other threads run other grids

    def run(self) -> GridRuns:
        """All steps."""
        element: dict[str, Tensor] = {}
        at, active = 0, np.arange(len(self.starts))
        while at < self.steps and len(active):
            lead = int(active[0])
            known = {name: float(column[lead]) for name, column in self.numbers.items()}
            most = min(self.steps - at, max(1, _LONGEST // self.objective.batch_rows))
            branch, count = same_branch(self.optimizer.id, self.values, known, most)
            kernel = update_kernel(self.optimizer, self.values, element, branch, self.objective.dtype)
            count = 1 if not element and kernel.names else count  # the first update makes the state
            self._advance(kernel, active, at, count)
            element = self._element(kernel, lead)
            at += count
            active = active[self.finite[active]]
        return GridRuns(self.made, self.finite, self.starts, self.params, self.losses, self.path)

    def _element(self, kernel: UpdateKernel, run: int) -> dict[str, Tensor]:
        """The state of one element of a run, as torch would have it."""
        return {
            name: torch.from_numpy(self.vectors[name][run, :1].copy())
            if name in kernel.vectors
            else torch.tensor(self.numbers[name][run], dtype=getattr(torch, kernel.numbers[name]))
            for name in kernel.names
        }

    def _advance(self, kernel: UpdateKernel, active: NDArray[np.int64], at: int, count: int) -> None:
        """At most so many updates of the active runs, with one kernel."""
        k, n, dtype = len(active), self.objective.size, self.params.dtype
        nothing = np.zeros((k, n), dtype)
        states = [self.vectors[name][active] if name in self.vectors else nothing for name in kernel.vectors]
        row = np.concatenate([self.params[active], nothing, nothing, *states], axis=1)
        numbers = np.zeros((k, len(kernel.numbers) + 1))  # never empty
        for place, name in enumerate(kernel.numbers):
            if name in self.numbers:
                numbers[:, place] = self.numbers[name][active]
        sums = None if self.sums is None else self.sums[active]
        arrays = {
            "row": row,
            "sums": sums,
            "numbers": numbers,
            "hyperparameters": self._table(kernel, active),
            "losses": self.losses,
            "rows": self.path,
        }
        shared = self._shared(kernel, at, count)
        addresses = {name: array.ctypes.data for name, array in shared.items() if array is not None}
        numbers_only = self._numbers(kernel, at, count, shared["indices"])
        fields = _table_of_fields({**addresses, **numbers_only}, arrays, at, active)
        result = run_loop(self.objective, fields)
        made, finite = np.where(result >= 0, result, -result - 1), result >= 0
        self.made[active] += made
        self.finite[active] = finite
        self.params[active] = row[:, :n]
        for place, name in enumerate(kernel.vectors, start=3):
            self.vectors.setdefault(name, np.zeros_like(self.params))[active] = row[:, place * n : (place + 1) * n]
        for place, name in enumerate(kernel.numbers):
            self.numbers.setdefault(name, np.zeros(len(self.params)))[active] = numbers[:, place]
        if self.sums is not None and sums is not None:
            self.sums[active] = sums

    def _table(self, kernel: UpdateKernel, active: NDArray[np.int64]) -> NDArray[np.float64]:
        """(k, H)."""
        same = float_arguments(self.optimizer.arguments(self.values))
        columns = [
            self.varied[name][active] if name in self.varied else np.full(len(active), same[name])
            for name in kernel.hyperparameters
        ]
        return np.stack(columns, axis=1)

    def _shared(self, kernel: UpdateKernel, at: int, count: int) -> dict[str, Array | None]:
        """The arrays that all runs share, by the loop's names: samples, batches, and memory that nobody reads after."""
        batches = self.objective.batches(at, count + 1)
        inputs, targets = self.objective.samples or (None, None)
        return {
            "inputs": inputs,
            "targets": targets,
            "indices": None if batches is None else batches[0],
            "short": None if batches is None else batches[1],
            "norms": np.empty(count + 1),
            "number_rows": np.empty(count * (len(kernel.numbers) + 1)),
        }

    def _numbers(self, kernel: UpdateKernel, at: int, count: int, indices: Array | None) -> dict[str, int]:
        """The loop's other fields."""
        return {
            "steps": count,
            "size": self.objective.size,
            "update": kernel.code.address,
            "loss": self.objective.loss.code.address,
            "short_loss": self.objective.short_loss.code.address,
            "row_size": self.objective.size,  # of a row, only the parameters are recorded
            "numbers_size": len(kernel.numbers) + 1,
            "indices_stride": 0 if indices is None else indices.shape[1],
            "scratch": aligned(self.scratch),
            "period": _NEVER if self.path is None else 1,
            "offset": 1 if self.path is None else at,
        }


def _table_of_fields(
    same: Mapping[str, int], own: Mapping[str, Array | None], at: int, active: NDArray[np.int64]
) -> NDArray[np.int64]:
    """What the loop is told, int64 (k, fields).

    same: for all runs. own: arrays with a row for each run; those of `_WHOLE` have all runs, and all steps, whose next
        is number `at`.
    """
    fields = np.zeros((len(active), len(FIELDS)), np.int64)
    for name, value in same.items():
        fields[:, FIELDS.index(name)] = value
    for name, array in own.items():
        if array is not None:
            whole = name in _WHOLE
            first = array.ctypes.data + (at * array.strides[1] if whole else 0)
            fields[:, FIELDS.index(name)] = first + (active if whole else np.arange(len(active))) * array.strides[0]
    return fields


def _with_first(values: Mapping[str, Value], varied: Mapping[str, NDArray[np.float64]]) -> dict[str, Value]:
    """The hyperparameters of the first run."""
    found = dict(values)
    for name, column in varied.items():
        whole, _, place = name.partition(".")
        if not place:
            found[name] = float(column[0])
        else:
            pair = found[whole]
            assert isinstance(pair, list)
            numbers = [each if isinstance(each, float) else None for each in pair]
            numbers[int(place)] = float(column[0])
            found[whole] = numbers
    return found
