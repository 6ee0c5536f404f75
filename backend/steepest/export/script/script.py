"""What every exported script is made of: sections of code with headings, and each run with its edits."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from steepest.engine import TOLERANCE
from steepest.engine.preparation.plan import AppliedEdit, OptimizerConfig, RunPlan
from steepest.export.recording import Recording
from steepest.export.script.edits import edit_lines
from steepest.export.script.literals import call, comment, listed, literal, number, plain, quoted
from steepest.export.script.loops import RESERVED_NAMES, SCALE, SCHEDULER_STEPS, Loop
from steepest.export.script.schedules import ScheduledEdit, scheduler_line
from steepest.export.script.sources import Sources
from steepest.problems.rng import seed_for
from steepest.spec import Text, counted


@dataclass(frozen=True)
class Section:
    """Code that belongs together, and the heading above it in a notebook."""

    code: str
    heading: Text


class Script(ABC):
    """Writes one script. history: its loops keep every loss, for a plot."""

    subject: str  # the variable that is trained
    parameters: str  # the optimizer's first argument
    batched = False  # each step has its own samples
    seeded = False  # dropout uses a seed of its own at each step

    def __init__(self, recording: Recording, *, history: bool = False) -> None:
        self.recording = recording
        self.prepared = recording.prepared
        self.names = [quoted(name) for name in recording.names()]
        self.sources = Sources(RESERVED_NAMES)
        self.where = "" if recording.device == "cpu" else ", device=device"
        self.history = history
        self.loops: set[Loop] = set()
        self.moves = self.scales = False  # whether some run needs the helper function

    @abstractmethod
    def setup(self) -> list[str]:
        """The first lines after the imports, before dtype and device."""

    @abstractmethod
    def problem(self) -> list[Section]:
        """What is minimised; `sources.definitions` come before the first of them."""

    @abstractmethod
    def helpers(self) -> list[str]:
        """What the runs need beside their loops."""

    @abstractmethod
    def starts(self, n: int) -> list[str]:
        """The lines that put the subject of a run at its start."""

    @abstractmethod
    def end(self, n: int, check: str) -> str:
        """The line that checks a run's end. check: the beginning of its call."""

    @property
    def compiled(self) -> bool:
        """Whether some run was not made by PyTorch, so that ends are compared within tolerances."""
        return any(self.recording.engines(n) != ("eager",) for n in range(len(self.recording.runs)))

    def tolerance(self, n: int) -> str:
        """The last argument of the check of a run's end, where it has one."""
        if not self.compiled:
            return ""
        tolerance = self.recording.tolerance(n)
        return f", {f'{tolerance:.2g}' if tolerance < 1 else 'torch.inf'}"

    def schedule(self, n: int) -> str:
        """The key of `SCHEDULER_STEPS` for the run's schedule; "" for none."""
        config = self.prepared.plans[n].schedule_config
        if config is None:
            return ""
        return config.schedule.id if config.schedule.id in SCHEDULER_STEPS else "step"

    @property
    def ends_with_nan(self) -> bool:
        """Whether NaN is among the last parameters of some run."""
        return any(bool((params != params).any()) for params in self.recording.final_params)

    def sections(self) -> list[Section]:
        """All code, in order: imports and settings, what is minimised, helpers, then a section a run."""
        runs = [self.run(n) for n in range(len(self.recording.runs))]
        first, *more = self.problem()
        loops = [loop.source for loop in sorted(self.loops, key=_simplest_first)]
        helpers = [*loops, *([SCALE] if self.scales else []), *self.helpers()]
        # The head comes last, since all of them may need imports and definitions.
        head = [*self.setup(), f"dtype = torch.{self.recording.experiment.dtype}"]
        head += [f"device = {quoted(self.recording.device)}"] if self.where else []
        head += ["losses = {}  # of every step, by run"] if self.history else []
        names = self.recording.names()
        return [
            Section(f"{self.sources.imports}\n\n" + "\n".join(head), Text("Imports and settings", "导入与设置")),
            Section("\n\n\n".join([*self.sources.definitions, first.code]), first.heading),
            *more,
            Section("\n\n\n".join(helpers), Text("Training, and how its end is checked", "训练，以及如何核对终点")),
            *(Section(code, Text(f"Run {n}: {names[n]}", f"运行 {n}：{names[n]}")) for n, code in enumerate(runs)),
        ]

    @property
    def about(self) -> str:
        """What the script is and needs."""
        runs = self.recording.runs
        many = f"{counted(len(runs), 'run')}, {counted(self.recording.last, 'step')}"
        version = str(torch.__version__)
        ends = _ENDS_WITHIN if self.compiled else _ENDS_EXACTLY
        return (
            f"A Steepest experiment in plain PyTorch: {many}.\n\n"
            f"{ends.format(version=version, device=self.recording.device, tolerance=TOLERANCE)}"
        )

    def whole(self) -> str:
        """The script."""
        return f'"""{self.about}"""\n\n' + "\n\n\n".join(section.code for section in self.sections()) + "\n"

    def run(self, n: int) -> str:
        """One run from its start to the check of its end."""
        plan, end = self.prepared.plans[n], len(self.recording.runs[n]) - 1
        blocks = [self._begin(n, plan)]
        step, built, config = 0, 0, plan.config
        for edit in plan.edits:
            if edit.step >= end:
                break
            if edit.step > step:
                blocks[-1] += self._train(n, config, step, edit.step)
            step = edit.step
            blocks.append(self._edit(n, edit, config, begun=step > built))
            built, config = (step if edit.replaced else built), edit.config
        if end > step:
            blocks[-1] += self._train(n, config, step, end)
        diverged = "# Here it diverges.\n" if self.recording.diverged(n) else ""
        blocks.append(f"{diverged}{self.end(n, f'check({self.names[n]}, {self.subject}, ')}")
        return "\n\n".join(blocks)

    def _begin(self, n: int, plan: RunPlan) -> str:
        fork = self.recording.experiment.runs[n].fork
        lines = [f"# ---- run {n}: {plain(self.recording.names()[n])} ----"]
        if fork is not None:
            lines.append(f"# A branch of run {fork.run}: the same up to step {fork.step}.")
        if self.history:
            lines.append(f"history = losses[{self.names[n]}] = []")
        return "\n".join([*lines, *self.starts(n), self._build(n, plan.config)])

    def _build(self, n: int, config: OptimizerConfig) -> str:
        """The optimizer with its rate and whatever is not the default, and the run's schedule."""
        optimizer = config.optimizer
        name = self.sources.use(optimizer.torch_class, "torch.optim")
        defaults = {param.id: param.default for param in optimizer.params}
        given = [
            f"{param}={literal(value)}"
            for param, value in config.values.items()
            if param == "lr" or repr(value) != repr(defaults[param])
        ]
        built = call(f"optimizer = {name}(", [self.parameters, *given])
        schedule_config = self.prepared.plans[n].schedule_config
        if schedule_config is None:
            return built
        return f"{built}\n{scheduler_line(schedule_config, config, self.sources)}"

    def _train(self, n: int, config: OptimizerConfig, first: int, last: int) -> str:
        """The call of the loop that a run needs while the config is in force."""
        if self.seeded:
            self.sources.use(seed_for)
        loop = Loop(
            model=self.subject == "model",
            needs=config.optimizer.needs,
            zero_grad=self.prepared.plans[n].zero_grad,
            schedule=self.schedule(n),
            batched=self.batched,
            seeded=self.seeded,
            history=self.history,
        )
        self.loops.add(loop)
        return f"\n{loop.call(first, last)}"

    def _edit(self, n: int, edit: AppliedEdit, before: OptimizerConfig, begun: bool) -> str:
        if edit.params is not None:
            self.moves = True
            move = listed(f"move({self.subject}, [", [number(value) for value in edit.params])
            return f"# Step {edit.step}: the parameters are moved.\n{move}"
        if edit.replaced:
            return f"# Step {edit.step}: the optimizer is replaced.\n{self._build(n, edit.config)}"
        old, new = before.values, edit.config.values
        model, schedule_config = self.subject == "model", self.prepared.plans[n].schedule_config
        if schedule_config is None:
            lines = edit_lines(edit.config.optimizer, old, new, begun, self.sources, model=model)
        else:
            rate = float(self.recording.runs[n].lr[edit.step + 1])
            scheduled = ScheduledEdit(schedule_config, before, edit.config, rate)
            self.scales |= scheduled.scales
            lines = scheduled.lines(begun, self.sources, model=model)
        changes = [
            f"{name} {literal(old[name])} → {literal(value)}"
            for name, value in new.items()
            if repr(value) != repr(old[name])
        ]
        what = ", ".join(changes) if changes else "the same numbers again"
        return "\n".join([comment(f"Step {edit.step}: {what}."), *lines])


_ENDS_EXACTLY = """\
Needs only torch. Every run is repeated, edits included, and must end at exactly the recorded
parameters. That holds with torch {version} on {device}; other releases and processors
may round differently.
"""
_ENDS_WITHIN = """\
Needs only torch. The recording was made by Steepest's compiled engine: PyTorch's operations, each rounded
by itself. Every run is repeated, edits included, and must end at the recorded parameters within the
tolerance beside them, which is relative to the largest one: as far as roundings on the way move the end,
times {tolerance:g}. It is infinite where a rounding decides how far the run gets.
"""


def _simplest_first(loop: Loop) -> tuple[int, str]:
    return ("gradient", "closure", "hessian").index(loop.needs), loop.name


def shortest(values: Sequence[float], dtype: str) -> list[str]:
    """The shortest literals that a tensor of this dtype reads as exactly the same numbers."""
    return [_shortest(value, dtype) for value in values]


def _shortest(value: float, dtype: str) -> str:
    if dtype == "float32" and value == value and abs(value) != float("inf"):
        short = str(torch.tensor(value, dtype=torch.float32).numpy())
        if torch.tensor(float(short), dtype=torch.float32).item() == value:
            return number(float(short))
    return number(value)
