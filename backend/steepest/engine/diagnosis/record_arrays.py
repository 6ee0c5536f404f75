"""Records as the diagnosis reads them: float64, and each beside the one before it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.geometry.curvature import Float

_ARRAYS = (
    "loss",
    "params",
    "gradient",
    "update",
    "eigenvalues",
    "eigenvectors",
    "hessian",
    "outside",
    "lr",
    "momentum",
)


@dataclass(frozen=True, eq=False)
class RecordArrays:
    """Consecutive records of one run, r of them with n parameters.

    step: of the first. loss, outside, lr, momentum: (r,). params, gradient, update, eigenvalues: (r, n). eigenvectors,
    hessian: (r, n, n). All float64; gradient as the diagnosis computed it. state: recorded, by slot, in the run's
    dtype. outside: as `ViewScale.outside` has it. lr: of the update that led there; momentum: the same, NaN where no
    schedule turns it.
    """

    step: int
    loss: Float
    params: Float
    gradient: Float
    update: Float
    eigenvalues: Float
    eigenvectors: Float
    hessian: Float
    outside: Float
    lr: Float
    momentum: Float
    state: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.loss)

    def __eq__(self, other: object) -> bool:
        """By value, NaN equal to itself."""
        if not isinstance(other, RecordArrays):
            return NotImplemented
        mine = {**{name: getattr(self, name) for name in _ARRAYS}, **self.state}
        theirs = {**{name: getattr(other, name) for name in _ARRAYS}, **other.state}
        return (
            self.step == other.step
            and mine.keys() == theirs.keys()
            and all(np.array_equal(mine[name], theirs[name], equal_nan=True) for name in mine)
        )

    @cached_property
    def lengths(self) -> Float:
        """(r,), of the updates."""
        found: Float = np.sqrt((self.update * self.update).sum(axis=1))
        return found

    @cached_property
    def slopes(self) -> Float:
        """(r,), of the gradients."""
        found: Float = np.sqrt((self.gradient * self.gradient).sum(axis=1))
        return found

    __hash__ = None  # type: ignore[assignment]  # as of anything that is equal by the value of its arrays

    @property
    def last(self) -> "RecordArrays":
        """The last record alone, a copy: the chunk's arrays may go.

        Without the slots that are NaN: a run has those of all optimizers that it will ever have, and what is to come is
        no part of what was.
        """
        arrays = {name: getattr(self, name)[-1:].copy() for name in _ARRAYS}
        state = {name: values[-1:].copy() for name, values in self.state.items() if not np.isnan(values[-1:]).all()}
        return RecordArrays(self.step + len(self) - 1, **arrays, state=state)

    def after(self, before: "RecordArrays | None") -> "RecordArrays":
        """These with the records just before them."""
        if before is None:
            return self
        arrays = {name: np.concatenate((getattr(before, name), getattr(self, name))) for name in _ARRAYS}
        # An optimizer that an edit brings may have slots that the run did not have before.
        state = {
            name: np.concatenate(
                (before.state[name] if name in before.state else np.full_like(values[:1], np.nan), values)
            )
            for name, values in self.state.items()
        }
        return RecordArrays(before.step, **arrays, state=state)


assert {field.name for field in fields(RecordArrays)} == {"step", "state", *_ARRAYS}
