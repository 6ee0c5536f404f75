"""The script of an experiment on a surface."""

from typing_extensions import override

from steepest.export.script.expression import ExpressionWriter
from steepest.export.script.literals import call, comment, literal, number
from steepest.export.script.loops import CHECK, CHECK_NAN, CHECK_WITHIN, MOVE
from steepest.export.script.script import Script, Section, shortest
from steepest.problems import SurfaceProblem
from steepest.problems.expression import PARAMETERS, Program
from steepest.problems.surfaces.expression import typed_tree
from steepest.spec import Init, Text


class SurfaceScript(Script):
    """A position that descends on a function."""

    subject = "position"
    parameters = "[position]"

    @override
    def setup(self) -> list[str]:
        return [f"torch.manual_seed({self.recording.experiment.seed})  # on a surface nothing is random"]

    @override
    def problem(self) -> list[Section]:
        """The function, with its catalog entry as a comment."""
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
            tree = typed_tree(problem.values)
            lines.append(ExpressionWriter(self.sources, self.recording.device).body(tree))
            numbers = {name: value for name, value in problem.values.items() if name in PARAMETERS}
            given = "".join(f", with {name} = {literal(value)}" for name, value in numbers.items())
            about = f"{problem.surface.title.en}, as it was typed: {typed}{given}"
        else:
            function = self.sources.use(problem.f)
            arguments = [*names, *(f"{name}={literal(value)}" for name, value in problem.values.items())]
            lines.append(call(f"return {function}(", arguments, "    "))
            about = f"{problem.surface.title.en}: {problem.surface.about.en}"
        return [Section("\n".join([comment(about), *lines]), Text("The function", "函数"))]

    @override
    def helpers(self) -> list[str]:
        check = CHECK_WITHIN if self.compiled else CHECK_NAN if self.ends_with_nan else CHECK
        check = check.replace("dtype=dtype", f"dtype=dtype{self.where}")
        return [*([MOVE] if self.moves else []), check]

    @override
    def starts(self, n: int) -> list[str]:
        start = self.prepared.plans[n].start
        assert not isinstance(start, Init)  # on a surface it is written out
        numbers = ", ".join(number(value) for value in start)
        return [f"position = torch.nn.Parameter(torch.tensor([{numbers}], dtype=dtype{self.where}))"]

    @override
    def end(self, n: int, check: str) -> str:
        numbers = shortest(self.recording.final_params[n].tolist(), self.recording.experiment.dtype)
        return f"{check}[{', '.join(numbers)}]{self.tolerance(n)})"
