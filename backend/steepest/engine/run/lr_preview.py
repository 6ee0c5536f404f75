"""A run's learning rates ahead: what its schedule and its edits make of them, without a step of the model."""

from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.engine.preparation.prepare import AppliedEdit, RunPlan
from steepest.engine.run.lr_scheduler import LrScheduler, Timing
from steepest.engine.run.runner import ratio
from steepest.optimizers.schedules import MAX_LR

_SHOWN = 1000  # more than a chart has columns of pixels
_FURTHEST = 100_000  # as far as a run may go, unless the server is told otherwise; torch's take 3 µs a step


def planned_rates(plan: RunPlan, until: int | None, most: int) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """The rates by which a run will reach its records, up to `until`, or up to what its schedule spans.

    The real scheduler makes them, on an optimizer of no gradients. most: no rate is of a later step, nor of one beyond
    100,000.
    Returns steps (m,) from 1 on, and the rates (m,), each as the record has it; of more than 1,000 steps both ends, and
    the highest and lowest of each stretch. None for a run without a schedule, or with one whose rates are not known
    ahead.
    """
    if plan.timing is None or plan.timing.schedule.horizon is None:
        return None
    last = min(plan.timing.schedule.horizon(plan.timing.values) if until is None else until, most, _FURTHEST)
    ahead = _Ahead(plan, plan.timing)
    rates = np.array([ahead.rate(step) for step in range(last)])
    kept = _telling(rates)
    return kept + 1, rates[kept]


def _telling(rates: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which of them show the whole course: of one that turns quickly, every n-th would make another."""
    if len(rates) <= _SHOWN:
        return np.arange(len(rates))
    cuts = np.linspace(0, len(rates), _SHOWN // 2, dtype=np.int64)  # with both ends, at most 1,000 are kept
    kept = [0, len(rates) - 1]
    for low, high in pairwise(cuts.tolist()):
        stretch = rates[low:high]
        kept += [low + int(stretch.argmin()), low + int(stretch.argmax())]
    return np.unique(kept)


class _Ahead:
    """The schedule of one run, on a stand-in for its optimizer: the momentum, where it is turned, is none of it."""

    def __init__(self, plan: RunPlan, timing: Timing) -> None:
        quiet = {**timing.values, "cycle_momentum": False} if "cycle_momentum" in timing.values else timing.values
        self._plan = plan
        self._timing = Timing(timing.schedule, quiet)
        self._rule = plan.rule
        self._begin()

    def _begin(self) -> None:
        lr = self._rule.values["lr"]
        assert isinstance(lr, float)
        self._optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
        self._scheduled = LrScheduler(self._timing, self._optimizer)
        self._optimizer.step()  # torch warns of a scheduler that goes before its optimizer

    def rate(self, step: int) -> float:
        """Of the update from `step`; the steps come in order."""
        for turn in self._plan.at(step):
            self._turn(turn)
        lr = self._scheduled.lr
        self._scheduled.step(0.0)
        return lr

    def _turn(self, turn: AppliedEdit) -> None:
        """As a run does: another rate scales all that the schedule makes of it, another optimizer begins it anew."""
        if turn.params is not None and not turn.renewed:
            return
        by = None if turn.renewed else ratio(self._rule, turn.rule)
        self._rule = turn.rule
        if by is None:
            self._begin()
        else:
            self._scheduled.group["lr"] = min(self._scheduled.lr * by, MAX_LR)
            self._scheduled.scale(by)
