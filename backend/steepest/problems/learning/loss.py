"""A loss: compares outputs with targets, declared in one file of `losses/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from steepest.problems.learning.dataset import DataShape, Task
from steepest.problems.learning.model import Gives
from steepest.spec import DeclaredEntry, Value

# How outputs become predictions: as they are, as the probability of class 1, or of each class.
Shown = Literal["value", "sigmoid", "softmax", "probability"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Loss(DeclaredEntry):
    """The declaration of one loss.

    build: params to torch's loss module, (outputs, targets) to a scalar.
    tasks: what it can be used for. takes: what the model's outputs must be.
    outputs: the number of outputs a model needs for such data; raises `Invalid` with field "id" for unsuitable data.
    targets: (targets of the data set, its shape) to targets for the module, floats in any dtype.
    shown: how outputs become predictions.
    """

    formula: str
    build: Callable[[Mapping[str, Value]], nn.Module]
    tasks: tuple[Task, ...]
    takes: Gives
    outputs: Callable[[DataShape], int]
    targets: Callable[[Tensor, DataShape], Tensor]
    shown: Shown = "value"
