"""A data set: what there is to learn from, declared in one file of `datasets/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from steepest.spec import Param, Text, Value, complete

Task = Literal["regression", "classification"]


@dataclass(frozen=True)
class DataShape:
    """What arithmetic can say of a data set before any of it is made.

    count: samples. inputs: shape of one sample: (k,) numbers, or (channels, height, width) of an image.
    input_names, target_names: one a number; () for images and for classes. targets: numbers to be predicted, 0 where
    a class is. classes: their names, () for a regression. own_test: so many samples at the end are the set's own test
    set, which is never trained on.
    """

    count: int
    inputs: tuple[int, ...]
    input_names: tuple[Text, ...] = ()
    targets: int = 1
    target_names: tuple[Text, ...] = ()
    classes: tuple[Text, ...] = ()
    own_test: int = 0

    @property
    def task(self) -> Task:
        """Numbers or classes."""
        return "classification" if self.classes else "regression"


@dataclass(frozen=True)
class Data:
    """The samples. inputs: (count, *shape.inputs), float32 or float64. targets: (count, k) of the same dtype, or
    (count,) int64 of classes.
    """

    inputs: Tensor
    targets: Tensor


@dataclass(frozen=True)
class Known:
    """An entry that is known to suit, with params that differ from its defaults."""

    id: str
    params: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Dataset:
    """The declaration of one data set.

    shape: params, by name, to what arithmetic can say; raises `Invalid` naming the param. make: params, by name, to
    the samples, the same ones each time. known_model, known_loss: ids of what suits it, with params; the page begins
    with them.
    known_lr: a rate at which plain gradient descent of that on all samples is known to do well.
    view: what is drawn of inputs (low, high) each; None to fit the data. stored: it lies in files that may be missing
    (see `folder`); then `shape` raises, and where they are not what they should be, `make` does too.
    """

    id: str
    title: Text
    about: Text
    source: str
    shape: Callable[..., DataShape]
    make: Callable[..., Data]
    params: tuple[Param, ...] = ()
    known_model: Known = Known("linear")
    known_loss: Known = Known("mse")
    known_lr: float = 0.1
    view: tuple[tuple[float, float], ...] | None = None
    stored: bool = False

    def complete(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All params, checked. Raises `Invalid` naming the param."""
        return complete(self.params, given)
