"""A loss: how wrong outputs are beside targets, declared in one file of `losses/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from steepest.problems.dataset import DataShape, Task
from steepest.problems.model import Gives
from steepest.spec import Param, Text, Value, complete

# How a page makes of outputs what it shows: as they are, as the probability of class 1, or of each class.
Shown = Literal["value", "sigmoid", "softmax", "probability"]


@dataclass(frozen=True, eq=False)
class Loss:
    """The declaration of one loss.

    build: params to torch's own loss module: (outputs, targets) to the scalar.
    tasks: what it can be used for. takes: what the model's outputs must be.
    outputs: how many outputs a model needs for such data; raises `Invalid` with field "id" where it does not suit.
    targets: (targets of the data set, its shape) to targets as `build`'s module wants them, floats still in any dtype.
    shown: what the outputs are to be shown as.
    """

    id: str
    title: Text
    about: Text
    formula: str
    source: str
    build: Callable[[Mapping[str, Value]], nn.Module]
    tasks: tuple[Task, ...]
    takes: Gives
    outputs: Callable[[DataShape], int]
    targets: Callable[[Tensor, DataShape], Tensor]
    params: tuple[Param, ...] = ()
    shown: Shown = "value"

    def complete(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All params, checked. Raises `Invalid` naming the param."""
        return complete(self.params, given)
