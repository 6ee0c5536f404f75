"""The experiment: one JSON document, version 1. Pure data, strict, and the rule by which an edit changes it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from steepest.spec.branches import fork_origin, shares_past, updated_forks
from steepest.spec.edit import Edit, merge_edits
from steepest.spec.errors import Invalid
from steepest.spec.limits import MAX_EDITS, MAX_RUNS, MAX_SEED
from steepest.spec.problem import Problem
from steepest.spec.run import Run
from steepest.spec.strict import Strict
from steepest.spec.strict_json import strict_json
from steepest.spec.text import Text
from steepest.spec.validation_errors import invalid, no_such_run

VERSION = 1


def _known_version(value: object) -> object:
    """Python finds True and 1.0 equal to 1, and so would Literal[1]."""
    if type(value) is not int:
        raise PydanticCustomError("int_type", "must be a whole number")
    if value > VERSION:
        raise PydanticCustomError("newer_version", "of a newer version", {"version": value, "known": VERSION})
    return value


class Experiment(Strict):
    """Problem + seed + dtype + runs that step side by side + edits. What is not given has its default."""

    version: Annotated[Literal[1], BeforeValidator(_known_version)]
    problem: Problem
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    dtype: Literal["float32", "float64"] = "float32"
    runs: list[Run] = Field(min_length=1, max_length=MAX_RUNS)
    edits: list[Edit] = Field(default_factory=list, max_length=MAX_EDITS)

    @model_validator(mode="after")
    def _edits_name_runs(self) -> Self:
        for n, edit in enumerate(self.edits):
            if edit.run >= len(self.runs):
                where = {"at": f"edits[{n}].run", "run": edit.run, "runs": len(self.runs)}
                raise PydanticCustomError("no_such_run", "there is no run {run}", where)
        return self

    @model_validator(mode="after")
    def _forks_are_true(self) -> Self:
        for n, run in enumerate(self.runs):
            if run.fork is not None and not shares_past(self.runs, self.edits, n, run.fork):
                where = {"at": f"runs[{n}].fork", "run": run.fork.run, "step": run.fork.step}
                raise PydanticCustomError("no_common_past", "no common past with run {run}", where)
        return self

    def edited(self, edit: Edit) -> "Experiment":
        """The experiment with one more edit; what was to happen to that run after the edit's step is forgotten.

        Changes of the same run at the same step are merged, so that a slider dragged on a paused page leaves one edit.
        Edits of other runs stay. The edits come out ordered by step, then run. A branch whose common past with its
        parent this shortens leaves it at this step from then on; at step 0 it is a run like any other. Raises
        `Invalid` for a run that is not there and past the limit on edits.
        """
        self._check_run(edit)
        others = [old for old in self.edits if old.run != edit.run]
        before = [old for old in self.edits if old.run == edit.run and old.step < edit.step]
        same = [old for old in self.edits if old.run == edit.run and old.step == edit.step]
        return self._with(self.runs, [*others, *before, *merge_edits([*same, edit])])

    def forked(self, edit: Edit) -> "Experiment":
        """The experiment with one more run, the last: a branch of run `edit.run` at `edit.step`, changed by the edit.

        The branch begins as that run began and has copies of its edits up to and including the step, with which the
        edit is merged; an empty `set` changes nothing yet. All other runs and edits stay. Raises `Invalid` for a run
        that is not there and past the limits on runs and edits.
        """
        self._check_run(edit)
        branch = len(self.runs)
        if branch >= MAX_RUNS:
            raise Invalid(
                "runs", Text(f"an experiment holds at most {MAX_RUNS} runs", f"一个实验最多 {MAX_RUNS} 个运行")
            )
        copies = [
            old.model_copy(update={"run": branch})
            for old in self.edits
            if old.run == edit.run and old.step <= edit.step
        ]
        before = [copy for copy in copies if copy.step < edit.step]
        same = [copy for copy in copies if copy.step == edit.step]
        change = [] if edit.set == {} else [edit.model_copy(update={"run": branch})]
        fork = fork_origin(self.runs, edit.run, edit.step)
        run = self.runs[edit.run].model_copy(update={"fork": fork})
        return self._with([*self.runs, run], [*self.edits, *before, *merge_edits([*same, *change])])

    def _check_run(self, edit: Edit) -> None:
        if edit.run >= len(self.runs):
            raise Invalid(f"edits[{len(self.edits)}].run", no_such_run(edit.run, len(self.runs)))

    def _with(self, runs: list[Run], edits: list[Edit]) -> "Experiment":
        """The same with other runs and edits, in order, and each branch with the past that it still shares."""
        if len(edits) > MAX_EDITS:
            raise Invalid(
                "edits", Text(f"an experiment holds at most {MAX_EDITS} edits", f"一个实验最多 {MAX_EDITS} 次修改")
            )
        # Stable: edits of one run at one step keep the order in which they take effect.
        ordered = sorted(edits, key=lambda edit: (edit.step, edit.run))
        return self.model_copy(update={"runs": updated_forks(runs, ordered), "edits": ordered})


def parse_experiment(document: str | bytes | Mapping[str, Any]) -> Experiment:
    """An experiment from JSON text or from what JSON text holds.

    Raises `Invalid` with the path of the first wrong field and what would be right. What only the catalog knows (ids,
    ranges of hyperparameters, the length of a start) is checked when the experiment is made ready to run.
    """
    data = strict_json(document) if isinstance(document, str | bytes) else document
    try:
        return Experiment.model_validate(data)
    except ValidationError as error:
        raise invalid(error) from None
