"""The script of a model that is trained on data: its data, its module, its loss and its batches."""

import hashlib

import numpy as np
import torch
from typing_extensions import override

from steepest.engine.recording.records import MAX_RECORDED_PARAMS
from steepest.export.recording import Recording
from steepest.export.script.dataset import data_code
from steepest.export.script.literals import comment, listed, literal, number, quoted
from steepest.export.script.loops import MOVE_MODEL
from steepest.export.script.network import loss_code, network_code
from steepest.export.script.packing import pack, use_packing
from steepest.export.script.script import Script, Section, shortest
from steepest.problems import LearningProblem
from steepest.problems.rng import seed_for
from steepest.spec import Init, Text


class LearningScript(Script):
    """A module that is trained on data."""

    subject = "model"
    parameters = "model.parameters()"

    def __init__(self, recording: Recording, *, history: bool = False) -> None:
        super().__init__(recording, history=history)
        problem = self.prepared.problem
        assert isinstance(problem, LearningProblem)
        self.learning = problem
        self.to = "dtype" if recording.device == "cpu" else "device, dtype"
        self.batched = problem.document.batch.size is not None
        self.seeded = problem.model.random(problem.model_values)
        self.sources.need_import("nn", "from torch import nn")

    @override
    def setup(self) -> list[str]:
        return [
            "torch.set_num_threads(1)  # several threads would sum in another order",
            f"seed = {self.recording.experiment.seed}",
        ]

    @override
    def problem(self) -> list[Section]:
        learning = self.learning
        parts = [
            ("The data", "数据", learning.dataset.title, data_code(learning, self.sources, self.to)),
            ("The model", "模型", learning.model.title, self._model()),
            ("The loss", "损失函数", learning.loss.title, self._loss()),
        ]
        sections = [
            Section(code, Text(f"{english}: {title.en}", f"{chinese}：{title.zh}"))
            for english, chinese, title, code in parts
        ]
        return [*sections, Section(self._batches(), Text("The batches", "小批量"))] if self.batched else sections

    def _model(self) -> str:
        model, first, *rest = (self.learning.model, *network_code(self.learning, self.sources).split("\n"))
        lines = [
            comment(model.about.en),
            "def new_model() -> nn.Module:",
            f'    """{model.title.en}: {self.learning.dim} parameters, drawn at each call."""',
            f"    return {first}",
            *(f"    {line}" for line in rest),
        ]
        return "\n".join(lines)

    def _loss(self) -> str:
        penalty = self.learning.document.penalty
        penalised = bool(penalty.l1 or penalty.l2)
        about = ", and the penalty on its weights" if penalised else ""
        lines = [
            f"criterion = {loss_code(self.learning, self.sources, may_be_nan=self._may_be_nan)}",
            "",
            "",
            "def loss_of(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:",
            f'    """The loss on these samples{about}."""',
        ]
        if not penalised:
            return "\n".join([*lines, "    return criterion(model(inputs), targets)"])
        lines += [
            # First of all: backward sums a weight's gradients in the order of these lines.
            "    loss = criterion(model(inputs), targets)",
            f"    weights = [parameter for name, parameter in model.named_parameters() if {self._is_weight}]",
        ]
        terms = []
        for name, size, function in (("l1", penalty.l1, "abs"), ("l2", penalty.l2, "square")):
            if size:
                lines.append(f"    {name} = torch.stack([weight.{function}().sum() for weight in weights]).sum()")
                terms.append(f"{number(size)} * {name}")
        total = terms[0] if len(terms) == 1 else f"({' + '.join(terms)})"
        return "\n".join([*lines, f"    return loss + {total}"])

    @property
    def _may_be_nan(self) -> bool:
        """Whether some loss may be NaN: at a run's end, or where an optimizer only tries a point."""
        configs = [config for plan in self.prepared.plans for config in plan.configs]
        diverged = any(self.recording.diverged(n) for n in range(len(self.recording.runs)))
        return diverged or any(config.optimizer.needs == "closure" for config in configs)

    @property
    def _is_weight(self) -> str:
        """The condition on `name` that weights meet and biases do not."""
        layers = self.learning.layers
        if all(layer.weight == layer.name.endswith("weight") for layer in layers):
            return 'name.endswith("weight")'
        return f"name in {tuple(layer.name for layer in layers if layer.weight)!r}"

    def _batches(self) -> str:
        """The samples of a step, which depend only on the seed and the step."""
        self.sources.need_import("DataLoader", "from torch.utils.data import DataLoader")
        self.sources.need_import("TensorDataset", "from torch.utils.data import TensorDataset")
        name = self.sources.use(seed_for)
        batch, count = self.learning.document.batch, self.learning.split_sizes.train
        size = batch.size or count
        lines = ["def samples_of(step: int) -> list[int]:"]
        if batch.sampling == "replacement":
            lines += [
                f'    """The samples of a step: {size} of {count}, drawn at each step."""',
                f'    generator = torch.Generator().manual_seed({name}(seed, "batch", step))',
                f"    return torch.randint({count}, ({size},), generator=generator).tolist()",
            ]
        else:
            lines += [
                f'    """The samples of a step: the set in batches of {size}, shuffled in every epoch."""',
                f"    epoch, place = divmod(step, {-(-count // size)})",
                f'    generator = torch.Generator().manual_seed({name}(seed, "epoch", epoch))',
                f"    order = torch.randperm({count}, generator=generator)",
                f"    return order[place * {size} : (place + 1) * {size}].tolist()",
            ]
        return "\n".join(
            [
                *lines,
                "",
                "",
                "def batches(steps: range) -> DataLoader:",
                '    """The samples of each of these steps; the sampler yields whole batches."""',
                "    whole = TensorDataset(train_inputs, train_targets)",
                "    return DataLoader(whole, sampler=[samples_of(step) for step in steps], batch_size=None)",
            ]
        )

    @override
    def helpers(self) -> list[str]:
        explicit = any(not isinstance(plan.start, Init) for plan in self.prepared.plans)
        move = MOVE_MODEL.replace("dtype=dtype", f"dtype=dtype{self.where}")
        return [*([move] if self.moves or explicit else []), self._check()]

    def _check(self) -> str:
        lines = ["    found = nn.utils.parameters_to_vector(model.parameters()).detach()"]
        limit = ""
        if self.compiled:
            kind, limit = "list[float]", ", tolerance: float"
            about = (
                "The run must end where its recording does, within the tolerance, relative to the largest parameter."
            )
            wanted = f"torch.tensor(end, dtype=dtype{self.where})"
            if self.learning.dim > MAX_RECORDED_PARAMS:
                use_packing(self.sources)
                kind, wanted = "Tensor", "end"
            lines += [
                f"    wanted = {wanted}",
                "    if tolerance < torch.inf:",
                "        within = tolerance * wanted.nan_to_num().abs().max().item()",
                "        torch.testing.assert_close(found, wanted, rtol=0, atol=within, equal_nan=True)",
            ]
        elif self.learning.dim > MAX_RECORDED_PARAMS:
            self.sources.need_import("hashlib", "import hashlib")
            kind = "str"
            about = "The run must end where its recording does; the parameters are compared by their SHA-256."
            lines += [
                "    digest = hashlib.sha256(bytes(found.cpu().view(torch.uint8).tolist())).hexdigest()",
                '    assert digest == end, f"{name} ends elsewhere: {digest}, not {end}"',
            ]
        else:
            kind, about = "list[float]", "The run must end where its recording does."
            lines += [
                f"    wanted = torch.tensor(end, dtype=dtype{self.where})",
                "    torch.testing.assert_close(found, wanted, rtol=0, atol=0, equal_nan=True)"
                if self.ends_with_nan
                else '    assert torch.equal(found, wanted), f"{name} ends at {found.tolist()}, not at {end}"',
            ]
        lines += [
            "    model.eval()",
            "    with torch.no_grad():",
            "        loss = loss_of(model, train_inputs, train_targets).item()",
            f'    print(f"{{name}} ends{"" if self.compiled else " as recorded"}: loss {{loss}} on the training part")',
        ]
        for part, what in (("dev", "development"), ("test", "test")):
            if getattr(self.learning.split_sizes, part):
                lines += [
                    "    with torch.no_grad():",
                    f"        loss = criterion(model({part}_inputs), {part}_targets).item()",
                    f'    print(f"  and {{loss}} on the {what} part")',
                ]
        head = f"def check(name: str, model: nn.Module, end: {kind}{limit}) -> None:"
        return "\n".join([head, f'    """{about}"""', *lines])

    @override
    def starts(self, n: int) -> list[str]:
        start = self.prepared.plans[n].start
        if not isinstance(start, Init):
            self.moves = True
            numbers = [number(value) for value in start]
            return [f"model = new_model().to({self.to})", listed("move(model, [", numbers)]
        seed = "seed"
        if start.draw:
            seed = f'{self.sources.use(seed_for)}(seed, "init", {start.draw})'
        lines = [f"torch.manual_seed({seed})"]
        if start.init == "default":
            return [*lines, f"model = new_model().to({self.to})"]
        lines.append("model = new_model()")
        if start.init == "zeros":
            return [
                *lines,
                "for parameter in model.parameters():",
                "    nn.init.zeros_(parameter)",
                f"model.to({self.to})",
            ]
        fill = {
            "xavier": "nn.init.xavier_uniform_(parameter)",
            "kaiming": 'nn.init.kaiming_uniform_(parameter, nonlinearity="relu")',
            "normal": f"nn.init.normal_(parameter, std={literal(start.std)})",
        }[start.init]
        return [
            *lines,
            "for name, parameter in model.named_parameters():",
            f"    if {self._is_weight}:",
            f"        {fill}",
            "    else:",
            "        nn.init.zeros_(parameter)",
            f"model.to({self.to})",
        ]

    @override
    def end(self, n: int, check: str) -> str:
        end = self.recording.final_params[n]
        if self.learning.dim > MAX_RECORDED_PARAMS:
            if self.compiled:
                return f"{check}{pack(torch.from_numpy(end))}{self.tolerance(n)})"
            return f"{check}{quoted(hashlib.sha256(np.ascontiguousarray(end).tobytes()).hexdigest())})"
        return listed(f"{check}[", shortest(end.tolist(), self.recording.experiment.dtype), f"]{self.tolerance(n)})")
