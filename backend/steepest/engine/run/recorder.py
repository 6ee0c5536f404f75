"""What is kept of every step while stepping, and turned into arrays once a chunk."""

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

from steepest.engine.recording.records import Array
from steepest.optimizers import StateSlot

SMALL = 64  # parameters: up to here every record holds all of them

States = Sequence[Mapping[str, Any]]  # one a parameter
TorchState = Mapping[Tensor, Mapping[str, Any]]  # as `optimizer.state`
Views = Sequence[NDArray[Any]]


class Recorder(ABC):
    """One entry a record, of one run with n parameters in all.

    loss: one number; params, grad: n numbers; origins: n numbers, where the update that led there began; state: one
    entry for each slot, None where the optimizer has none. How an entry is held is each kind's own affair.
    """

    def __init__(self, parameters: Sequence[Tensor], slots: Sequence[StateSlot]) -> None:
        self.parameters = parameters
        self.slots = slots
        self.size = sum(parameter.numel() for parameter in parameters)
        self.lr: list[float] = []  # of the update that led to each record
        self.momentum: list[float] = []  # the same, where a schedule turns it
        self.norms: list[Any] = []  # Euclidean, of the gradient, where the gradient itself is not kept
        self.dtype = torch.empty(0, dtype=parameters[0].dtype).numpy().dtype
        self.loss: list[Any] = []
        self.params: list[Any] = []
        self.grad: list[Any] = []
        self.origins: list[Any] = []
        self.state: list[list[Any]] = []
        self.jump()

    @abstractmethod
    def record(self, loss: Tensor, state: TorchState) -> None:
        """Copies this moment: the next step writes over parameters, gradients and state."""

    @abstractmethod
    def finite(self) -> bool:
        """Whether the last record's loss, gradient and parameters are all finite."""

    @abstractmethod
    def array(self, entries: Sequence[Any], shape: tuple[int, ...]) -> Array:
        """All entries, m of them, as one array (m, *shape) in the parameters' dtype; NaN where an entry is None."""

    @abstractmethod
    def position(self) -> Any:
        """Copy of all parameters, as an entry."""

    def jump(self) -> None:
        """The parameters were put somewhere: the next update begins here."""
        self.origin = self.position()


class RowRecorder(Recorder):
    """For few numbers on the CPU: an entry of n numbers is their bytes, one of a single number is that.

    What is changed in place is read through NumPy, whose views of it are made once. So a step is recorded in a fraction
    of the time of cloning and joining tensors, and a chunk's records become an array at once.
    """

    def __init__(self, parameters: Sequence[Tensor], slots: Sequence[StateSlot]) -> None:
        self._views = [parameter.detach().numpy() for parameter in parameters]  # of the same memory, for good
        self._state: tuple[TorchState, States] | None = None  # an optimizer's, and its part for each parameter
        self._seen: dict[str, tuple[list[Any], Views]] = {}  # by slot: what it held, and views of that
        super().__init__(parameters, slots)
        self._row = Struct(f"={self.size}{self.dtype.char}")

    @override
    def record(self, loss: Tensor, state: TorchState) -> None:
        position = self.position()
        self.loss.append(loss.item())
        self.params.append(position)
        self.grad.append(self._row.pack(*_numbers([parameter.grad for parameter in self.parameters])))
        self.origins.append(self.origin)
        self.origin = position
        if self.slots and not state:  # as of plain SGD
            self.state.append([None] * len(self.slots))
        elif self.slots:
            states = self._states(state)
            self.state.append([self._slot(slot, states) for slot in self.slots])

    def _states(self, state: TorchState) -> States:
        """Its part for each parameter, looked up once it is there: a tensor as a key takes long."""
        if self._state is not None and self._state[0] is state:
            return self._state[1]
        found = [state.get(parameter) or {} for parameter in self.parameters]
        if all(found):
            self._state = state, found
        return found

    def _slot(self, slot: StateSlot, states: States) -> Any:
        found = [held.get(slot.name) for held in states]
        first = found[0]
        if slot.scalar:  # the same for all of them
            return first.item() if isinstance(first, Tensor) else first
        known = self._seen.get(slot.name)
        if known is None or not all(map(is_, known[0], found)):  # another tensor than before, or none
            known = self._seen[slot.name] = found, self._views_of(found)
        return _bytes([view.astype(self.dtype, copy=False) for view in known[1]]) if known[1] else None

    def _views_of(self, found: Sequence[Any]) -> Views:
        """Of a slot, with a number for each element of the parameters; none where no parameter has one."""
        first = found[0]
        if isinstance(first, Tensor) and first.numel() == self.size:  # L-BFGS keeps one vector for all
            return [first.detach().numpy()]
        if all(value is None for value in found):
            return []
        return [_filled(value, each).detach().numpy() for value, each in zip(found, self.parameters, strict=True)]

    @override
    def finite(self) -> bool:
        rows = (self._row.unpack(row[-1]) for row in (self.grad, self.params))
        return math.isfinite(self.loss[-1]) and all(all(map(math.isfinite, row)) for row in rows)

    @override
    def position(self) -> Any:
        return _bytes(self._views)

    @override
    def array(self, entries: Sequence[Any], shape: tuple[int, ...]) -> Array:
        if shape == ():
            return np.array([math.nan if entry is None else entry for entry in entries], self.dtype)
        missing = np.full(shape, math.nan, self.dtype).tobytes()
        rows = bytearray().join([missing if entry is None else entry for entry in entries])
        return np.frombuffer(rows, self.dtype).reshape(-1, *shape)


