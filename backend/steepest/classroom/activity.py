"""What a room does: watch, predict or explore."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from steepest.classroom.limits import MAX_UNTIL
from steepest.classroom.question import ChooseQuestion, NumberQuestion, OrderQuestion, Question
from steepest.spec import Experiment
from steepest.spec.limits import MAX_RUNS
from steepest.spec.strict import Strict

Control = Literal["lr", "momentum", "start"]


def no_run(field: str, run: int, experiment: Experiment) -> PydanticCustomError:
    """The error of naming a run that the experiment lacks."""
    last = len(experiment.runs) - 1
    return PydanticCustomError("no_such_run", "there is no run {run}", {"at": field, "run": run, "last": last})


class Watch(Strict):
    """Every phone shows the teacher's stage.

    until: the step where playing stops. returns: a phone that looked around follows again at the next command.
    """

    kind: Literal["watch"]
    experiment: Experiment
    until: int = Field(default=1000, ge=1, le=MAX_UNTIL)
    returns: bool = True


class Predict(Strict):
    """A question about the experiment, answered before it runs. until: the step that the answer is read at."""

    kind: Literal["predict"]
    experiment: Experiment
    question: Question
    until: int = Field(ge=1, le=MAX_UNTIL)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        question, runs = self.question, len(self.experiment.runs)
        if isinstance(question, ChooseQuestion):
            self._check_options(question)
        elif not isinstance(question, OrderQuestion) and question.run >= runs:
            raise no_run("question.run", question.run, self.experiment)
        if isinstance(question, NumberQuestion):
            if question.low >= question.high:
                raise PydanticCustomError("low_above_high", "must be below high", {"at": "question.low"})
            if question.of == "steps" and question.below is None:
                raise PydanticCustomError("missing", "must be given", {"at": "question.below"})
        if isinstance(question, OrderQuestion):
            if runs < 2:
                raise PydanticCustomError("one_run", "to be ordered there must be two runs", {"at": "question.kind"})
            if question.by == "steps" and question.below is None:
                raise PydanticCustomError("missing", "must be given", {"at": "question.below"})
        return self

    def _check_options(self, question: ChooseQuestion) -> None:
        otherwise = [n for n, option in enumerate(question.options) if not option.when]
        if len(otherwise) > 1:
            raise PydanticCustomError(
                "two_without_conditions",
                "only one option may be without conditions",
                {"at": f"question.options[{otherwise[1]}].when"},
            )
        for n, option in enumerate(question.options):
            for m, condition in enumerate(option.when):
                at = f"question.options[{n}].when[{m}]"
                run, step = getattr(condition, "run", 0), getattr(condition, "step", None)
                if run >= len(self.experiment.runs):
                    raise no_run(f"{at}.run", run, self.experiment)
                if step is not None and step > self.until:
                    raise PydanticCustomError("less_than_equal", "too late", {"at": f"{at}.step", "le": self.until})


class Explore(Strict):
    """Each seat has the experiment to itself, and may change what the teacher ticked of one run.

    until: the last step; at it all seats' runs are compared. run: which run. controls: what may be changed of it.
    """

    kind: Literal["explore"]
    experiment: Experiment
    until: int = Field(ge=1, le=MAX_UNTIL)
    run: int = Field(default=0, ge=0, lt=MAX_RUNS)
    controls: list[Control] = Field(default=["lr"], min_length=1, max_length=3)

    @model_validator(mode="after")
    def _has_run(self) -> Self:
        if self.run >= len(self.experiment.runs):
            raise no_run("run", self.run, self.experiment)
        return self


Activity = Annotated[Watch | Predict | Explore, Field(discriminator="kind")]
