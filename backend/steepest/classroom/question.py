"""Questions about an experiment before it runs. The right answer follows from its recording, and is never typed in."""

from typing import Annotated, Literal

from pydantic import Field

from steepest.classroom.limits import MAX_OPTIONS, MAX_UNTIL
from steepest.classroom.words import Ask, Label
from steepest.spec.limits import MAX_RUNS
from steepest.spec.strict import Finite, Strict

RunNumber = Annotated[int, Field(ge=0, lt=MAX_RUNS)]
Step = Annotated[int, Field(ge=0, le=MAX_UNTIL)]


# --- what may be true of a recording ---


class Arrives(Strict):
    """Run `run` has a loss below `below` at an earlier step than every other run, up to the activity's last step."""

    what: Literal["arrives"]
    run: RunNumber
    below: Finite


class NoneArrives(Strict):
    """No run has a loss below `below`, up to the activity's last step."""

    what: Literal["none_arrives"]
    below: Finite


class Diverges(Strict):
    """Run `run` diverges up to the activity's last step."""

    what: Literal["diverges"]
    run: RunNumber


class Stays(Strict):
    """Run `run` does not diverge up to the activity's last step."""

    what: Literal["stays"]
    run: RunNumber


class Lowest(Strict):
    """Run `run` has the lowest loss at a step, of all runs. step: null for the activity's last."""

    what: Literal["lowest"]
    run: RunNumber
    step: Step | None = None


class LossWithin(Strict):
    """The loss of a run at a step is at least `low` and below `high`; null: no such bound. A diverged run's is not."""

    what: Literal["loss"]
    run: RunNumber
    step: Step | None = None
    low: Finite | None = None
    high: Finite | None = None


class ParameterWithin(Strict):
    """Parameter number `index` of a run at a step is at least `low` and below `high`; null: no such bound."""

    what: Literal["parameter"]
    run: RunNumber
    index: int = Field(ge=0, le=63)
    step: Step | None = None
    low: Finite | None = None
    high: Finite | None = None


class VerdictAt(Strict):
    """What happens to a run at a step is one of these verdicts, by their codes."""

    what: Literal["verdict"]
    run: RunNumber
    codes: list[str] = Field(min_length=1, max_length=16)
    step: Step | None = None


Condition = Annotated[
    Arrives | NoneArrives | Diverges | Stays | Lowest | LossWithin | ParameterWithin | VerdictAt,
    Field(discriminator="what"),
]


# --- questions ---


class Option(Strict):
    """One possible answer. It is right where every condition holds; without conditions, where no other option is."""

    label: Label
    when: list[Condition] = Field(default_factory=list, max_length=8)


class ChooseQuestion(Strict):
    """One answer of several: which arrives first? does it diverge?"""

    kind: Literal["choose"]
    ask: Ask
    options: list[Option] = Field(min_length=2, max_length=MAX_OPTIONS)


class NumberQuestion(Strict):
    """A number, on a logarithmic slider from `low` to `high`.

    of: `lr`: the largest learning rate of run `run` with which its loss at the activity's last step is lower than at
        the start, searched between low and high. `loss`: its loss at that step. `steps`: the first step with a loss
        below `below`.
    """

    kind: Literal["number"]
    ask: Ask
    of: Literal["lr", "loss", "steps"]
    run: RunNumber = 0
    low: float = Field(gt=0, allow_inf_nan=False)
    high: float = Field(gt=0, allow_inf_nan=False)
    below: Finite | None = None


class PlaceQuestion(Strict):
    """Where run `run` is at the activity's last step, clicked onto the map. For one or two parameters."""

    kind: Literal["place"]
    ask: Ask
    run: RunNumber = 0


class OrderQuestion(Strict):
    """The order of all runs, the best first.

    by: `loss`: the lowest at the activity's last step. `steps`: the earliest below the loss `below`; who never gets
        there comes last, by loss.
    """

    kind: Literal["order"]
    ask: Ask
    by: Literal["loss", "steps"]
    below: Finite | None = None


Question = Annotated[ChooseQuestion | NumberQuestion | PlaceQuestion | OrderQuestion, Field(discriminator="kind")]


# --- answers ---


class ChooseAnswer(Strict):
    """option: its number, from 0."""

    kind: Literal["choose"]
    option: int = Field(ge=0, lt=MAX_OPTIONS)


class NumberAnswer(Strict):
    """value: within the question's bounds."""

    kind: Literal["number"]
    value: float = Field(gt=0, allow_inf_nan=False)


class PlaceAnswer(Strict):
    """at: one value or two, as the problem has parameters."""

    kind: Literal["place"]
    at: list[Finite] = Field(min_length=1, max_length=2)


class OrderAnswer(Strict):
    """runs: the number of every run once, the best first."""

    kind: Literal["order"]
    runs: list[RunNumber] = Field(min_length=1, max_length=MAX_RUNS)


Answer = Annotated[ChooseAnswer | NumberAnswer | PlaceAnswer | OrderAnswer, Field(discriminator="kind")]
