"""A model's outputs on the plot, recorded while it is stepped."""

import numpy as np
import torch
from torch import Tensor

from steepest.engine.recording.records import MAX_RECORDED_PARAMS, Array, Fits
from steepest.problems.learning.training_module import TrainingModule

MAX_WEIGHTS = 10_000  # more are too many for a page


class FitRecorder:
    """Records one run at the multiples of `every` steps."""

    def __init__(self, module: TrainingModule, every: int) -> None:
        first = next(module.parameters())
        self._module = module
        self._every = every
        self._inputs = module.problem.fit_inputs(first.dtype, str(first.device))
        self._n = module.problem.dim if MAX_RECORDED_PARAMS < module.problem.dim <= MAX_WEIGHTS else 0
        self._dtype = torch.empty(0, dtype=first.dtype).numpy().dtype
        self._steps: list[int] = []
        self._fits: list[Tensor] = []
        self._weights: list[Tensor] = []

    def due(self, step: int) -> bool:
        """Whether the outputs are recorded at a step."""
        return step % self._every == 0

    def record(self, step: int) -> None:
        """Records the present outputs, of a step that is due."""
        self._steps.append(step)
        self._fits.append(self._module.fit(self._inputs))
        if self._n:
            self._weights.append(torch.cat([each.detach().reshape(-1) for each in self._module.parameters()]))

    def fits(self) -> Fits:
        """Everything recorded so far."""
        f = len(self._steps)
        empty = np.empty((0, len(self._inputs), self._module.problem.outputs), np.float32)
        fit: Array = torch.stack(self._fits).float().cpu().numpy() if f else empty
        weights: Array = (
            torch.stack(self._weights).cpu().numpy() if f and self._n else np.empty((f, self._n), self._dtype)
        )
        return Fits(np.array(self._steps, np.int32), fit, weights)
