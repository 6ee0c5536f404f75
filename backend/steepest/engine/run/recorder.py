"""Copies of each step's tensors while stepping, converted to `RunRecords` once a chunk."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import chain
from operator import is_
from struct import Struct
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from steepest.engine.recording.records import MAX_RECORDED_PARAMS, Array, RunRecords, new_records
from steepest.optimizers import StateSlot

States = Sequence[Mapping[str, Any]]  # one a parameter tensor
TorchState = Mapping[Tensor, Mapping[str, Any]]  # as `optimizer.state`
Views = Sequence[NDArray[Any]]


class Recorder(ABC):
    """One entry a record, of one run with n parameters in all. Subclasses choose how an entry is stored.

    size: n.
    loss, norms: a number each; norms holds the gradient's Euclidean norm where the gradient itself is not kept.
    params, grad: n numbers each.
    update_starts: n numbers, where the update that led to the record started.
    state: one entry a slot, None where the optimizer has no such state.
    lr, momentum: of the update that led to the record; momentum only where a schedule changes it.
    """

    def __init__(self, parameters: Sequence[Tensor], slots: Sequence[StateSlot]) -> None:
        self.parameters = parameters
        self.slots = slots
        self.size = sum(parameter.numel() for parameter in parameters)
        self.dtype = torch.empty(0, dtype=parameters[0].dtype).numpy().dtype
        self.lr: list[float] = []
        self.momentum: list[float] = []
        self.norms: list[Any] = []
        self.loss: list[Any] = []
        self.params: list[Any] = []
        self.grad: list[Any] = []
        self.update_starts: list[Any] = []
        self.state: list[list[Any]] = []
        self.start_update()

    @abstractmethod
    def record(self, loss: Tensor, state: TorchState) -> None:
        """Copies the present values: the next step overwrites parameters, gradients and state."""

    @abstractmethod
    def finite(self) -> bool:
        """Whether the last record's loss, gradient and parameters are all finite."""

    @abstractmethod
    def array(self, entries: Sequence[Any], shape: tuple[int, ...]) -> Array:
        """All m entries as an array (m, *shape) in the parameters' dtype; NaN where an entry is None."""

    @abstractmethod
    def copy_params(self) -> Any:
        """All parameters as one entry."""

    def start_update(self) -> None:
        """The next update starts at the present parameters; called again after an edit moves them."""
        self.update_start = self.copy_params()

    def to_records(self) -> RunRecords:
        """All entries; run and first step are those of a run's first record, until `join`."""
        m, n = len(self.loss), self.size
        loss = self.array(self.loss, ())
        if n:
            params, grad = self.array(self.params, (n,)), self.array(self.grad, (n,))
            with np.errstate(all="ignore"):  # a run that diverges: infinite minus infinite
                update = params - self.array(self.update_starts, (n,))
                # In float64: the squares of a large float32 gradient would overflow.
                grad_norm = np.linalg.norm(grad.astype(np.float64), axis=1).astype(grad.dtype)
        else:
            params = grad = update = np.empty((m, 0), self.dtype)
            grad_norm = self.array(self.norms, ())
        columns = zip(*self.state, strict=True) if self.state else ((),) * len(self.slots)
        return new_records(
            loss=loss,
            params=params,
            grad=grad,
            grad_norm=grad_norm,
            update=update,
            lr=np.array(self.lr, np.float64),
            momentum=np.array(self.momentum, np.float64) if self.momentum else None,
            state={
                slot.name: self.array(column, () if slot.scalar else (n,))
                for slot, column in zip(self.slots, columns, strict=True)
            },
        )


