"""Checks a sweep against the catalog, and finds which of its numbers are inputs of the kernels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

from steepest.engine.compiled.grid import DECIDING
from steepest.engine.compiled.rule import experiment_compiles, update_compiles
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.recording.records import METRICS_PERIOD
from steepest.problems import LearningProblem
from steepest.spec import Axis, Experiment, Invalid, Sweep, invalid, parse_experiment
from steepest.spec.path import has_place, value_at, with_value
from steepest.spec.value import is_integer, is_number

MAX_EAGER_UPDATES = 2_000_000  # of torch, in all runs: some minutes
MAX_SINGLE_RUNS = 100_000  # of kernels, but each by itself: some minutes
MAX_PROBLEMS = 1024  # each has kernels of its own, some hundredths of a second to make
MAX_PRODUCTS = 1e13  # of a weight and an input, in all runs: some hours of one core


@dataclass(frozen=True)
class PreparedSweep:
    """A sweep that is ready to run.

    base: its experiment, with every default filled in. integers: for each axis, whether it takes whole numbers.
    corners: the experiments at the ends of all axes, among which are the most expensive ones.
    """

    sweep: Sweep
    base: Prepared
    integers: tuple[bool, ...]
    corners: tuple[Prepared, ...] = ()

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Those of the sweep, then the repeat, if there is one."""
        return self.sweep.all_axes

    @cached_property
    def document(self) -> dict[str, Any]:
        """The experiment, with every default filled in."""
        return self.base.experiment.model_dump()

    def value(self, axis: int, place: int) -> float | int:
        """Of the experiment's number at a place of an axis."""
        value = self.axes[axis].value(place)
        return round(value) if self.integers[axis] else value

    def experiment(self, places: Sequence[int]) -> Experiment:
        """The experiment whose run belongs to the places, one on each axis. Raises `Invalid`."""
        document = self.document
        for n, (axis, place) in enumerate(zip(self.axes, places, strict=True)):
            document = with_value(document, axis.path, self.value(n, place))
        return parse_experiment(document)

    def prepared(self, places: Sequence[int]) -> Prepared:
        """The same, ready to run. The problem is made once where no axis changes it."""
        experiment = self.experiment(places)
        if any(axis.changes_problem for axis in self.axes):
            return prepare(experiment)
        return prepare(experiment.model_copy(update={"problem": self.base.experiment.problem}), self.base)

    @cached_property
    def inputs(self) -> tuple[str | int | None, ...]:
        """For each axis the hyperparameter, by the kernel's name, or the place in the start that it sets, where these
        are inputs of the kernels; else None, so that a value has runs of its own.
        """
        if not runs_at_once(self.base):
            return (None,) * len(self.axes)
        return tuple(self._input(axis) for axis in self.axes)

    def _input(self, axis: Axis) -> str | int | None:
        if not isinstance(value_at(self.document, axis.path), float):
            return None
        match axis.path:
            case ("runs", 0, "start", int(place)):
                return place
            case ("runs", 0, "optimizer", *names):
                name = ".".join(map(str, names))
                return None if name in DECIDING.get(self.base.plans[0].config.optimizer.id, ()) else name
            case _:
                return None


def runs_at_once(prepared: Prepared) -> bool:
    """Whether runs of it that differ in the start and in hyperparameters alone can be made in one call."""
    plan = prepared.plans[0]
    compiles = experiment_compiles(prepared, "cpu") and update_compiles(plan.config)
    return compiles and not plan.edits and plan.schedule_config is None


def experiment_at(sweep: Sweep | PreparedSweep, pixel: Sequence[int]) -> Experiment:
    """The experiment of a pixel: its run gives the pixel's numbers, bit for bit.

    pixel: one place on each axis, 0 to count - 1, and on the repeat, if there is one. Raises `Invalid`.
    """
    prepared = sweep if isinstance(sweep, PreparedSweep) else prepare_sweep(sweep)
    return prepared.experiment(pixel)


def prepare_sweep(sweep: Sweep) -> PreparedSweep:
    """Checks everything that depends on the catalog, at the ends of all axes. Raises `Invalid`.

    Its path is one in the sweep, such as `axes[0].high` or `experiment.runs[0].optimizer.lr`.
    """
    try:
        base = prepare(sweep.experiment)
    except Invalid as error:
        raise error.under("experiment") from None
    document = base.experiment.model_dump()
    fields = [f"axes[{n}]" for n in range(len(sweep.axes))] + ["repeat"]
    kinds = [_is_integer(axis, document, field) for axis, field in zip(sweep.all_axes, fields, strict=False)]
    prepared = PreparedSweep(sweep, base, tuple(kinds))
    corners = []
    for ends in product((0, -1), repeat=len(prepared.axes)):
        places = [end % axis.count for axis, end in zip(prepared.axes, ends, strict=True)]
        try:
            corners.append(prepared.prepared(places))
        except Invalid as error:
            raise _at_corner(error, prepared, fields, ends) from None
    _check_measure(sweep, corners)
    _check_cost(prepared, corners)
    return replace(prepared, corners=tuple(corners))