class TensorRecorder(Recorder):
    """For everything else: entries are cloned tensors that wait on their device."""

    @override
    def record(self, loss: Tensor, state: TorchState) -> None:
        position = self.position()
        self.loss.append(loss.detach())
        self.params.append(position)
        self.grad.append(_joined([parameter.grad for parameter in self.parameters]))
        self.origins.append(self.origin)
        self.origin = position
        self.state.append([self._slot(slot, state) for slot in self.slots])

    def _slot(self, slot: StateSlot, state: TorchState) -> Tensor | None:
        found = [state.get(parameter, {}).get(slot.name) for parameter in self.parameters]
        if all(value is None for value in found):
            return None
        if slot.scalar:
            value = found[0]  # the same for all of them
            if isinstance(value, Tensor):
                return value.detach().reshape(()).clone()
            return torch.tensor(value, dtype=self.parameters[0].dtype)
        whole = found[0]
        if isinstance(whole, Tensor) and whole.numel() == self.size:  # L-BFGS keeps one vector for all
            return whole.detach().reshape(-1).clone()
        return _joined([_filled(value, parameter) for value, parameter in zip(found, self.parameters, strict=True)])

    @override
    def finite(self) -> bool:
        return all(bool(torch.isfinite(entry).all()) for entry in (self.loss[-1], self.grad[-1], self.params[-1]))

    @override
    def position(self) -> Any:
        return _joined(self.parameters)

    @override
    def array(self, entries: Sequence[Any], shape: tuple[int, ...]) -> Array:
        like = self.parameters[0]
        missing = torch.full(shape, math.nan, dtype=like.dtype, device=like.device)
        rows = [missing if entry is None else entry.to(missing) for entry in entries]
        return torch.stack(rows).cpu().numpy() if rows else np.empty((0, *shape), self.dtype)


class LossRecorder(TensorRecorder):
    """For models with many parameters: a copy of them all at every step would be most of the work."""

    def __init__(self, parameters: Sequence[Tensor], slots: Sequence[StateSlot]) -> None:
        super().__init__(parameters, ())
        self.size = 0
        self.values = [parameter.detach() for parameter in parameters]  # of the same memory, for good
        self.reach = torch.zeros(())  # norms of the tensors of parameters, added up

    @override
    def record(self, loss: Tensor, state: TorchState) -> None:
        self.loss.append(loss.detach())
        # One call for all: the parameters' norms cost a fifth of the gradient's this way.
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        norms = torch.stack(torch._foreach_norm([*gradients, *self.values]))
        self.norms.append(torch.linalg.vector_norm(norms[: len(gradients)]))  # bit for bit nn.utils.get_total_norm
        self.reach = norms[len(gradients) :].sum()

    @override
    def finite(self) -> bool:
        if torch.isfinite(self.loss[-1] + self.norms[-1] + self.reach):
            return True
        if not torch.isfinite(self.loss[-1] + self.norms[-1]):
            return False
        if all(bool(torch.isfinite(value).all()) for value in self.values):  # it is the squares that overflow
            return True
        # An infinite weight before a saturated activation: neither loss nor gradient would show it.
        self.norms[-1] = torch.full_like(self.norms[-1], math.nan)
        return False

    @override
    def position(self) -> Any:
        return None


def recorder_for(parameters: Sequence[Tensor], slots: Sequence[StateSlot]) -> Recorder:
    """The quickest tape that fits."""
    if sum(parameter.numel() for parameter in parameters) > SMALL:
        return LossRecorder(parameters, slots)
    readable = all(parameter.device.type == "cpu" and parameter.is_contiguous() for parameter in parameters)
    return (RowRecorder if readable else TensorRecorder)(parameters, slots)


def _filled(value: Any, parameter: Tensor) -> Tensor:
    """A slot of one parameter, with a number for each element: a row's, where the slot has one a row. NaN for none."""
    if not isinstance(value, Tensor) or value.dim() != parameter.dim():
        return torch.full_like(parameter, math.nan)
    return value if value.shape == parameter.shape else value.expand_as(parameter)


def _joined(tensors: Sequence[Any]) -> Tensor:
    """A detached copy of one tensor a parameter as one vector (n,), in the order of `module.parameters()`."""
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])


def _numbers(tensors: Sequence[Any]) -> list[float]:
    """The same as numbers, of tensors that are new each time."""
    found: list[float] = []
    for tensor in tensors:  # rows of rows: to make a vector of each takes longer (measured of 6 tensors: twice)
        numbers = tensor.tolist() if tensor.dim() else [tensor.item()]
        for _ in range(tensor.dim() - 1):
            numbers = chain.from_iterable(numbers)
        found += numbers
    return found


def _bytes(views: Views) -> bytes:
    """The same of arrays, as their bytes."""
    return b"".join([view.tobytes() for view in views])
