"""A run whose steps are made by kernels; what has no kernel, such as L-BFGS after an edit, is stepped by torch."""

import sys
from collections.abc import Mapping, Sequence
from itertools import count
from math import gcd
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import Module
from typing_extensions import override

from steepest.engine.compiled.block import Block, Objective, Position, run_block
from steepest.engine.compiled.branches import same_branch
from steepest.engine.compiled.library import UpdateKernel, update_kernel
from steepest.engine.compiled.rule import experiment_compiles, update_compiles
from steepest.engine.compiled.trace import float_arguments
from steepest.engine.preparation.plan import AppliedEdit, RunPlan
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.checkpoint import RunCheckpoint
from steepest.engine.recording.records import MAX_RECORDED_PARAMS, METRICS_PERIOD, Array, RunRecords, join, new_records
from steepest.engine.run.recorder import make_recorder
from steepest.engine.run.runner import Runner
from steepest.problems import CACHE

_MAX_ROWS = 500_000  # numbers in the recorded rows of one block
_STATE_TENSORS = 4  # more than any optimizer with a kernel has


def make_runner(
    prepared: Prepared,
    plan: RunPlan,
    checkpoint: RunCheckpoint | None,
    step: int,
    device: str,
    every: int = 0,
    *,
    measured: bool = True,
) -> Runner:
    """The runner that the experiment's document asks for. measured: whether a model gets metrics."""
    kind = CompiledRunner if experiment_compiles(prepared, device) else Runner
    return kind(prepared, plan, checkpoint, step, device, every, measured=measured)


def objective_of(prepared: Prepared) -> Objective:
    """The problem's kernels. Kept: the sessions of a problem, and the chunks of a session, share it."""
    problem, dtype = prepared.problem, prepared.dtype
    return CACHE.keep("problem", problem, ("objective", dtype), lambda: Objective(problem, dtype))


