"""All that the fold asks of a run's records, measured for all of them at once."""

import numpy as np

from steepest.engine.diagnosis import oscillation, plateau, termination, training_progress, underdamped, valley
from steepest.engine.diagnosis.dynamics import ConfigSpan, reigns
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import learning_rate
from steepest.engine.diagnosis.state import LossSample
from steepest.engine.preparation.prepare import RunPlan
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.recording.records import CRITICALS, STATUSES, RunRecords

_RUNNING = STATUSES.index("running")
_DEGENERATE = CRITICALS.index("degenerate")


class RecordFeatures:
    """Lists with an entry a row: a number of an array alone costs ten times as much.

    run: new records; rows: they, with the record before them where there is one, of which nothing is asked. updates:
    made by the optimizer in force before the first row. loud: there may be something to tell of the row.
    """

    def __init__(self, picture: ViewScale, plan: RunPlan, run: RunRecords, rows: RecordArrays, updates: int) -> None:
        self.rows = rows
        self.reigns = reigns(plan, rows, updates)
        status, critical = _per_row(run.status, rows), _per_row(run.critical, rows)
        outside = ~(rows.outside <= 1)
        fell = termination.falls(rows, picture)
        before, after, self.ways = oscillation.turns(rows)
        self.turns = underdamped.turned(rows)
        in_valley = valley.in_valley(rows)
        level = plateau.creeps(rows, self._shares(rows), picture) & (status == _RUNNING)
        level &= (critical == 0) | (critical == _DEGENERATE)
        level[0] = False
        if level.any():
            gentle, above = plateau.on_plateau(rows, picture)
            level &= gentle & (above | (critical == 0))
        # Above the limit, or so far out that it cannot be told.
        over = np.zeros(len(rows), np.bool_)
        for reign in self.reigns:
            if reign.law is not None:
                over[reign.first + 1 : reign.first + 1 + len(reign)] = ~(reign.products <= reign.limits)
        loud = over | (status != 0) | (critical != 0) | in_valley | level | outside
        self.sights = _sights(run, rows.step)
        loud[list(self.sights)] = True
        turned = np.logical_or.reduce(self.turns, axis=1)
        loud[1:] |= (after != 0) | turned

        self.status, self.critical, self.loss = status.tolist(), critical.tolist(), rows.loss.tolist()
        self.outside, self.over, self.loud = outside.tolist(), over.tolist(), loud.tolist()
        self.fell, self.before, self.after = [False, *fell.tolist()], [0.0, *before.tolist()], [0.0, *after.tolist()]
        self.turned = [False, *turned.tolist()]
        self.in_valley, self.level = in_valley.tolist(), level.tolist()
        self.steepest, self.slopes = rows.eigenvalues[:, -1].tolist(), rows.slopes.tolist()
        self.factors: dict[int, list[float]] = {}

    def turns_at(self, row: int) -> list[underdamped.Reversal]:
        """That the update which led to a row has made."""
        return underdamped.turns_at(self.rows, row, self.turns) if self.turned[row] else []

    def _shares(self, rows: RecordArrays) -> Float:
        """(r,), of the optimizer's own rate that a schedule left to the update that led to each row."""
        found = np.ones(len(rows))
        for reign in self.reigns:
            lr = learning_rate(reign.rule)
            if reign.scheduled and lr:
                found[reign.first + 1 : reign.first + 1 + len(reign)] = reign.rates / lr
        return found

    def factor(self, reign: ConfigSpan, place: int) -> float:
        """What a step multiplies the distance along the flattest direction by."""
        if reign.first not in self.factors:
            self.factors[reign.first] = valley.factors(reign).tolist()
        return self.factors[reign.first][place]


def _sights(run: RunRecords, first: int) -> dict[int, LossSample]:
    """Those of a model with a development part, by row. first: step of the first row."""
    measures = run.metrics
    if measures is None:
        return {}
    found = [training_progress.sight_of(measures, place) for place in range(len(measures.steps))]
    return {sight.step - first: sight for sight in found if sight is not None and sight.dev is not None}


def _per_row(values: np.ndarray, rows: RecordArrays) -> np.ndarray:
    return np.concatenate((np.zeros(len(rows) - len(values), values.dtype), values))
