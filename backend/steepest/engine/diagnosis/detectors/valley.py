"""A slow valley: steep across and flat along.

The steep direction limits the rate, so progress along the flat one is slow. The best factor a step is (κ-1)/(κ+1) for
plain descent, at the rate 2/(λmin + λmax), and (√κ-1)/(√κ+1) with momentum (Polyak 1964; Goh 2017).
"""

import math
from functools import cached_property
from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detectors.stretch import Stretch, StretchDetector
from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.remedy import rounded_down, setting
from steepest.engine.diagnosis.run_arrays import Mask
from steepest.engine.recording.verdict import Verdict
from steepest.problems.problem import Vector
from steepest.spec import Edit

CONDITION = 10  # from here on a valley
ALONG = 0.9  # of the update's length goes along the valley
QUIET = 0.1  # the distance across the valley against that along it
SLOW = 0.95  # a factor nearer to 1: a tenth of the distance takes 45 steps
STEEP = (1 + SLOW) / (1 - SLOW)  # the condition number whose best factor (κ-1)/(κ+1) is that


class Valley(Verdict):
    """A slow valley. remedy: momentum.

    since: its first step. direction: unit vector along it. condition: λmax/λmin, over 1.
    factor: what one step multiplies the distance along it by now.
    advice: momentum with a rate of its own, or momentum alone where the curvature changes along the way; None for an
        optimizer other than plain SGD, for which the numbers below do not hold.
    best_rate, best_factor: the best of plain descent, 2/(λmin + λmax) and (κ-1)/(κ+1).
    momentum_rate, momentum: the best with momentum (Polyak), (2/(√λmin + √λmax))² and ((√κ-1)/(√κ+1))², rounded down as
        in the remedy: they lie just below the limit.
    momentum_factor: what a step with these two, as rounded, multiplies the distance by.
    """

    code: Literal["valley"] = "valley"
    pace = "gradual"
    since: int
    direction: Vector
    condition: float
    factor: float
    advice: Literal["rate", "momentum"] | None
    best_rate: float
    best_factor: float
    momentum_rate: float
    momentum: float
    momentum_factor: float


class ValleyDetector(StretchDetector):
    """The steep directions have settled, and the updates go along the flat one."""

    name = "valley"
    verdicts = (Valley,)

    @override
    def scan(self) -> Mask:
        rows = self.records.rows
        if rows.params.shape[1] < 2:
            return np.zeros(len(rows), np.bool_)
        values, flat = rows.eigenvalues, rows.eigenvectors[:, :, 0]
        along = np.abs((rows.gradient * flat).sum(axis=1))
        across = np.sqrt(np.maximum(rows.slopes * rows.slopes - along * along, 0.0))
        moved = np.abs((rows.update * flat).sum(axis=1))
        found: Mask = (values[:, 0] > 0) & (values[:, -1] >= CONDITION * values[:, 0])
        found &= (moved >= ALONG * rows.lengths) & (rows.lengths > 0)
        found &= across * values[:, 0] <= QUIET * along * values[:, 1]
        return found

    @cached_property
    def _factors(self) -> Float:
        """float64[r]: what the step to each record multiplied the distance along the valley by."""
        found = np.ones(len(self.records))
        for span in self.records.spans:
            found[span.rows_after] = factors(span)
        return found

    @cached_property
    def _conditions(self) -> Float:
        """float64[r]: λmax/λmin, weight decay included."""
        values, decay = self.records.rows.eigenvalues, np.zeros(len(self.records))
        for span in self.records.spans:
            decay[span.rows_after] = span.decay
        found: Float = (values[:, -1] + decay) / (values[:, 0] + decay)
        return found

    @cached_property
    @override
    def shows(self) -> Mask:
        """A rate that a schedule has lowered makes any place slow: then it must be a valley at the best rate."""
        found: Mask = (self._factors >= SLOW) & (self._factors < 1)
        for span in self.records.spans:
            if span.scheduled:
                found[span.rows_after] &= self._conditions[span.rows_after] >= STEEP
        return found

    @override
    def changes(self, reported: Valley) -> Mask:
        """κ or the share that a step takes off changed twofold: along a bent valley both change all the time."""
        condition = self._conditions / reported.condition
        share = (1 - self._factors) / (1 - reported.factor)
        found: Mask = ~((condition > 0.5) & (condition < 2) & (share > 0.5) & (share < 2))
        return found

    @override
    def report(self, row: int, stretch: Stretch) -> Valley:
        span, values = self.records.span(row), self.records.rows.eigenvalues[row]
        low, high = float(values[0]) + span.decay, float(values[-1]) + span.decay
        condition = high / low
        root = math.sqrt(condition)
        momentum = math.floor(1000 * ((root - 1) / (root + 1)) ** 2) / 1000
        rate = rounded_down((2 / (math.sqrt(low) + math.sqrt(high))) ** 2)
        steady = stretch.high <= 1.01 * stretch.low and not span.scheduled
        plain = span.config.optimizer.id == "sgd" and span.law is not None and span.law.law == "plain"
        found = Valley(
            step=self.records.step + row,
            since=stretch.since,
            direction=tuple(self.records.rows.eigenvectors[row, :, 0].tolist()),
            condition=condition,
            factor=float(self._factors[row]),
            advice=("rate" if steady else "momentum") if plain else None,
            best_rate=2 / (low + high),
            best_factor=(condition - 1) / (condition + 1),
            momentum_rate=rate,
            momentum=momentum,
            momentum_factor=float(_larger_root(1 + momentum - rate * np.array([low, high]), momentum).max()),
        )
        return found.model_copy(update={"remedy": _with_momentum(found, span, self.records.run)})


def factors(span: ConfigSpan) -> Float:
    """float64[m], what each step multiplies the distance along the flattest direction by.

    By the law where one is known, with the curvature where the step leads to: the modulus of its larger root. Else by
    how the gradient along that direction changed.
    """
    rows, law = span.records, span.law
    if law is not None and law.divisor is None:
        p, r = law.recurrence(law.rate.astype(np.float64) * (rows.eigenvalues[span.rows_after, 0] + law.decay))
        return _larger_root(p, r)
    flat = rows.eigenvectors[span.rows_after, :, 0]
    before, after = (np.abs((rows.gradient[part] * flat).sum(axis=1)) for part in (span.rows, span.rows_after))
    measured: Float = after / before
    return measured


def _larger_root(p: Float, r: Float | float) -> Float:
    """The modulus of the larger root of z² - p z + r, for each p."""
    discriminant = p * p - 4 * r
    real = (np.abs(p) + np.sqrt(np.maximum(discriminant, 0.0))) / 2
    found: Float = np.where(discriminant >= 0, real, np.sqrt(np.abs(r)))
    return found


def _with_momentum(found: Valley, span: ConfigSpan, run: int) -> Edit | None:
    """What the verdict advises."""
    if found.advice is None:
        return None
    change: dict[str, float] = {"momentum": found.momentum}
    if found.advice == "rate":
        change["lr"] = found.momentum_rate
    if span.config.values["dampening"]:
        change["dampening"] = 0.0
    return setting(span.config, run, found.step, dict(change))