class CompiledRunner(Runner):
    """Steps in blocks. Between them parameters, state and schedule are torch's, as in a `Runner`."""

    def __init__(
        self,
        prepared: Prepared,
        plan: RunPlan,
        checkpoint: RunCheckpoint | None,
        step: int,
        device: str,
        every: int = 0,
        *,
        measured: bool = True,
    ) -> None:
        self._objective = objective_of(prepared)
        super().__init__(prepared, plan, checkpoint, step, device, every, measured=measured)
        self._dtype = prepared.dtype
        self._parts: list[RunRecords] = []
        n = self._objective.size
        self._few = n <= MAX_RECORDED_PARAMS  # parameters, so that every record has them
        self._period = 1 if self._few else gcd(METRICS_PERIOD, every or METRICS_PERIOD)
        self._longest_block = max(1, _MAX_ROWS * self._period // (n * (3 + _STATE_TENSORS)))

    @override
    def _module(self, prepared: Prepared, start: Tensor) -> Module:
        """One that another runner has closed, if any: making a network takes longer than a hundred steps."""
        if not self._objective.modules:
            return super()._module(prepared, start)
        module = self._objective.modules.pop()
        parameters = list(module.parameters())
        with torch.no_grad():
            for parameter, values in zip(parameters, prepared.problem.parameter_tensors(start), strict=True):
                parameter.copy_(values)
                parameter.grad = None
        return module

    @property
    @override
    def by_torch_from(self) -> int:
        if not update_compiles(self.plan.config_before(self.at + 1)):
            return self.at
        others = (edit.step for edit in self.plan.edits if not update_compiles(edit.config))
        return min((step for step in others if step > self.at), default=sys.maxsize)

    @override
    def close(self) -> None:
        self._objective.modules.append(self.module)

    @override
    def begin(self, record: bool) -> None:
        if not update_compiles(self.config):
            super().begin(record)
            return
        if self._saved_gradient is not None:
            self._gradient_sums = self._tensors(self._saved_gradient)
        if record:
            position = self._position()
            block = run_block(self._objective, None, position, np.zeros((1, 1)), self.at, 0)
            start, gradient = position.parameters[None], position.gradient[None]
            self._add(block.losses, block.norms, start, gradient, start, {}, np.full(1, np.nan))
            self._observe([self.at], start, gradient, start)
            self.finite = block.finite

    @override
    def advance(self, until: int) -> None:
        while self.finite and self.at < until:
            self.apply_edits(self.at)
            if update_compiles(self.config):
                self._advance_block(min([until, *(edit.step for edit in self.plan.edits if edit.step > self.at)]))
            else:
                self._step()
                self._record()

    def _advance_block(self, until: int) -> None:
        """Steps at most up to `until`, with one kernel."""
        values, optimizer = self.values, self.config.optimizer
        state = self.optimizer.state.get(self.parameters[0], {})
        numbers = {name: value.item() for name, value in state.items() if not value.dim()}
        element = {name: value.reshape(-1)[:1].clone() if value.dim() else value for name, value in state.items()}
        most = min(until - self.at, self._longest_block)
        branch, steps = same_branch(optimizer.id, values, numbers, most)
        kernel = update_kernel(optimizer, values, element, branch, self._dtype)
        steps = 1 if not element and kernel.names else steps  # the first update makes the state
        table, steps = self._hyperparameters(kernel, steps)
        position = self._position(kernel)
        if self.scheduler is not None and self.scheduler.follows_losses:
            steps = self._follow_losses(kernel, position, table, steps)
        block = run_block(self._objective, kernel, position, table, self.at, steps, self._period)
        self._record_block(kernel, block, table)  # first: it moves the parameters to where the model is measured
        self._save(kernel, position)
        self.at += block.made
        self.finite = block.finite

    # ---- between torch and the kernels -------------------------------------------------------------------------------

    def _position(self, kernel: UpdateKernel | None = None) -> Position:
        """Torch's parameters and state as the kernel takes them."""
        size = self._objective.size
        parameters = _flat(self.parameters)
        vectors, numbers = (kernel.vectors, kernel.numbers) if kernel else ((), {})
        states = [self.optimizer.state.get(parameter, {}) for parameter in self.parameters]
        rows = [_flat([state[name] for state in states]) if name in states[0] else None for name in vectors]
        sums = None
        if not self.plan.zero_grad:
            known = [each for each in self._gradient_sums if each is not None]
            sums = _flat(known) if known else np.zeros_like(parameters)
        return Position(
            parameters=parameters,
            state=np.stack([np.zeros_like(parameters) if row is None else row for row in rows])
            if rows
            else np.empty((0, size), parameters.dtype),
            numbers=np.array([float(states[0].get(name, 0.0)) for name in numbers]),
            sums=sums,
        )

    def _save(self, kernel: UpdateKernel, position: Position) -> None:
        """A kernel's parameters and state as torch's own."""
        self._move(torch.from_numpy(position.parameters))
        self.recorder.start_update()
        if position.sums is not None:
            self._gradient_sums = self._tensors(position.sums)
        columns = {name: self._tensors(row) for name, row in zip(kernel.vectors, position.state, strict=True)}
        for n, parameter in enumerate(self.parameters):
            state = {name: columns[name][n] for name in kernel.vectors}
            for (name, dtype), value in zip(kernel.numbers.items(), position.numbers, strict=True):
                state[name] = torch.tensor(value, dtype=getattr(torch, dtype))
            if state:
                self.optimizer.state[parameter] = {name: state[name] for name in kernel.names}

    def _tensors(self, flat: Array) -> list[Tensor | None]:
        """A vector (n,) as one new tensor for each parameter tensor."""
        return [
            torch.from_numpy(values.copy()).view_as(parameter)
            for parameter, values in zip(self.parameters, self._split(flat), strict=True)
        ]

    @override
    def _apply(self, edit: AppliedEdit) -> None:
        if not update_compiles(edit.config):
            super()._apply(edit)
            return
        # As torch does, except that the kernel evaluates the gradient by itself.
        self._put(edit)

    # ---- hyperparameters ---------------------------------------------------------------------------------------------

    def _hyperparameters(self, kernel: UpdateKernel, steps: int) -> tuple[NDArray[np.float64], int]:
        """The kernel's hyperparameters for at most so many steps, and for how many.

        (1, H) where all steps have the same. A schedule that does not depend on losses is stepped as often.
        """
        row = self._present(kernel)
        if self.scheduler is None or self.scheduler.follows_losses:
            return row[None], steps
        rows = [row]
        self.scheduler.expect_update()
        for made in count(1):
            self.scheduler.step(0.0)
            row = self._present(kernel)
            # The kernel is for hyperparameters that are 0 where these are; a rate may be 0 in every kernel.
            if made == steps or not np.array_equal(row[1:] == 0, rows[0][1:] == 0):
                break
            rows.append(row)
        return np.stack(rows), len(rows)

    def _present(self, kernel: UpdateKernel) -> NDArray[np.float64]:
        group = self.optimizer.param_groups[0]
        known = float_arguments({name: group[name] for name in self.config.optimizer.arguments(self.config.values)})
        return np.array([known[name] for name in kernel.hyperparameters])

    def _follow_losses(self, kernel: UpdateKernel, position: Position, table: NDArray[np.float64], steps: int) -> int:
        """The number of steps until the schedule, which reads the losses, changes the rate; it is stepped as often."""
        assert self.scheduler is not None
        trial = position.copy()
        losses = run_block(self._objective, kernel, trial, table, self.at, steps, steps + 1).losses
        rate = self.scheduler.lr
        self.scheduler.expect_update()
        for made, loss in enumerate(losses[:-1].tolist(), start=1):
            self.scheduler.step(loss)
            if self.scheduler.lr != rate:
                return made
        return len(losses) - 1

    # ---- records -----------------------------------------------------------------------------------------------------

    def _record_block(self, kernel: UpdateKernel, block: Block, table: NDArray[np.float64]) -> None:
        """The records that the block's updates led to."""
        steps = range(self.at + 1, self.at + block.made + 1)
        recorded = [step for step in steps if step % self._period == 0]
        self._observe(recorded, block.parameters, block.gradients, block.befores)
        rates = np.broadcast_to(table, (max(len(table), block.made), table.shape[1]))[: block.made]
        names = list(kernel.hyperparameters)
        self._lr = float(rates[-1, names.index("lr")])
        momenta = None
        if self.plan.cycles_momentum:
            momenta = rates[:, names.index("betas.0" if "betas.0" in names else "momentum")]
            self._momentum = float(momenta[-1])
        states = {name: block.states[:, n] for n, name in enumerate(kernel.vectors)}
        states |= {name: block.numbers[:, n] for n, name in enumerate(kernel.numbers)}
        norms = block.norms[1:]
        if not (block.finite or self._few) and np.isfinite(block.losses[-1] + norms[-1]):
            norms = np.append(norms[:-1], np.nan)  # only a parameter is not finite, and the record has none
        arrays = (block.losses[1:], norms, block.parameters, block.gradients, block.befores)
        self._add(*arrays, states, rates[:, names.index("lr")], momenta)

    def _observe(self, steps: Sequence[int], parameters: Array, gradients: Array, befores: Array) -> None:
        """Draws and measures the model at those of the k steps that are due. Arrays are (k, n)."""
        if self._fits is not None:
            for step, row in zip(steps, parameters, strict=True):
                if self._fits.due(step):
                    self._put_parameters(row)
                    self._fits.record(step)
        due = [] if self._metrics is None else [n for n, step in enumerate(steps) if self._metrics.due(step)]
        if due and self._metrics is not None:
            at, slopes, starts = (np.ascontiguousarray(each[due]) for each in (parameters, gradients, befores))
            measured = self._objective.measured(at)
            self._metrics.record_rows([steps[n] for n in due], at, slopes, starts, measured, self._put_parameters)

    def _put_parameters(self, row: Array) -> None:
        self._move(torch.from_numpy(row.copy()))

    def _add(
        self,
        losses: Array,
        norms: NDArray[np.float64],
        parameters: Array,
        gradients: Array,
        befores: Array,
        states: Mapping[str, Array],
        rates: NDArray[np.float64],
        momenta: NDArray[np.float64] | None = None,
    ) -> None:
        """Adds the next m records. Where they are many parameters, the records have none."""
        self._take_recorded()
        m, dtype = len(losses), losses.dtype
        if not self._few:
            parameters = gradients = befores = np.empty((m, 0), dtype)
        slots = self.plan.slots if self._few else ()
        missing = {slot.name: (m,) if slot.scalar else parameters.shape for slot in slots}
        with np.errstate(all="ignore"):  # a run that diverges: infinite minus infinite
            norm, update = norms.astype(dtype), parameters - befores
        momentum = None
        if self.plan.cycles_momentum:
            momentum = np.full(m, np.nan) if momenta is None else momenta.astype(np.float64)
        self._parts.append(
            new_records(
                loss=losses,
                params=parameters,
                grad=gradients,
                grad_norm=norm,
                update=update,
                lr=rates.astype(np.float64),
                momentum=momentum,
                state={
                    name: np.full(shape, np.nan, dtype) if name not in states else states[name].astype(dtype)
                    for name, shape in missing.items()
                },
            )
        )

    def _take_recorded(self) -> None:
        """Moves what torch's steps recorded into the parts."""
        if self.recorder.loss:
            self._parts.append(self.recorder.to_records())
            self.recorder = make_recorder(self.parameters, self.plan.slots)

    @override
    def records(self, run: int, first: int) -> RunRecords:
        self._take_recorded()
        return join(self._parts or [self.recorder.to_records()], run, first, *self._observed())


def _flat(tensors: Sequence[Any]) -> Array:
    """All elements as one new vector."""
    return np.concatenate([tensor.detach().reshape(-1).numpy() for tensor in tensors])
