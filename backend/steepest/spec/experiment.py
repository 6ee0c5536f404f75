"""The experiment: one strict JSON document, version 1, and how an edit changes it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from steepest.spec.branches import fork_origin, shares_history, updated_forks
from steepest.spec.edit import Edit, merge_edits
from steepest.spec.errors import Invalid
from steepest.spec.limits import MAX_EDITS, MAX_RUNS, MAX_SEED
from steepest.spec.problem import Problem
from steepest.spec.run import Run
from steepest.spec.strict import Strict
from steepest.spec.strict_json import strict_json
from steepest.spec.text import Text
from steepest.spec.validation_errors import no_such_run, to_invalid
from steepest.spec.version import known_version

VERSION = 1

Engine = Literal["eager", "compiled"]


class Experiment(Strict):
    """Problem, seed, dtype, engine, runs that step side by side, and edits.

    engine: "compiled" steps what has a kernel by machine code; "eager", which is left out when written, by torch.
    """

    version: Annotated[Literal[1], BeforeValidator(known_version(VERSION))]
    problem: Problem
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    dtype: Literal["float32", "float64"] = "float32"
    engine: Engine = Field(default="eager", exclude_if=lambda engine: engine == "eager")
    runs: list[Run] = Field(min_length=1, max_length=MAX_RUNS)
    edits: list[Edit] = Field(default_factory=list, max_length=MAX_EDITS)

    @model_validator(mode="after")
    def _check_edits(self) -> Self:
        for n, edit in enumerate(self.edits):
            if edit.run >= len(self.runs):
                where = {"at": f"edits[{n}].run", "run": edit.run, "last": len(self.runs) - 1}
                raise PydanticCustomError("no_such_run", "there is no run {run}", where)
        return self

    @model_validator(mode="after")
    def _check_forks(self) -> Self:
        for n, run in enumerate(self.runs):
            if run.fork is not None and not shares_history(self.runs, self.edits, n, run.fork):
                where = {"at": f"runs[{n}].fork", "run": run.fork.run, "step": run.fork.step}
                raise PydanticCustomError("no_common_past", "no common past with run {run}", where)
        return self

    def edited(self, edit: Edit) -> "Experiment":
        """The experiment with one more edit; that run's later edits are removed, those of other runs stay.

        Edits of the same run at the same step are merged, so that dragging a slider on a paused page leaves one edit.
        The edits are ordered by step, then run. A branch that now leaves its parent earlier gets this step as its fork,
        or none at step 0. Raises `Invalid` for an unknown run and above the limit on edits.
        """
        self._check_run(edit)
        others = [old for old in self.edits if old.run != edit.run]
        before = [old for old in self.edits if old.run == edit.run and old.step < edit.step]
        same = [old for old in self.edits if old.run == edit.run and old.step == edit.step]
        return self._with(self.runs, [*others, *before, *merge_edits([*same, edit])])

    def forked(self, edit: Edit) -> "Experiment":
        """The experiment with one more run, the last: a branch of run `edit.run` at `edit.step`, changed by the edit.

        The branch has that run's start and copies of its edits up to and including the step, merged with the edit; an
        empty `set` changes nothing. Raises `Invalid` for an unknown run and above the limits on runs and edits.
        """
        self._check_run(edit)
        branch = len(self.runs)
        if branch >= MAX_RUNS:
            text = Text(f"an experiment has at most {MAX_RUNS} runs", f"一个实验最多 {MAX_RUNS} 个运行")
            raise Invalid("runs", text)
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
        """The experiment with other runs and edits, ordered, and with updated forks."""
        if len(edits) > MAX_EDITS:
            text = Text(f"an experiment has at most {MAX_EDITS} edits", f"一个实验最多 {MAX_EDITS} 次修改")
            raise Invalid("edits", text)
        # The sort is stable: edits of one run at one step keep their order.
        ordered = sorted(edits, key=lambda edit: (edit.step, edit.run))
        return self.model_copy(update={"runs": updated_forks(runs, ordered), "edits": ordered})


def parse_experiment(document: str | bytes | Mapping[str, Any]) -> Experiment:
    """An experiment from JSON text or its decoded form.

    Raises `Invalid` with the path of the first wrong field and what would be valid. Ids, ranges of hyperparameters and
    the length of a start depend on the catalog; they are checked when the experiment is prepared.
    """
    data = strict_json(document) if isinstance(document, str | bytes) else document
    try:
        return Experiment.model_validate(data)
    except ValidationError as error:
        raise to_invalid(error) from None
