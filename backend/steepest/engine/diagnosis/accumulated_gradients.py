"""Gradients that add up: a run that never clears them is told so, whatever its problem.

Its steps follow the sum of all gradients so far, which is a heavy ball that keeps all of its speed. So no law of the
optimizer's own holds, and nothing else is told of it until it diverges.
"""

import math

from steepest.engine.diagnosis.state import TrainingMemory
from steepest.engine.recording.records import STATUSES, RunRecords
from steepest.engine.recording.verdict import Diverged, Summed, Verdict

_DIVERGED = STATUSES.index("diverged")


def summed(run: RunRecords, memory: TrainingMemory | None) -> tuple[tuple[Verdict, ...], TrainingMemory]:
    """The verdicts of a run's new records, with their status, and what to remember: record k holds k + 1 gradients.

    It is said again where there are ten times as many.
    """
    found: list[Verdict] = []
    if memory is None:
        found.append(Summed(step=0, since=0, gradients=1))
    end = run.first + len(run)
    step = 9
    while step < end:
        if step >= run.first:
            found.append(Summed(step=step, since=0, gradients=step + 1))
        step = 10 * step + 9
    last = None if memory is None else memory.last
    if len(run) and run.status[-1] == _DIVERGED:
        before = float(run.loss[-2]) if len(run) > 1 else last
        found = [verdict for verdict in found if verdict.step < end - 1]
        found.append(Diverged(step=end - 1, cause="summed" if end > 1 else "wall", limit=None, last=before))
    loss = float(run.loss[-1]) if len(run) else math.nan
    said = found[-1] if found else memory.verdict if memory is not None else Summed(step=0, since=0, gradients=1)
    return tuple(found), TrainingMemory(said, last=loss if math.isfinite(loss) else last)
