"""The problem as data: a surface, or a model that learns from data."""

from typing import Annotated, Literal

from pydantic import Field

from steepest.spec.strict import Finite, Strict
from steepest.spec.value import Value

MAX_SPLIT = 0.8  # share of the data, for each of dev and test


class SurfaceProblem(Strict):
    """A surface, by its catalog id, with params."""

    kind: Literal["surface"]
    id: str
    params: dict[str, Value] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """Short; valid in a file name for built-in ids."""
        return self.id


class EntrySpec(Strict):
    """An entry of the catalog by its id, with params."""

    id: str
    params: dict[str, Value] = Field(default_factory=dict)


class Batch(Strict):
    """The samples of one step; those of step k depend on the seed and k only.

    size: number of samples, None for all of them.
    sampling: "epoch" goes through the shuffled set, its last batch smaller where the size does not divide it;
        "replacement" draws independently at every step.
    """

    size: int | None = Field(default=None, ge=1)
    sampling: Literal["epoch", "replacement"] = "epoch"


class Split(Strict):
    """Shares of the data for development and for the test, drawn from the seed; they are not trained on."""

    dev: Finite = Field(default=0.0, ge=0.0, le=MAX_SPLIT)
    test: Finite = Field(default=0.0, ge=0.0, le=MAX_SPLIT)


class Penalty(Strict):
    """Added to the loss of the batch: l1 times the sum of |w| and l2 times the sum of w², over weights, not biases."""

    l1: Finite = Field(default=0.0, ge=0.0)
    l2: Finite = Field(default=0.0, ge=0.0)


class LearningProblem(Strict):
    """A data set, a model and a loss, which is minimised on the training split."""

    kind: Literal["learning"]
    dataset: EntrySpec
    model: EntrySpec
    loss: EntrySpec
    batch: Batch = Field(default_factory=Batch)
    split: Split = Field(default_factory=Split)
    penalty: Penalty = Field(default_factory=Penalty)

    @property
    def name(self) -> str:
        """Short; valid in a file name for built-in ids."""
        return f"{self.dataset.id}-{self.model.id}"


Problem = Annotated[SurfaceProblem | LearningProblem, Field(discriminator="kind")]