def _is_integer(axis: Axis, document: Any, field: str) -> bool:
    """Whether it takes whole numbers. Raises `Invalid` where there is no number."""
    found = value_at(document, axis.path) if has_place(document, axis.path) else ""
    if found is None:  # a default that the document leaves out; what is wrong there is found at the corners
        values = map(axis.value, range(axis.count))
        return all(math.isclose(value, round(value), rel_tol=1e-12) for value in values)
    if not is_number(found):
        raise invalid(
            f"{field}.set",
            f"{axis.set} is no number of this experiment",
            f"{axis.set} 不是此实验中的数",
        )
    return is_integer(found)


def _at_corner(error: Invalid, prepared: PreparedSweep, fields: Sequence[str], ends: Sequence[int]) -> Invalid:
    """The error of a pixel's experiment as one of the axis that led to it."""
    for n, axis in enumerate(prepared.axes):
        if error.field == axis.set:
            known = value_at(prepared.document, axis.path) is not None
            end = ("high" if ends[n] else "low") if known else "set"
            return Invalid(f"{fields[n]}.{end}", error.text)
    return error.under("experiment")


def _check_measure(sweep: Sweep, corners: Sequence[Prepared]) -> None:
    if sweep.measure == "distance" and any(corner.problem.scene is None for corner in corners):
        raise invalid("measure", "no minimum of this problem is known", "此问题没有已知的极小值点")
    if not sweep.measure.startswith("dev_"):
        return
    if sweep.steps % METRICS_PERIOD:
        raise invalid(
            "steps",
            f"must be a multiple of {METRICS_PERIOD} here, since a model is measured at those",
            f"此处应为 {METRICS_PERIOD} 的倍数，因为模型在这些步测量",
        )
    for corner in corners:
        problem = corner.problem
        if not isinstance(problem, LearningProblem) or not problem.split_sizes.dev:
            raise invalid(
                "measure",
                "needs a development part: experiment.problem.split.dev above 0",
                "需要开发集：experiment.problem.split.dev 应大于 0",
            )
        if sweep.measure == "dev_accuracy" and not problem.shape.classes:
            raise invalid("measure", "a regression has no accuracy", "回归问题没有准确率")


def _check_cost(prepared: PreparedSweep, corners: Sequence[Prepared]) -> None:
    """By arithmetic, before any step."""
    sweep = prepared.sweep
    updates = sweep.runs * sweep.steps
    eager = [c for c in corners if not (experiment_compiles(c, "cpu") and update_compiles(c.plans[0].configs[-1]))]
    if eager and updates > MAX_EAGER_UPDATES:
        compiles = sweep.experiment.engine == "compiled"
        raise invalid(
            "experiment.engine",
            f"torch would make {updates} updates one by one; at most {MAX_EAGER_UPDATES} are made: "
            + ("this problem or optimizer has no kernel" if compiles else "write compiled here"),
            f"需由 torch 逐一更新 {updates} 次，至多 {MAX_EAGER_UPDATES} 次："
            + ("此问题或优化器没有内核" if compiles else "此处请写 compiled"),
        )
    if not all(map(runs_at_once, corners)) and sweep.runs > MAX_SINGLE_RUNS:
        raise invalid(
            "axes",
            f"{sweep.runs} runs, each by itself because of edits, a schedule or the optimizer: "
            f"at most {MAX_SINGLE_RUNS}",
            f"共 {sweep.runs} 个运行，因有修改、调度或优化器的缘故须逐一计算；至多 {MAX_SINGLE_RUNS} 个",
        )
    problems = 1
    for axis in prepared.axes:
        problems *= axis.count if axis.path[0] == "problem" else 1
    if problems > MAX_PROBLEMS:
        raise invalid(
            "axes",
            f"{problems} different problems, each with kernels of its own; at most {MAX_PROBLEMS}",
            f"共 {problems} 个不同的问题，各需自己的内核；至多 {MAX_PROBLEMS} 个",
        )
    products = updates * max(
        (
            c.problem.forward_operations * c.problem.batch_samples
            for c in corners
            if isinstance(c.problem, LearningProblem)
        ),
        default=0.0,
    )
    if products > MAX_PRODUCTS:
        raise invalid(
            "steps",
            f"{products:.1e} products of a weight and an input in all; at most {MAX_PRODUCTS:.0e}",
            f"权重与输入的乘积共 {products:.1e} 次；至多 {MAX_PRODUCTS:.0e} 次",
        )
