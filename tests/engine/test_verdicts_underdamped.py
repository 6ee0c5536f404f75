"""Momentum that swings round the minimum: the modulus of its roots, its half period, and what damps it."""

import math

import numpy as np
import pytest
from tests.engine.helpers import cut, experiment, whole
from tests.engine.verdict_cases import codes, cured, expression, find_verdicts, first, ravine, remedied, sgd

from steepest.engine.diagnosis.detectors.converged import Converged
from steepest.engine.diagnosis.detectors.oscillation import Oscillating
from steepest.engine.diagnosis.detectors.underdamped import Reversal, Wave, alive, follow

MU = 0.9


def roots(q: float, mu: float, nesterov: bool = False) -> complex:
    """The one with the larger argument, of torch's update: v' = μ v + g, x' = x - lr v', or x - lr (g + μ v')."""
    step = np.array([[1 - q, -mu], [q, mu]])  # (x, lr v) to the next
    if nesterov:
        step = np.array([[1 - q - mu * q, -mu * mu], [q, mu]])
    found: complex = max(np.linalg.eigvals(step), key=np.angle)
    return found


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("lr", [0.005, 0.02, 0.05])
def test_the_factor_is_the_modulus_and_the_half_period_the_argument_of_the_roots(lr, nesterov):
    root = roots(10 * lr, MU, nesterov)
    assert root.imag > 0
    runs = [(sgd(lr, momentum=MU, nesterov=nesterov), (0.001, 2.5))]
    found = first(find_verdicts(experiment(ravine(10), runs, dtype="float64"), 300), Oscillating)
    assert found.factor == pytest.approx(abs(root))
    if not nesterov:
        assert found.factor == pytest.approx(math.sqrt(MU))
    assert found.half == pytest.approx(math.pi / np.angle(root), abs=0.5)
    assert found.direction == (0.0, 1.0)
    assert (found.law, found.momentum) == ("nesterov" if nesterov else "heavy_ball", MU)


def test_the_swing_is_the_way_between_turns_and_dies_by_the_factor():
    (records,) = whole(experiment(ravine(10), [(sgd(0.02, momentum=MU), (0.001, 2.5))], dtype="float64"), 100)
    found = first(records.verdicts, Oscillating)
    y = records.params[:, 1]
    turns = [k for k in range(1, 99) if (y[k] - y[k - 1]) * (y[k + 1] - y[k]) < 0]
    assert found.since == turns[0]
    assert found.step == turns[2] + 1
    assert found.swing == pytest.approx(abs(y[turns[2]] - y[turns[1]]))
    later = [abs(y[turn]) for turn in turns]
    assert later[8] / later[2] == pytest.approx(found.factor ** (turns[8] - turns[2]), rel=0.2)


@pytest.mark.parametrize("nesterov", [False, True])
def test_the_remedy_damps_the_flattest_direction_and_arrives_sooner(nesterov):
    prepared = experiment(ravine(10), [(sgd(0.05, momentum=MU, nesterov=nesterov), (-2.5, 2.5))], dtype="float64")
    verdicts = find_verdicts(prepared, 300)
    found = first(verdicts, Oscillating)
    best = found.remedy.set["momentum"]
    assert roots(0.05, best - 2e-3, nesterov).imag == 0  # of the direction of curvature 1
    assert roots(0.05, best + 2e-3, nesterov).imag > 0
    healthy = cured(prepared, found, 300)
    assert first(healthy.verdicts, Converged).step < first(verdicts, Converged).step
    assert remedied(prepared, found) is not None


def test_where_the_flattest_direction_creeps_less_momentum_is_not_advised():
    prepared = experiment(ravine(1000), [(sgd(0.0005, momentum=0.9), (0.001, 2.5))], dtype="float64")
    found = first(find_verdicts(prepared, 200), Oscillating)
    assert found.factor == pytest.approx(math.sqrt(0.9))
    assert found.remedy is None


