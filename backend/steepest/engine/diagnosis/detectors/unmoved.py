"""Unmoved: a model whose gradient has been 0 since its start, so that no step changes anything."""

from typing import Literal

import torch
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.diagnosis.remedy import moving
from steepest.engine.recording.records import METRICS_PERIOD
from steepest.engine.recording.verdict import Verdict
from steepest.spec import Edit, Init

STILL = 1e-6  # of the loss at the start: the largest gradient norm that counts as 0
MOST = 500  # parameters of a remedy, which the verdict has in full


class Unmoved(Verdict):
    """The gradient norm was at most a millionth of the loss, `loss`, at every record since the start.

    symmetric: all weights began at 0, so that the units of a layer are the same, and what the samples ask of them
        cancels (remedy: PyTorch's own start).
    """

    code: Literal["unmoved"] = "unmoved"
    settled = True
    loss: float
    symmetric: bool


class UnmovedDetector(Detector[ModelRun, None]):
    """Since record 0 there was no gradient worth a name, and the loss is not one of a model that has learned."""

    name = "unmoved"
    verdicts = (Unmoved,)

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        records = self.records
        if records.step + row < METRICS_PERIOD or records.extremes(row).steepest > STILL * abs(records.start):
            return None
        if isinstance(reported, Unmoved):
            return reported
        loss = records.sample(row).train
        symmetric = isinstance(records.plan.start, Init) and records.plan.start.init == "zeros"
        remedy = self._own_start() if symmetric else None
        return Unmoved(step=records.step + row, loss=loss, symmetric=symmetric, remedy=remedy)

    def _own_start(self) -> Edit | None:
        problem = self.records.problem
        if problem.dim > MOST:
            return None
        return moving(self.records.run, 0, problem.start(Init(init="default"), torch.float32).tolist())
