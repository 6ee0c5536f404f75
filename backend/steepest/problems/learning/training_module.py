"""A model, its loss and its batches as one module: what an optimizer trains."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from steepest.problems.learning.plot_domain import predictions
from steepest.problems.learning.splits import batch_indices
from steepest.problems.rng import seed_for

if TYPE_CHECKING:
    from steepest.problems.learning.problem import LearningProblem


class TrainingModule(nn.Module):
    """forward(step) is the loss that the step sees: on its batch, with its dropout, plus the penalty."""

    def __init__(self, problem: "LearningProblem", start: Tensor) -> None:
        super().__init__()
        self.problem = problem
        self.model = problem.network().to(start)
        self.criterion = problem.criterion()
        with torch.no_grad():
            for parameter, values in zip(self.model.parameters(), problem.parameter_tensors(start), strict=True):
                parameter.copy_(values)
        self.train_samples = problem.splits(start.dtype, start.device.type)[0]
        self._batch, self._count = problem.document.batch, len(self.train_samples)
        self._on_cpu = start.device.type == "cpu"
        self._penalised = bool(problem.document.penalty.l1 or problem.document.penalty.l2)
        self._random = problem.model.random(problem.model_values)

    @torch.no_grad()
    def fit(self, inputs: Tensor) -> Tensor:
        """Predictions, (g, *shape) to (g, outputs), values or probabilities as the loss declares; without dropout."""
        if self._random:
            self.model.eval()
        outputs: Tensor = self.model(inputs)
        if self._random:
            self.model.train()
        return predictions(outputs, self.problem.loss.shown)

    def forward(self, step: int) -> Tensor:
        """The loss on the batch of a step, penalties included, shape ()."""
        inputs, targets = self.train_samples.inputs, self.train_samples.targets
        batch = batch_indices(self._batch, self._count, self.problem.seed, step)
        if batch is not None:
            batch = batch if self._on_cpu else batch.to(inputs.device)
            inputs, targets = inputs[batch], targets[batch]
        if self._random:
            with torch.random.fork_rng(devices=[] if inputs.device.type == "cpu" else None):
                torch.manual_seed(seed_for(self.problem.seed, "dropout", step))
                outputs = self.model(inputs)
        else:
            outputs = self.model(inputs)
        loss: Tensor = self.criterion(outputs, targets)
        return loss + self.problem.penalty(list(self.model.parameters())) if self._penalised else loss