@pytest.mark.parametrize("lr", [0.001, 0.0025])
def test_overdamped_momentum_does_not_swing(lr):
    # (1 - √q)² > μ: two real roots, so it never turns twice.
    assert (1 - math.sqrt(10 * lr)) ** 2 > 0.7
    verdicts = find_verdicts(experiment(ravine(10), [(sgd(lr, momentum=0.7), (0.001, 2.5))], dtype="float64"), 400)
    assert "oscillating" not in codes(verdicts)


def test_a_swing_across_a_longer_way_is_not_reported():
    prepared = experiment(ravine(100), [(sgd(0.002, momentum=MU), (-3.5, 0.01))], dtype="float64")
    assert "oscillating" not in codes(find_verdicts(prepared, 60))


def test_two_turns_are_not_enough():
    (records,) = whole(experiment(ravine(10), [(sgd(0.02, momentum=MU), (0.001, 2.5))], dtype="float64"), 100)
    step = first(records.verdicts, Oscillating).step
    edits = [{"step": step - 1, "run": 0, "set": {"momentum": 0.0}}]
    stopped = experiment(ravine(10), [(sgd(0.02, momentum=MU), (0.001, 2.5))], edits, dtype="float64")
    assert "oscillating" not in codes(find_verdicts(stopped, 100))


def test_without_a_law_it_is_counted():
    (records,) = whole(experiment(ravine(10), [({"id": "adam", "lr": 0.5}, (-2.5, 2.5))], dtype="float64"), 120)
    found = first(records.verdicts, Oscillating)
    assert (found.law, found.momentum, found.remedy) == (None, None, None)
    assert 0.9 < found.factor < 1
    assert found.half >= 2


def test_where_the_roots_are_not_what_happens_it_is_counted():
    # A swing between Ackley's bumps neither grows nor fades; the roots there would say √0.9 a step.
    verdicts = find_verdicts(experiment("ackley", [(sgd(0.05, momentum=0.9), (3.2, -2.7))]), 400)
    assert verdicts[-1].code == "oscillating"
    assert verdicts[-1].law is None
    assert verdicts[-1].factor == pytest.approx(1, abs=0.02)


def test_on_a_curve_that_is_no_parabola_it_is_reported_too():
    verdicts = find_verdicts(experiment(expression("x**2 + sin(x)/2"), [(sgd(0.02, momentum=0.95), (3.0,))]), 200)
    found = first(verdicts, Oscillating)
    assert found.factor == pytest.approx(math.sqrt(0.95))


def turns_at(*steps: int):
    """Along one direction, each as far from the middle as the one before, on the other side."""
    return [Reversal(step, (1.0, 0.0), ((-1.0) ** n, 0.0)) for n, step in enumerate(steps)]


def followed(turns, step):
    rounds: tuple[Wave, ...] = ()
    for turn in turns:
        rounds = follow(rounds, [turn], turn.step + 1)
    return alive(rounds, step)


def test_a_turn_long_ago_is_no_part_of_a_swing():
    (found,) = followed(turns_at(5, 900, 904, 908), 909)
    assert (found.since, found.turns, found.gaps, found.half) == (900, 3, (4, 4), 4)
    (found,) = followed(turns_at(5, 9, 13, 18), 19)  # the near miss
    assert (found.since, found.turns, found.gaps) == (5, 4, (4, 4, 5))


def test_a_swing_that_is_over_is_forgotten_though_nothing_was_looked_at_meanwhile():
    passed_over = followed(turns_at(5, 9, 13), 14)
    assert alive(passed_over, 22)
    assert not alive(passed_over, 23)
    (found,) = follow(passed_over, turns_at(24), 25)
    assert (found.since, found.turns) == (24, 1)


def test_what_is_remembered_of_turns_does_not_depend_on_the_cuts():
    prepared = experiment("rosenbrock", [({"id": "rprop", "lr": 0.05}, (-1.5, 2.8))])
    (_, at_once), (_, by_steps) = cut(prepared, [415]), cut(prepared, range(416))
    assert at_once.runs[0].diagnosis == by_steps.runs[0].diagnosis
