"""Remedies: edits that help, at the step at which to make them."""

import math
from collections.abc import Mapping, Sequence

from steepest.engine.preparation.plan import OptimizerConfig
from steepest.spec import Edit, Invalid, Value

SPARE = 0.9  # of the largest stable rate: at the limit itself the oscillation never ends


def setting(config: OptimizerConfig, run: int, step: int, change: Mapping[str, Value]) -> Edit | None:
    """An edit of hyperparameters; None where the optimizer would refuse it."""
    try:
        config.optimizer.checked_change(config.values, change)
    except Invalid:
        return None
    return Edit(step=step, run=run, set=dict(change))


def moving(run: int, step: int, to: Sequence[float]) -> Edit:
    """An edit of the parameters, to (n,)."""
    return Edit(step=step, run=run, params=list(to))


def rounded_down(value: float) -> float:
    """Two significant digits, never more than the number: 0.0869 to 0.086. value: positive."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.floor(value / unit + 1e-9) * unit:.1e}")
