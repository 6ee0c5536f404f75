"""A data set, declared in one file of `datasets/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from steepest.spec import DeclaredEntry, Text, Value

Task = Literal["regression", "classification"]


@dataclass(frozen=True)
class DataShape:
    """What is known of a data set before it is made.

    count: samples.
    inputs: shape of one sample: (k,) numbers, or (channels, height, width) of an image.
    input_names, target_names: one for each number; () for images and for classes.
    targets: numbers to predict, 0 for classes. classes: their names, () for regression.
    own_test: so many samples at the end are the data set's own test split, never trained on.
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
        """What is predicted: numbers or classes."""
        return "classification" if self.classes else "regression"


@dataclass(frozen=True)
class Data:
    """The samples.

    inputs: (count, *shape.inputs), float32 or float64.
    targets: (count, k) of the same dtype, or int64[count] of classes.
    """

    inputs: Tensor
    targets: Tensor


@dataclass(frozen=True)
class Preset:
    """An entry by its id, with the params that differ from its defaults."""

    id: str
    params: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, kw_only=True)
class Dataset(DeclaredEntry):
    """The declaration of one data set.

    shape: params, by name, to the data's shape; raises `Invalid` naming the param.
    make: params, by name, to the samples, the same ones each time.
    known_model, known_loss: a suitable model and loss; the page begins with them.
    known_lr: a learning rate at which full-batch gradient descent with them works well.
    view: (low, high) of each input to draw; None to fit the data.
    stored: it is read from files of the data folder; `shape` and `make` raise where they are missing or damaged.
    """

    shape: Callable[..., DataShape]
    make: Callable[..., Data]
    known_model: Preset = Preset("linear")
    known_loss: Preset = Preset("mse")
    known_lr: float = 0.1
    view: tuple[tuple[float, float], ...] | None = None
    stored: bool = False
