"""How far a compiled run may end from the same run by PyTorch: what an exported script allows."""

import math
from dataclasses import replace

import numpy as np
import torch

from steepest.engine.preparation.plan import RunPlan
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.records import Array
from steepest.engine.run.compiled_runner import CompiledRunner
from steepest.engine.run.rounding import TOLERANCE, distance, largest_size, moved_by_rounding, rounding_signs

_LONGEST = 5000  # steps


def end_tolerance(prepared: Prepared, run: int, steps: int) -> float:
    """How far a compiled run may end from the same run by PyTorch, relative to its largest parameter.

    As far as the ends of runs whose parameters are moved by a rounding at eight steps on the way, and for float32 the
    end of the run in float64, times `TOLERANCE`; at least 1000 roundings. Infinite where one ends at another step.
    An optimizer that takes a slope's sign makes a whole step the other way where the sign is that of a rounding, in any
    precision: for it float64 is compared with float32 too. steps: of the run's last record.
    """
    plan, eps = prepared.plans[run], torch.finfo(prepared.dtype).eps
    end = _end(prepared, plan, steps, None)
    others = [_end(prepared, plan, steps, signs) for signs in rounding_signs(prepared.problem.dim)]
    if prepared.dtype == torch.float32 or any(config.optimizer.signs_only for config in plan.configs):
        name = "float64" if prepared.dtype == torch.float32 else "float32"
        other = replace(prepared, experiment=prepared.experiment.model_copy(update={"dtype": name}))
        others.append(_end(other, replace(plan, start=tuple(prepared.start(plan).tolist())), steps, None))
    if any(at != end[0] for at, _ in others):
        return math.inf
    spread = max(float(np.max(distance(params, end[1]))) for _, params in others)
    return max(1000 * eps, TOLERANCE * spread / (largest_size(end[1]) or 1.0))


def _end(prepared: Prepared, plan: RunPlan, steps: int, signs: Array | None) -> tuple[int, Array]:
    """A compiled run's last step, at most `steps`, and its parameters there, (n,). signs: of roundings on the way."""
    moments = [steps * n // 8 for n in range(8)]
    checkpoint, at, finite = None, 0, True
    if signs is not None:
        plan = replace(plan, start=tuple(moved_by_rounding(prepared.start(plan).numpy(), signs).tolist()))
    while finite and (checkpoint is None or at < steps):
        if signs is not None and checkpoint is not None and at in moments:
            checkpoint = replace(checkpoint, params=moved_by_rounding(checkpoint.params, signs))
        runner = CompiledRunner(prepared, plan, checkpoint, at, "cpu", measured=False)
        runner.begin(record=checkpoint is None)
        following = [moment for moment in moments if moment > at]
        runner.advance(min([at + _LONGEST, steps, *following]))  # in parts: their records take memory
        checkpoint, at, finite = runner.checkpoint(None), runner.at, runner.finite
    assert checkpoint is not None
    return at, checkpoint.params
