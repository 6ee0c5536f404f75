"""The script of a model that learns: its data, its module, its batches and its loss."""

import hashlib

import numpy as np
from typing_extensions import override

from steepest.engine.preparation.prepare import OptimizerConfig
from steepest.engine.recording.records import MAX_RECORDED_PARAMS
from steepest.export.recording import Recording
from steepest.export.script.dataset import data
from steepest.export.script.literals import comment, listed, literal, number, quoted
from steepest.export.script.loops import MOVE_MODEL, Loop
from steepest.export.script.network import criterion, network
from steepest.export.script.script import Piece, Script, shortest
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
        experiment, device = self.recording.experiment, self.recording.device
        lines = [
            "torch.set_num_threads(1)  # several would add numbers up in another order",
            f"seed = {experiment.seed}",
            f"dtype = torch.{experiment.dtype}",
        ]
        return [*lines, f"device = {quoted(device)}"] if device != "cpu" else lines

    @override
    def problem(self) -> list[Piece]:
        dataset, model, loss = (each.title for each in (self.learning.dataset, self.learning.model, self.learning.loss))
        pieces = [
            Piece(
                data(self.learning, self.sources, self.to),
                Text(f"The data: {dataset.en}", f"数据：{dataset.zh}"),
            ),
            Piece(self._model(), Text(f"The model: {model.en}", f"模型：{model.zh}")),
            Piece(self._loss(), Text(f"The loss: {loss.en}", f"损失函数：{loss.zh}")),
        ]
        return [*pieces, Piece(self._batches(), Text("The batches", "小批量"))] if self.batched else pieces

    def _model(self) -> str:
        lines = [
            "def new_model() -> nn.Module:",
            f'    """{self.learning.model.title.en}: {self.learning.dim} parameters, drawn anew."""',
        ]
        made = network(self.learning, self.sources).split("\n")
        lines += [f"    return {made[0]}", *(f"    {line}" for line in made[1:])]
        return "\n".join([comment(self.learning.model.about.en), *lines])

    def _loss(self) -> str:
        asked = self.learning.document.penalty
        head = [
            f"criterion = {criterion(self.learning, self.sources, lost=self._lost)}",
            "",
            "",
            "def loss_of(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:",
        ]
        if not asked.l1 and not asked.l2:
            head += [
                '    """How wrong the model is on these samples."""',
                "    return criterion(model(inputs), targets)",
            ]
            return "\n".join(head)
        head += [
            '    """How wrong the model is on these samples, and the penalty on its weights."""',
            # First of all: backward adds up a weight's gradients in the order that these lines come in.
            "    loss = criterion(model(inputs), targets)",
            f"    weights = [parameter for name, parameter in model.named_parameters() if {self._is_weight}]",
        ]
        terms = []
        for each, size, what in (("l1", asked.l1, "abs"), ("l2", asked.l2, "square")):
            if size:
                head.append(f"    {each} = torch.stack([weight.{what}().sum() for weight in weights]).sum()")
                terms.append(f"{number(size)} * {each}")
        penalty = terms[0] if len(terms) == 1 else f"({' + '.join(terms)})"
        return "\n".join([*head, f"    return loss + {penalty}"])

    @property
    def _lost(self) -> bool:
        """Whether some loss may be NaN: at a run's end, or where an optimizer only tries a place."""
        plans = self.prepared.plans
        rules = [rule for plan in plans for rule in (plan.config, *(turn.config for turn in plan.edits))]
        return any(self.recording.diverged(n) for n in range(len(plans))) or any(
            rule.optimizer.needs == "closure" for rule in rules
        )

    @property
    def _is_weight(self) -> str:
        """The condition on `name` that the layers' weights meet, and no bias does."""
        layers = self.learning.layers
        if all(layer.weight == layer.name.endswith("weight") for layer in layers):
            return 'name.endswith("weight")'
        return f"name in {tuple(layer.name for layer in layers if layer.weight)!r}"

    def _batches(self) -> str:
        """The samples of a step, as they follow from the seed and the step alone."""
        self.sources.need_import("DataLoader", "from torch.utils.data import DataLoader")
        self.sources.need_import("TensorDataset", "from torch.utils.data import TensorDataset")
        name = self.sources.use(seed_for)
        batch, count = self.learning.document.batch, self.learning.split_sizes.train
        size = batch.size or count
        lines = ["def samples_of(step: int) -> list[int]:"]
        if batch.sampling == "replacement":
            lines += [
                f'    """Which samples a step sees: {size} of {count}, drawn anew each time."""',
                f'    generator = torch.Generator().manual_seed({name}(seed, "batch", step))',
                f"    return torch.randint({count}, ({size},), generator=generator).tolist()",
            ]
        else:
            lines += [
                f'    """Which samples a step sees: the set in pieces of {size}, shuffled anew in every epoch."""',
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
                '    """The samples of each of these steps; the sampler makes whole batches."""',
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
        if self.learning.dim > MAX_RECORDED_PARAMS:
            self.sources.need_import("hashlib", "import hashlib")
            kind = "str"
            about = "The run must end where its recording does: so many parameters are compared by their SHA-256."
            lines += [
                "    digest = hashlib.sha256(bytes(found.cpu().view(torch.uint8).tolist())).hexdigest()",
                '    assert digest == end, f"{name} ends elsewhere: {digest}, not {end}"',
            ]
        else:
            kind, about = "list[float]", "The run must end where its recording does."
            nan = any(bool((end != end).any()) for end in self.recording.ends)
            lines += [
                f"    wanted = torch.tensor(end, dtype=dtype{self.where})",
                "    torch.testing.assert_close(found, wanted, rtol=0, atol=0, equal_nan=True)"
                if nan
                else '    assert torch.equal(found, wanted), f"{name} ends at {found.tolist()}, not at {end}"',
            ]
        lines += [
            "    model.eval()",
            "    with torch.no_grad():",
            "        loss = loss_of(model, train_inputs, train_targets).item()",
            '    print(f"{name} ends as recorded: loss {loss} on all that it was trained on")',
        ]
        for part, what in (("dev", "development"), ("test", "test")):
            if getattr(self.learning.split_sizes, part):
                lines += [
                    "    with torch.no_grad():",
                    f"        loss = criterion(model({part}_inputs), {part}_targets).item()",
                    f'    print(f"  and {{loss}} on the {what} part")',
                ]
        head = f"def check(name: str, model: nn.Module, end: {kind}) -> None:"
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
    def loop(self, n: int, rule: OptimizerConfig) -> Loop:
        if self.seeded:
            self.sources.use(seed_for)
        return Loop(
            model=True,
            needs=rule.optimizer.needs,
            zero_grad=self.prepared.plans[n].zero_grad,
            schedule=self.schedule(n),
            batched=self.batched,
            seeded=self.seeded,
            history=self.history,
        )

    @override
    def end(self, n: int, check: str) -> str:
        end = self.recording.ends[n]
        if self.learning.dim > MAX_RECORDED_PARAMS:
            return f"{check}{quoted(hashlib.sha256(np.ascontiguousarray(end).tobytes()).hexdigest())})"
        return listed(f"{check}[", shortest(end.tolist(), self.recording.experiment.dtype))
