"""What a model says at the inputs that are drawn, kept while it is stepped."""

import numpy as np
import torch
from torch import Tensor

from steepest.engine.recording.records import Array, Fits
from steepest.engine.run.recorder import SMALL
from steepest.problems.learning.training_module import TrainingModule

# More parameters than that are too many for a page. Up to SMALL of them every record holds them all.
MOST_WEIGHTS = 10_000


class FitRecorder:
    """One frame at each step that will be drawn, of one run."""

    def __init__(self, learner: TrainingModule, every: int) -> None:
        first = next(learner.parameters())
        self._learner = learner
        self._every = every
        self._inputs = learner.problem.fit_inputs(first.dtype, str(first.device))
        self._outputs = learner.problem.outputs
        self._weighed = SMALL < learner.problem.dim <= MOST_WEIGHTS
        self._dtype = torch.empty(0, dtype=first.dtype).numpy().dtype
        self._steps: list[int] = []
        self._fits: list[Tensor] = []
        self._weights: list[Tensor] = []

    def record(self, step: int) -> None:
        """Keeps this moment where it is one that will be drawn: its step is a multiple of what was asked for."""
        if step % self._every:
            return
        self._steps.append(step)
        self._fits.append(self._learner.fit(self._inputs))
        if self._weighed:
            self._weights.append(torch.cat([each.detach().reshape(-1) for each in self._learner.parameters()]))

    def frames(self) -> Fits:
        """All that was kept. f of them."""
        f, g = len(self._steps), len(self._inputs)
        fit: Array = torch.stack(self._fits).float().cpu().numpy() if f else np.empty((0, g, self._outputs), np.float32)
        n = self._learner.problem.dim if self._weighed else 0
        weights: Array = torch.stack(self._weights).cpu().numpy() if f and n else np.empty((f, n), self._dtype)
        return Fits(np.array(self._steps, np.int32), fit, weights)