class RowRecorder(Recorder):
    """For few parameters: an entry of n numbers is their bytes, a single number is a float.

    On the CPU tensors that are changed in place are read through NumPy views that are created once. This takes a
    fraction of the time of cloning and concatenating tensors, and a chunk's records become an array in one call.
    """

    def __init__(self, parameters: Sequence[Tensor], slots: Sequence[StateSlot]) -> None:
        self._shared = all(parameter.device.type == "cpu" for parameter in parameters)  # views share a tensor's memory
        self._views = _views(parameters)
        self._states: tuple[TorchState, States] | None = None  # an optimizer's state, and its part for each parameter
        self._slot_views: dict[str, tuple[list[Any], Views]] = {}  # by slot: its tensors, and views of them
        super().__init__(parameters, slots)
        self._row = Struct(f"={self.size}{self.dtype.char}")

    @override
    def record(self, loss: Tensor, state: TorchState) -> None:
        params = self.copy_params()
        self.loss.append(loss.item())
        self.params.append(params)
        self.grad.append(self._row.pack(*_numbers([parameter.grad for parameter in self.parameters])))
        self.update_starts.append(self.update_start)
        self.update_start = params
        if self.slots and not state:  # plain SGD
            self.state.append([None] * len(self.slots))
        elif self.slots:
            states = self._by_parameter(state)
            self.state.append([self._slot(slot, states) for slot in self.slots])

    def _by_parameter(self, state: TorchState) -> States:
        """The part for each parameter, cached once it exists: a lookup with a tensor as key is slow."""
        if self._states is not None and self._states[0] is state:
            return self._states[1]
        found = [state.get(parameter) or {} for parameter in self.parameters]
        if all(found):
            self._states = state, found
        return found

    def _slot(self, slot: StateSlot, states: States) -> Any:
        values = [each.get(slot.name) for each in states]
        first = values[0]
        if slot.scalar:  # the same for every parameter
            return first.item() if isinstance(first, Tensor) else first
        known = self._slot_views.get(slot.name)
        if known is None or not self._shared or not all(map(is_, known[0], values)):  # a new tensor, or only a copy
            known = self._slot_views[slot.name] = values, self._views_of(values)
        return _bytes([view.astype(self.dtype, copy=False) for view in known[1]]) if known[1] else None

    def _views_of(self, values: Sequence[Any]) -> Views:
        """Views of a slot's tensors, one number for each parameter; empty where no parameter has the slot."""
        first = values[0]
        if isinstance(first, Tensor) and first.numel() == self.size:  # L-BFGS keeps one vector for all parameters
            return _views([first])
        if all(value is None for value in values):
            return []
        return _views([_expanded(value, each) for value, each in zip(values, self.parameters, strict=True)])

    @override
    def finite(self) -> bool:
        rows = (self._row.unpack(row[-1]) for row in (self.grad, self.params))
        return math.isfinite(self.loss[-1]) and all(all(map(math.isfinite, row)) for row in rows)

    @override
    def copy_params(self) -> Any:
        return _bytes(self._views if self._shared else _views(self.parameters))

    @override
    def array(self, entries: Sequence[Any], shape: tuple[int, ...]) -> Array:
        if shape == ():
            return np.array([math.nan if entry is None else entry for entry in entries], self.dtype)
        missing = np.full(shape, math.nan, self.dtype).tobytes()
        rows = bytearray().join([missing if entry is None else entry for entry in entries])
        return np.frombuffer(rows, self.dtype).reshape(-1, *shape)


class LossRecorder(Recorder):
    """For many parameters, whose copies would dominate a step: keeps the loss and the gradient's norm only."""

    def __init__(self, parameters: Sequence[Tensor], slots: Sequence[StateSlot]) -> None:
        super().__init__(parameters, ())
        self.size = 0
        self._values = [parameter.detach() for parameter in parameters]  # they share the parameters' memory
        self._param_norms = torch.zeros(())  # sum of the norms of all parameter tensors

    @override
    def record(self, loss: Tensor, state: TorchState) -> None:
        self.loss.append(loss.detach())
        # One call for all: this way the parameters' norms add only a fifth to the cost of the gradient's.
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        norms = torch.stack(torch._foreach_norm([*gradients, *self._values]))
        self.norms.append(torch.linalg.vector_norm(norms[: len(gradients)]))  # bit for bit nn.utils.get_total_norm
        self._param_norms = norms[len(gradients) :].sum()

    @override
    def finite(self) -> bool:
        if torch.isfinite(self.loss[-1] + self.norms[-1] + self._param_norms):
            return True
        if not torch.isfinite(self.loss[-1] + self.norms[-1]):
            return False
        if all(bool(torch.isfinite(value).all()) for value in self._values):  # only their squares overflow
            return True
        # An infinite weight before a saturated activation: neither the loss nor the gradient shows it.
        self.norms[-1] = torch.full_like(self.norms[-1], math.nan)
        return False

    @override
    def copy_params(self) -> Any:
        return None

    @override
    def array(self, entries: Sequence[Any], shape: tuple[int, ...]) -> Array:
        return torch.stack(list(entries)).cpu().numpy() if entries else np.empty((0, *shape), self.dtype)


def make_recorder(parameters: Sequence[Tensor], slots: Sequence[StateSlot]) -> Recorder:
    """The recorder that fits the number of parameters."""
    few = sum(parameter.numel() for parameter in parameters) <= MAX_RECORDED_PARAMS
    return (RowRecorder if few else LossRecorder)(parameters, slots)


def _expanded(value: Any, parameter: Tensor) -> Tensor:
    """A slot's tensor expanded to the parameter's shape, as from one number a row; NaN where there is none."""
    if not isinstance(value, Tensor) or value.dim() != parameter.dim():
        return torch.full_like(parameter, math.nan)
    return value if value.shape == parameter.shape else value.expand_as(parameter)


def _views(tensors: Sequence[Tensor]) -> Views:
    return [tensor.detach().cpu().numpy() for tensor in tensors]


def _numbers(tensors: Sequence[Any]) -> list[float]:
    """All elements as Python numbers."""
    found: list[float] = []
    for tensor in tensors:  # twice as fast as reshaping each to a vector first (measured with 6 tensors)
        numbers = tensor.tolist() if tensor.dim() else [tensor.item()]
        for _ in range(tensor.dim() - 1):
            numbers = chain.from_iterable(numbers)
        found += numbers
    return found


def _bytes(views: Views) -> bytes:
    return b"".join([view.tobytes() for view in views])
