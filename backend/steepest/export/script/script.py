"""What every exported script is made of: pieces of code with words about them, and each run with its edits."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from steepest.engine.preparation.prepare import AppliedEdit, OptimizerConfig, RunPlan
from steepest.export.recording import Recording
from steepest.export.script.edits import settings
from steepest.export.script.literals import call, comment, listed, literal, number, plain, quoted
from steepest.export.script.loops import SCALE, SCHEDULED, TAKEN, Loop
from steepest.export.script.schedules import LrScheduler, scheduler
from steepest.export.script.sources import Sources
from steepest.spec import Text


@dataclass(frozen=True)
class Piece:
    """Code that belongs together. heading: what a notebook says above it."""

    code: str
    heading: Text


class Script(ABC):
    """The writer of one script. history: its loops keep every loss, for a plot."""

    subject: str  # what is trained, as a variable of the script
    parameters: str  # what an optimizer is given

    def __init__(self, recording: Recording, *, history: bool = False) -> None:
        self.recording = recording
        self.prepared = recording.prepared
        self.names = [quoted(name) for name in recording.names()]
        self.sources = Sources(TAKEN)
        self.where = "" if recording.device == "cpu" else ", device=device"
        self.history = history
        self.loops: set[Loop] = set()
        self.moves = self.scales = False

    @abstractmethod
    def setup(self) -> list[str]:
        """The first lines after the imports."""

    @abstractmethod
    def problem(self) -> list[Piece]:
        """What is minimised; `sources.definitions` come before the first of them."""

    @abstractmethod
    def helpers(self) -> list[str]:
        """What the runs need beside their loops."""

    @abstractmethod
    def starts(self, n: int) -> list[str]:
        """The lines that put the subject of a run at its start."""

    @abstractmethod
    def loop(self, n: int, rule: OptimizerConfig) -> Loop:
        """What a run needs while the rule is in force."""

    def schedule(self, n: int) -> str:
        """How the run's schedule is stepped, as a loop asks for it; "" for none."""
        timing = self.prepared.plans[n].schedule_config
        return "" if timing is None else timing.schedule.id if timing.schedule.id in SCHEDULED else "step"

    @abstractmethod
    def end(self, n: int, check: str) -> str:
        """The line that checks a run's end, from the beginning of its call."""

    def pieces(self) -> list[Piece]:
        """All code, in order: imports and head, what is minimised, helpers, then a piece a run."""
        runs = [self.run(n) for n in range(len(self.recording.runs))]
        first, *more = self.problem()
        loops = [loop.source for loop in sorted(self.loops, key=_simplest_first)]
        helpers = [*loops, *([SCALE] if self.scales else []), *self.helpers()]
        # Last, for all of them may ask for imports and for definitions.
        kept = ["losses = {}  # of every step, by run"] if self.history else []
        names = self.recording.names()
        head = f"{self.sources.imports}\n\n" + "\n".join([*self.setup(), *kept])
        return [
            Piece(head, Text("Imports and settings", "导入与设置")),
            Piece("\n\n\n".join([*self.sources.definitions, first.code]), first.heading),
            *more,
            Piece("\n\n\n".join(helpers), Text("Training, and how its end is checked", "训练，以及如何核对终点")),
            *(Piece(code, Text(f"Run {n}: {names[n]}", f"运行 {n}：{names[n]}")) for n, code in enumerate(runs)),
        ]

    @property
    def about(self) -> str:
        """What it is, and what it needs."""
        runs = self.recording.runs
        many = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
        version = str(torch.__version__)
        return (
            f"A Steepest experiment in plain PyTorch: {many}, {self.recording.last} steps.\n\n"
            "Needs torch alone. Every run is repeated, edits included, and must end at the very parameters that were\n"
            f"recorded. That holds with torch {version} on {self.recording.device}; other releases and processors may\n"
            "round differently.\n"
        )

    def whole(self) -> str:
        """The script."""
        return f'"""{self.about}"""\n\n' + "\n\n\n".join(piece.code for piece in self.pieces()) + "\n"

    def run(self, n: int) -> str:
        """One run from its start to the check of its end."""
        plan, end = self.prepared.plans[n], len(self.recording.runs[n]) - 1
        blocks = [self._begin(n, plan)]
        step, built, rule = 0, 0, plan.config
        for turn in plan.edits:
            if turn.step >= end:
                break
            if turn.step > step:
                blocks[-1] += self._descend(n, rule, step, turn.step)
            step = turn.step
            blocks.append(self._turn(n, turn, rule, begun=step > built))
            built, rule = (step if turn.replaced else built), turn.config
        if end > step:
            blocks[-1] += self._descend(n, rule, step, end)
        diverged = "# Here it diverges.\n" if self.recording.diverged(n) else ""
        blocks.append(f"{diverged}{self.end(n, f'check({self.names[n]}, {self.subject}, ')}")
        return "\n\n".join(blocks)

    def _begin(self, n: int, plan: RunPlan) -> str:
        fork = self.recording.experiment.runs[n].fork
        lines = [f"# ---- run {n}: {plain(self.recording.names()[n])} ----"]
        if fork is not None:
            lines.append(f"# A branch of run {fork.run}: the same up to step {fork.step}.")
        kept = [f"history = losses[{self.names[n]}] = []"] if self.history else []
        return "\n".join([*lines, *kept, *self.starts(n), self._build(n, plan.config)])

    def _build(self, n: int, rule: OptimizerConfig) -> str:
        """The optimizer with its rate, and of the rest what is not the default; and the run's schedule."""
        optimizer = rule.optimizer
        name = self.sources.use(optimizer.torch_class, "torch.optim")
        defaults = {param.id: param.default for param in optimizer.params}
        given = [
            f"{param}={literal(value)}"
            for param, value in rule.values.items()
            if param == "lr" or repr(value) != repr(defaults[param])
        ]
        built = call(f"optimizer = {name}(", [self.parameters, *given])
        timing = self.prepared.plans[n].schedule_config
        return built if timing is None else "\n".join([built, scheduler(timing, rule, self.sources)])

    def _descend(self, n: int, rule: OptimizerConfig, first: int, last: int) -> str:
        loop = self.loop(n, rule)
        self.loops.add(loop)
        return f"\n{loop.call(first, last)}"

    def _turn(self, n: int, turn: AppliedEdit, before: OptimizerConfig, begun: bool) -> str:
        if turn.params is not None:
            self.moves = True
            move = listed(f"move({self.subject}, [", [number(value) for value in turn.params])
            return f"# Step {turn.step}: the parameters are moved.\n{move}"
        if turn.replaced:
            return f"# Step {turn.step}: the optimizer is replaced.\n{self._build(n, turn.config)}"
        many, timing = self.subject == "model", self.prepared.plans[n].schedule_config
        if timing is None:
            lines = settings(turn.config.optimizer, before.values, turn.config.values, begun, self.sources, many=many)
        else:
            rate = float(self.recording.runs[n].lr[turn.step + 1])
            scheduled = LrScheduler(timing, before, turn.config, rate)
            self.scales |= scheduled.scales
            lines = scheduled.lines(begun, self.sources, many=many)
        changes = [
            f"{name} {literal(before.values[name])} → {literal(value)}"
            for name, value in turn.config.values.items()
            if repr(value) != repr(before.values[name])
        ]
        what = ", ".join(changes) if changes else "the same numbers once more"
        return "\n".join([comment(f"Step {turn.step}: {what}."), *lines])


def _simplest_first(loop: Loop) -> tuple[int, str]:
    return ("gradient", "closure", "hessian").index(loop.needs), loop.name


def shortest(values: Sequence[float], dtype: str) -> list[str]:
    """The shortest literals that a tensor of this dtype reads as the very same numbers."""
    return [_shortest(value, dtype) for value in values]


def _shortest(value: float, dtype: str) -> str:
    if dtype == "float32" and value == value and abs(value) != float("inf"):
        short = str(torch.tensor(value, dtype=torch.float32).numpy())
        if torch.tensor(float(short), dtype=torch.float32).item() == value:
            return number(float(short))
    return number(value)
