"""A run's future learning rates, from its schedule and its edits, without stepping the model."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.engine.preparation.plan import OptimizerConfig, RunPlan, ScheduleConfig
from steepest.engine.run.extremes import extremes
from steepest.engine.run.lr_scheduler import LrScheduler
from steepest.engine.run.runner import lr_ratio
from steepest.optimizers.schedules import MAX_LR

_MAX_STEPS = 100_000  # the default limit of a run; torch's schedulers take 3 µs a step


def preview_lr(plan: RunPlan, until: int | None, most: int) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """The learning rates that lead to records 1 to `until`, or to the end of the schedule's course.

    most: no later step is returned, nor one beyond 100,000.
    Returns steps (m,) from 1 on, and rates (m,), each as the record will have it. Of more than 1,000 steps: both ends,
    and the highest and lowest rate of each stretch. None for a run without a schedule, or with one whose rates depend
    on the losses.
    """
    config = plan.schedule_config
    if config is None or config.schedule.horizon is None:
        return None
    last = min(config.schedule.horizon(config.values) if until is None else until, most, _MAX_STEPS)
    rates = np.fromiter(_rates(plan, config, last), np.float64)
    kept = extremes(rates)
    return kept + 1, rates[kept]


def _rates(plan: RunPlan, schedule_config: ScheduleConfig, last: int) -> Iterator[float]:
    """The rates of the updates from steps 0 to `last` - 1. Edits act as in a run: see `Runner`."""
    config = plan.config
    scheduler = _scheduler(schedule_config, config)
    for step in range(last):
        for edit in plan.edits_at(step):
            if edit.params is not None and not edit.replaced:
                continue
            ratio = None if edit.replaced else lr_ratio(config, edit.config)
            config = edit.config
            if ratio is None:
                scheduler = _scheduler(schedule_config, config)
            else:
                scheduler.group["lr"] = min(scheduler.lr * ratio, MAX_LR)
                scheduler.scale(ratio)
        yield scheduler.lr
        scheduler.step(0.0)


def _scheduler(config: ScheduleConfig, optimizer: OptimizerConfig) -> LrScheduler:
    """The schedule at its start, on plain SGD without a gradient, which has no momentum to cycle."""
    values = {**config.values, "cycle_momentum": False} if "cycle_momentum" in config.values else config.values
    sgd = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=optimizer.lr)
    scheduler = LrScheduler(ScheduleConfig(config.schedule, values), sgd)
    sgd.step()  # torch warns where a scheduler is stepped before its optimizer
    return scheduler
