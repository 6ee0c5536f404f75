"""An experiment as a Python script that needs torch alone: every run with its edits, checked at its end."""

import torch

from steepest.engine.prepare import Plan, Rule, Turn
from steepest.export.edits import settings
from steepest.export.expression import Printer
from steepest.export.literals import call, comment, literal, number, plain, quoted
from steepest.export.loops import CHECK, CHECK_NAN, LOOPS, MOVE, TAKEN
from steepest.export.recording import Recording
from steepest.export.sources import Sources
from steepest.problems import SurfaceProblem
from steepest.problems.expression import Program, parse
from steepest.spec import Init, Invalid, Text


def python(recording: Recording) -> str:
    """The script. Run, it fails unless every run ends at the recorded parameters, bit for bit.

    That takes the same release of torch on the same kind of processor, as the script itself says. It ends at the last
    record, also where that is not finite. Raises `Invalid` for an entry of another package that has no name to import.
    """
    writer = _Writer(recording)
    runs = [writer.run(number) for number in range(len(recording.runs))]
    return writer.whole(runs)


class _Writer:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.prepared = recording.prepared
        self.names = [quoted(name) for name in recording.names()]
        self.sources = Sources(TAKEN)
        self.where = "" if recording.device == "cpu" else ", device=device"
        self.needs: set[str] = set()
        self.moves = False

    def whole(self, runs: list[str]) -> str:
        experiment, device = self.recording.experiment, self.recording.device
        loss = self.loss()
        head = [
            f"torch.manual_seed({experiment.seed})  # on a surface nothing is random",
            f"dtype = torch.{experiment.dtype}",
        ]
        if device != "cpu":
            head.append(f"device = {quoted(device)}")
        helpers = [source for need, (_, source) in LOOPS.items() if need in self.needs]
        if self.moves:
            helpers.append(MOVE)
        parts = [
            self.title(),
            self.sources.imports,
            "\n".join(head),
            *self.sources.definitions,
            loss,
            *helpers,
            self.check(),
            *runs,
        ]
        return "\n\n".join(parts[:2]) + "\n\n" + "\n\n\n".join(parts[2:]) + "\n"

    def title(self) -> str:
        runs = self.recording.runs
        many = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
        version = str(torch.__version__)
        return (
            f'"""A Steepest experiment in plain PyTorch: {many}, {self.recording.last} steps.\n\n'
            "Needs torch alone. Every run is repeated, edits included, and must end at the very parameters that were\n"
            f"recorded. That holds with torch {version} on {self.recording.device}; other releases and processors may\n"
            "round differently.\n"
            '"""'
        )

    def loss(self) -> str:
        """The function, and what it is called in the catalog."""
        problem = self.prepared.problem
        if not isinstance(problem, SurfaceProblem):
            raise Invalid("to", Text("only surfaces can be written as Python", "只有曲面可以导出为 Python"))
        names = problem.scene.names
        point = ", ".join(names) if len(names) > 1 else f"({names[0]},)"
        lines = [
            "def loss_at(position: Tensor) -> Tensor:",
            f'    """The loss at a point, shape ({problem.dim},), as a tensor of shape ()."""',
            f"    {point} = position.unbind()",
        ]
        if isinstance(problem.f, Program):
            typed = str(problem.values["expression"])
            lines.append(Printer(self.sources, self.recording.device).result(parse(typed)))
            about = f"{problem.surface.title.en}, as it was typed: {typed}"
        else:
            function = self.sources.use(problem.f)
            arguments = [*names, *(f"{name}={literal(value)}" for name, value in problem.values.items())]
            lines.append(call(f"return {function}(", arguments, "    "))
            about = f"{problem.surface.title.en}: {problem.surface.about.en}"
        return "\n".join([comment(about), *lines])

    def check(self) -> str:
        ends = [run.params[-1] for run in self.recording.runs]
        check = CHECK_NAN if any(bool((end != end).any()) for end in ends) else CHECK
        return check.replace("dtype=dtype", f"dtype=dtype{self.where}")

    def run(self, n: int) -> str:
        plan, records = self.prepared.plans[n], self.recording.runs[n]
        end = len(records) - 1
        blocks = [self.begin(n, plan)]
        step, built, rule = 0, 0, plan.rule
        for turn in plan.turns:
            if turn.step >= end:
                break
            if turn.step > step:
                blocks[-1] += self.descend(rule, step, turn.step)
            step = turn.step
            blocks.append(self.turn(turn, rule, begun=step > built))
            built, rule = (step if turn.renewed else built), turn.rule
        if end > step:
            blocks[-1] += self.descend(rule, step, end)
        last = [_shortest(value, self.recording.experiment.dtype) for value in records.params[-1].tolist()]
        diverged = "# Here it diverges.\n" if self.recording.diverged(n) else ""
        return "\n\n".join([*blocks, f"{diverged}check({self.names[n]}, position, [{', '.join(last)}])"])

    def begin(self, n: int, plan: Plan) -> str:
        fork = self.recording.experiment.runs[n].fork
        lines = [f"# ---- run {n}: {plain(self.recording.names()[n])} ----"]
        if fork is not None:
            lines.append(f"# A branch of run {fork.run}: the same up to step {fork.step}.")
        assert not isinstance(plan.start, Init)  # on a surface it is written out
        start = ", ".join(number(value) for value in plan.start)
        lines += [
            f"position = torch.nn.Parameter(torch.tensor([{start}], dtype=dtype{self.where}))",
            self.build(plan.rule),
        ]
        return "\n".join(lines)

    def build(self, rule: Rule) -> str:
        """The optimizer with its rate, and of the rest what is not the default."""
        optimizer = rule.optimizer
        name = self.sources.use(optimizer.torch_class, "torch.optim")
        defaults = {param.id: param.default for param in optimizer.params}
        given = [
            f"{param}={literal(value)}"
            for param, value in rule.values.items()
            if param == "lr" or repr(value) != repr(defaults[param])
        ]
        return call(f"optimizer = {name}(", ["[position]", *given])

    def descend(self, rule: Rule, first: int, last: int) -> str:
        self.needs.add(rule.optimizer.needs)
        return f"\n{LOOPS[rule.optimizer.needs][0]}(position, optimizer, range({first}, {last}))"

    def turn(self, turn: Turn, before: Rule, begun: bool) -> str:
        if turn.params is not None:
            self.moves = True
            to = ", ".join(number(value) for value in turn.params)
            return f"# Step {turn.step}: the parameters are moved.\nmove(position, [{to}])"
        if turn.renewed:
            return f"# Step {turn.step}: the optimizer is replaced.\n{self.build(turn.rule)}"
        optimizer = turn.rule.optimizer
        lines = settings(optimizer, before.values, turn.rule.values, begun, self.sources)
        changes = [
            f"{name} {literal(before.values[name])} → {literal(value)}"
            for name, value in turn.rule.values.items()
            if repr(value) != repr(before.values[name])
        ]
        what = ", ".join(changes) if changes else "the same numbers once more"
        return "\n".join([comment(f"Step {turn.step}: {what}."), *lines])


def _shortest(value: float, dtype: str) -> str:
    """The shortest literal that a tensor of this dtype reads as the very same number."""
    if dtype == "float32" and value == value and abs(value) != float("inf"):
        short = str(torch.tensor(value, dtype=torch.float32).numpy())
        if torch.tensor(float(short), dtype=torch.float32).item() == value:
            return number(float(short))
    return number(value)
