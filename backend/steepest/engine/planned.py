"""A run's learning rates ahead: what its schedule and its edits make of them, without a step of the model."""

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.engine.prepare import Plan, Turn
from steepest.engine.runner import ratio
from steepest.engine.scheduled import Scheduled, Timing
from steepest.optimizers.schedules import MOST

_SHOWN = 1000  # more than a chart has columns of pixels
_FURTHEST = 10_000  # torch's schedulers take up to 65 µs a step: this is two thirds of a second


def planned_rates(plan: Plan, until: int | None, most: int) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """The rates by which a run will reach its records, up to `until`, or up to what its schedule spans.

    The real scheduler makes them, on an optimizer of no gradients. most: no record is later, nor
    than 10,000.
    Returns steps (m,) from 1 on, at most 1,000 evenly spread, and the rates (m,), each as the record has it; None for
    a run without a schedule, or with one whose rates are not known ahead.
    """
    if plan.timing is None or plan.timing.schedule.span is None:
        return None
    last = min(plan.timing.schedule.span(plan.timing.values) if until is None else until, most, _FURTHEST)
    kept = np.unique(np.linspace(1, last, min(last, _SHOWN)).round().astype(np.int64))
    ahead = _Ahead(plan, plan.timing)
    rates = np.array([ahead.rate(step) for step in range(last)])
    return kept, rates[kept - 1]


class _Ahead:
    """The schedule of one run, on a stand-in for its optimizer: the momentum, where it is turned, is none of it."""

    def __init__(self, plan: Plan, timing: Timing) -> None:
        quiet = {**timing.values, "cycle_momentum": False} if "cycle_momentum" in timing.values else timing.values
        self._plan = plan
        self._timing = Timing(timing.schedule, quiet)
        self._rule = plan.rule
        self._begin()

    def _begin(self) -> None:
        lr = self._rule.values["lr"]
        assert isinstance(lr, float)
        self._optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
        self._scheduled = Scheduled(self._timing, self._optimizer)
        self._optimizer.step()  # torch warns of a scheduler that goes before its optimizer

    def rate(self, step: int) -> float:
        """Of the update from `step`; the steps come in order."""
        for turn in self._plan.at(step):
            self._turn(turn)
        lr = self._scheduled.lr
        self._scheduled.step(0.0)
        return lr

    def _turn(self, turn: Turn) -> None:
        """As a run does: another rate scales all that the schedule makes of it, another optimizer begins it anew."""
        if turn.params is not None and not turn.renewed:
            return
        by = None if turn.renewed else ratio(self._rule, turn.rule)
        self._rule = turn.rule
        if by is None:
            self._begin()
        else:
            self._scheduled.group["lr"] = min(self._scheduled.lr * by, MOST)
            self._scheduled.scale(by)
