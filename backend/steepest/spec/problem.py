"""What is minimised, as data: a surface, or a model learning from data."""

from typing import Annotated, Literal

from pydantic import Field

from steepest.spec.strict import Finite, Strict
from steepest.spec.value import Value

MAX_SPLIT = 0.8  # of the data, for development and for test each


class SurfaceProblem(Strict):
    """An objective function of one or two variables, by its catalog id, with its own parameters."""

    kind: Literal["surface"]
    id: str
    params: dict[str, Value] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """Short, of letters that a file's name may have where the ids are built-in ones."""
        return self.id


class EntrySpec(Strict):
    """An entry of the catalog by its id, with its own parameters."""

    id: str
    params: dict[str, Value] = Field(default_factory=dict)


class Batch(Strict):
    """The part of the training set that one step sees; that of step k follows from the seed and k alone.

    size: number of samples, None for all of them. sampling: "epoch" goes through the shuffled set without replacement,
    its last batch smaller where the size does not divide it; "replacement" draws anew at every step.
    """

    size: int | None = Field(default=None, ge=1)
    sampling: Literal["epoch", "replacement"] = "epoch"


class Split(Strict):
    """Parts of the data, of 1, that are kept from training, drawn by the seed: for development, and for the test."""

    dev: Finite = Field(default=0.0, ge=0.0, le=MAX_SPLIT)
    test: Finite = Field(default=0.0, ge=0.0, le=MAX_SPLIT)


class Penalty(Strict):
    """Added to the loss of the batch: l1 times the sum of |w|, and l2 times the sum of w², over weights, not biases."""

    l1: Finite = Field(default=0.0, ge=0.0)
    l2: Finite = Field(default=0.0, ge=0.0)


class LearningProblem(Strict):
    """A data set, a model and a loss. What is minimised is the loss of the model on the training part."""

    kind: Literal["learning"]
    dataset: EntrySpec
    model: EntrySpec
    loss: EntrySpec
    batch: Batch = Field(default_factory=Batch)
    split: Split = Field(default_factory=Split)
    penalty: Penalty = Field(default_factory=Penalty)

    @property
    def name(self) -> str:
        """Short, of letters that a file's name may have where the ids are built-in ones."""
        return f"{self.dataset.id}-{self.model.id}"


Problem = Annotated[SurfaceProblem | LearningProblem, Field(discriminator="kind")]
