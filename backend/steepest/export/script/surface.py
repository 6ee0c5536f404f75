"""The script of an experiment on a surface."""

from typing_extensions import override

from steepest.engine.preparation.prepare import OptimizerConfig
from steepest.export.script.expression import Printer
from steepest.export.script.literals import call, comment, literal, number, quoted
from steepest.export.script.loops import CHECK, CHECK_NAN, MOVE, Loop
from steepest.export.script.script import Piece, Script, shortest
from steepest.problems import SurfaceProblem
from steepest.problems.expression import Program, parse
from steepest.spec import Init, Text


class SurfaceScript(Script):
    """A position that descends on a function."""

    subject = "position"
    parameters = "[position]"

    @override
    def setup(self) -> list[str]:
        experiment, device = self.recording.experiment, self.recording.device
        lines = [
            f"torch.manual_seed({experiment.seed})  # on a surface nothing is random",
            f"dtype = torch.{experiment.dtype}",
        ]
        return [*lines, f"device = {quoted(device)}"] if device != "cpu" else lines

    @override
    def problem(self) -> list[Piece]:
        """The function, and what it is called in the catalog."""
        problem = self.prepared.problem
        assert isinstance(problem, SurfaceProblem)
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
        return [Piece("\n".join([comment(about), *lines]), Text("The function", "函数"))]

    @override
    def helpers(self) -> list[str]:
        nan = any(bool((end != end).any()) for end in self.recording.ends)
        check = (CHECK_NAN if nan else CHECK).replace("dtype=dtype", f"dtype=dtype{self.where}")
        return [*([MOVE] if self.moves else []), check]

    @override
    def starts(self, n: int) -> list[str]:
        start = self.prepared.plans[n].start
        assert not isinstance(start, Init)  # on a surface it is written out
        numbers = ", ".join(number(value) for value in start)
        return [f"position = torch.nn.Parameter(torch.tensor([{numbers}], dtype=dtype{self.where}))"]

    @override
    def loop(self, n: int, rule: OptimizerConfig) -> Loop:
        return Loop(
            needs=rule.optimizer.needs,
            zero_grad=self.prepared.plans[n].zero_grad,
            schedule=self.schedule(n),
            history=self.history,
        )

    @override
    def end(self, n: int, check: str) -> str:
        numbers = shortest(self.recording.ends[n].tolist(), self.recording.experiment.dtype)
        return f"{check}[{', '.join(numbers)}])"
