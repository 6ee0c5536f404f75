"""A model learning from data, ready to run: `Problem` for the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import torch
from torch import Tensor, nn

from steepest import spec
from steepest.problems.dataset import Data, Dataset, DataShape
from steepest.problems.init import drawn
from steepest.problems.loss import Loss
from steepest.problems.model import Layer, Model
from steepest.problems.plot_bounds import basin
from steepest.problems.plot_domain import PlotDomain, as_shown, plot_domain
from steepest.problems.problem import Scene
from steepest.problems.rng import seed_for
from steepest.problems.size_limits import check_size
from steepest.problems.splits import batch_of, parts, sizes
from steepest.spec import Chosen, Init, Invalid, Text, Value

T = TypeVar("T")
Values = Mapping[str, Value]

_AT_ONCE = 4_000_000  # numbers that the loss at many points may hold at a time


@dataclass(frozen=True)
class Part:
    """Samples of one part, as tensors. inputs: (N, *shape). targets: as the loss module wants them."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)


class LearningProblem:
    """Dataset, model and loss put together. Nothing is made or allocated until it is asked for.

    problem: as written, with every default filled in (`document`). shape: of the data. layers: of the model.
    """

    def __init__(
        self,
        problem: spec.LearningProblem,
        seed: int,
        dataset: Dataset,
        model: Model,
        loss: Loss,
    ) -> None:
        self.seed = seed
        self.dataset, self.model, self.loss = dataset, model, loss
        self.data_values = _completed("dataset", dataset.complete, problem.dataset)
        self.model_values = _completed("model", model.complete, problem.model)
        self.loss_values = _completed("loss", loss.complete, problem.loss)
        self.shape: DataShape = _in("dataset.params", lambda: dataset.shape(**self.data_values))
        self.sizes = sizes(self.shape, problem.split)
        self._check_suits()
        self.outputs = _in("loss", lambda: loss.outputs(self.shape))
        self.layers: tuple[Layer, ...] = _in(
            "model", lambda: model.layers(self.shape.inputs, self.outputs, self.model_values)
        )
        self.document = problem.model_copy(
            update={
                "dataset": Chosen(id=dataset.id, params=dict(self.data_values)),
                "model": Chosen(id=model.id, params=dict(self.model_values)),
                "loss": Chosen(id=loss.id, params=dict(self.loss_values)),
            }
        )
        check_size(self)
        self._parts: dict[tuple[torch.dtype, str], tuple[Part, Part, Part]] = {}

    def _check_suits(self) -> None:
        loss, model, task = self.loss, self.model, self.shape.task
        if task not in loss.tasks:
            raise Invalid(
                "loss.id",
                Text(
                    f"{loss.id} is not for {task}; this data set is a {task}",
                    f"{loss.id} 不适用于{'回归' if task == 'regression' else '分类'}；而该数据集属于此类任务",
                ),
            )
        gives = model.gives(self.model_values)
        if (
            loss.takes != gives
            and "probability" in (loss.takes, gives)
            and not (
                gives == "probability" and loss.shown == "value"  # a distance may be measured from probabilities too
            )
        ):
            raise Invalid(
                "loss.id",
                Text(
                    f"{loss.id} takes {_WORDS[loss.takes][0]}, and this model gives {_WORDS[gives][0]}",
                    f"{loss.id} 需要{_WORDS[loss.takes][1]}，而该模型输出{_WORDS[gives][1]}",
                ),
            )

    @property
    def dim(self) -> int:
        """The number of parameters."""
        return sum(layer.size for layer in self.layers)

    @cached_property
    def data(self) -> Data:
        """All samples. Raises `Invalid` where the set lies in files that are not what they should be."""
        return _in("problem.dataset.params", lambda: self.dataset.make(**self.data_values))

    def parts(self, dtype: torch.dtype, device: str = "cpu") -> tuple[Part, Part, Part]:
        """The training, development and test part."""
        key = (dtype, device)
        if key not in self._parts:
            inputs = self.data.inputs.to(dtype)
            targets = self.loss.targets(self.data.targets, self.shape)
            targets = targets.to(dtype) if targets.is_floating_point() else targets
            train, dev, test = parts(self.shape, self.document.split, self.seed)
            made = [
                Part(_taken(inputs, rows).to(device), _taken(targets, rows).to(device)) for rows in (train, dev, test)
            ]
            self._parts[key] = (made[0], made[1], made[2])
        return self._parts[key]

    @cached_property
    def plot_domain(self) -> PlotDomain:
        """What is drawn of the data. Makes the data."""
        return plot_domain(self.dataset, self.shape, self.data)

    def fit_inputs(self, dtype: torch.dtype, device: str = "cpu") -> Tensor:
        """(g, *shape of a sample): where a model is asked so that its fit can be drawn."""
        return self.plot_domain.inputs(self.data).to(device, dtype)

    def start(self, start: Init, dtype: torch.dtype) -> Tensor:
        """(dim,), drawn from the seed."""
        return drawn(self.model, self.shape.inputs, self.outputs, self.model_values, start, self.seed).to(dtype)

    def network(self) -> nn.Module:
        """The model's own module, its parameters of no account yet. torch's generator is left as it was."""
        with torch.random.fork_rng(devices=[]):
            return self.model.build(self.shape.inputs, self.outputs, self.model_values)

    def criterion(self) -> nn.Module:
        """Torch's loss module."""
        return self.loss.build(self.loss_values)

    def module(self, start: Tensor) -> "Learner":
        """Model, loss and batches as one module whose parameters begin at `start`, (dim,)."""
        return Learner(self, start)

    @cached_property
    def scene(self) -> Scene | None:
        """The loss over one or two parameters as a picture; None for more."""
        if self.dim > 2:
            return None
        return Scene(
            dim=self.dim,
            names=self.names,
            formula=self.loss.formula,
            bounds=basin(self.loss_at, self.dim),
            log_height=True,
            bounded=True,
            points=(),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters, short: w and b, numbered where there are several."""
        weights = sum(layer.size for layer in self.layers if layer.weight)
        biases = self.dim - weights
        found: list[str] = []
        counts = {True: 0, False: 0}
        for layer in self.layers:
            for _ in range(layer.size):
                counts[layer.weight] += 1
                letter, many = ("w", weights > 1) if layer.weight else ("b", biases > 1)
                found.append(f"{letter}{counts[layer.weight]}" if many else letter)
        return tuple(found)

    def loss_at(self, points: Tensor, samples: int | None = None) -> Tensor:
        """The loss on the whole training part at many points: (..., dim) to (...). Differentiable twice; no dropout.

        samples: on the first so many of it alone.
        """
        whole = self.parts(points.dtype)[0]
        part = whole if samples is None else Part(whole.inputs[:samples], whole.targets[:samples])
        network, criterion = self.network().to(points.dtype).eval(), self.criterion()
        names = [name for name, _ in network.named_parameters()]

        def loss(point: Tensor) -> Tensor:
            pieces = dict(zip(names, self._split(point), strict=True))
            outputs = torch.func.functional_call(network, pieces, (part.inputs,))
            value: Tensor = criterion(outputs, part.targets) + self.penalty(list(pieces.values()))
            return value

        flat = points.reshape(-1, points.shape[-1])
        if not len(flat):  # vmap needs one at least
            return points.new_zeros(points.shape[:-1])
        each = max(1, self.model.activations(self.shape.inputs, self.outputs, self.model_values) * len(part))
        found = torch.func.vmap(loss, chunk_size=max(1, _AT_ONCE // each))(flat)
        return found.reshape(points.shape[:-1])

    def _split(self, point: Tensor) -> list[Tensor]:
        pieces = point.split([layer.size for layer in self.layers])
        return [piece.reshape(layer.shape) for piece, layer in zip(pieces, self.layers, strict=True)]

    def penalty(self, parameters: list[Tensor]) -> Tensor | float:
        """What is added to the loss; 0 where nothing is asked for."""
        asked = self.document.penalty
        weights = [tensor for tensor, layer in zip(parameters, self.layers, strict=True) if layer.weight]
        added: Tensor | float = 0.0
        if asked.l1:
            added = added + asked.l1 * torch.stack([weight.abs().sum() for weight in weights]).sum()
        if asked.l2:
            added = added + asked.l2 * torch.stack([weight.square().sum() for weight in weights]).sum()
        return added

    @property
    def full_batch(self) -> bool:
        """Every step sees all of the training part, and nothing is left to chance."""
        return self.document.batch.size is None and not self.model.random(self.model_values)


_WORDS = {"raw": ("raw outputs (logits)", "原始输出（logit）"), "probability": ("probabilities", "概率")}


class Learner(nn.Module):
    """The model with its loss and its batches: forward(step) is the loss that the step sees."""

    def __init__(self, problem: LearningProblem, start: Tensor) -> None:
        super().__init__()
        self.problem = problem
        self.model = problem.network().to(start)
        self.criterion = problem.criterion()
        with torch.no_grad():
            place = 0
            for parameter in self.model.parameters():
                size = parameter.numel()
                parameter.copy_(start[place : place + size].reshape(parameter.shape))
                place += size
        self.part = problem.parts(start.dtype, start.device.type)[0]
        self._batch, self._count = problem.document.batch, len(self.part)
        self._on_cpu = start.device.type == "cpu"
        self._penalised = bool(problem.document.penalty.l1 or problem.document.penalty.l2)
        self._random = problem.model.random(problem.model_values)

    @torch.no_grad()
    def fit(self, inputs: Tensor) -> Tensor:
        """What the model says of inputs, (g, *shape) to (g, outputs), as it is to be shown; without dropout."""
        if self._random:
            self.model.eval()
        outputs: Tensor = self.model(inputs)
        if self._random:
            self.model.train()
        return as_shown(outputs, self.problem.loss.shown)

    def forward(self, step: int) -> Tensor:
        """The loss on the batch of a step, penalties included, shape ()."""
        inputs, targets = self.part.inputs, self.part.targets
        chosen = batch_of(self._batch, self._count, self.problem.seed, step)
        if chosen is not None:
            chosen = chosen if self._on_cpu else chosen.to(inputs.device)
            inputs, targets = inputs[chosen], targets[chosen]
        if self._random:
            with torch.random.fork_rng(devices=[] if inputs.device.type == "cpu" else None):
                torch.manual_seed(seed_for(self.problem.seed, "dropout", step))
                outputs = self.model(inputs)
        else:
            outputs = self.model(inputs)
        loss: Tensor = self.criterion(outputs, targets)
        return loss + self.problem.penalty(list(self.model.parameters())) if self._penalised else loss


def _taken(values: Tensor, rows: Tensor) -> Tensor:
    """Those rows, which ascend; all of them without a copy. Contiguous, so that sums are taken in one order."""
    return values.contiguous() if len(rows) == len(values) else values[rows]


def _completed(where: str, complete: Callable[[Mapping[str, object]], dict[str, Value]], chosen: Chosen) -> Values:
    return _in(f"{where}.params", lambda: complete(chosen.params))


def _in(where: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except Invalid as error:
        raise error.under(where) from None
