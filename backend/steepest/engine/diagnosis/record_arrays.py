"""Records as the diagnosis reads them: float64, and each beside the one before it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.geometry.curvature import Float


@dataclass(frozen=True, eq=False)
class RecordArrays:
    """Consecutive records of one run, r of them with n parameters.

    step: of the first. All arrays are float64, but for the state.
    loss: (r,). params, gradient, update: (r, n), the gradient as the diagnosis computed it.
    eigenvalues: (r, n). eigenvectors, hessian: (r, n, n).
    outside: (r,), from `ViewScale.outside`.
    lr, momentum: (r,), of the update that led there; momentum is NaN where no schedule changes it.
    state: by slot, as recorded, in the run's dtype.
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
        mine, theirs = ({**{name: getattr(each, name) for name in _ARRAYS}, **each.state} for each in (self, other))
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
        """A copy of the last record alone: it does not keep the chunk's arrays alive.

        Without the slots that are NaN: a run has the slots of all optimizers of its plan, and later edits must not
        change what is kept.
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


_ARRAYS = [field.name for field in fields(RecordArrays) if field.name not in ("step", "state")]
