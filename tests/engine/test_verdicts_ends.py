"""Ends: converged and to which minimum, bottomless, diverged and why; distinguished from one another."""

import math

import numpy as np
import pytest
from tests.engine.helpers import experiment, whole
from tests.engine.verdict_cases import codes, cured, expression, final, find_verdicts, first, holding, ravine, sgd

from steepest.engine import STATUSES
from steepest.engine.diagnosis.detectors.bottomless import Bottomless
from steepest.engine.diagnosis.detectors.converged import Converged
from steepest.engine.diagnosis.detectors.diverged import Diverged
from steepest.engine.diagnosis.detectors.unstable import Unstable
from steepest.problems import surfaces

HIMMELBLAU = [point.at for point in surfaces()["himmelblau"].problem({}).scene.points if point.kind == "minimum"]


@pytest.mark.parametrize("minimum", HIMMELBLAU)
def test_converged_says_to_which_of_the_minima(minimum):
    start = (minimum[0] + 0.6, minimum[1] - 0.5)
    verdicts = find_verdicts(experiment("himmelblau", [(sgd(0.005), start)]), 300)
    found = verdicts[-1]
    assert isinstance(found, Converged)
    assert found.at == minimum
    assert found.lowest is None  # all four are equally deep
    assert sum(isinstance(verdict, Converged) for verdict in verdicts) == 1


def test_a_deeper_minimum_elsewhere_is_named():
    shallow = find_verdicts(experiment("two_well", [(sgd(0.02), (0.8, 1.6))]), 1000)[-1]
    deep = find_verdicts(experiment("two_well", [(sgd(0.02), (-0.8, 1.6))]), 1000)[-1]
    assert isinstance(shallow, Converged)
    assert isinstance(deep, Converged)
    assert deep.lowest is None
    assert shallow.lowest is not None
    assert shallow.lowest.at == deep.at
    assert shallow.lowest.value < shallow.loss


def test_an_undeclared_minimum_is_where_the_run_rests():
    (records,) = whole(experiment(expression("(x-0.5)**2 + (y+0.25)**2"), [(sgd(0.2), (1, 1))]), 100)
    found = records.verdicts[-1]
    assert isinstance(found, Converged)
    assert found.at == tuple(records.params[found.step].astype(float).tolist())
    assert found.at == pytest.approx((0.5, -0.25), abs=1e-3)


def test_jumping_to_and_fro_over_a_minimum_is_not_convergence():
    assert "converged" not in codes(find_verdicts(experiment("sphere", [(sgd(1.0), (3, -2))]), 100))


def test_trembling_where_it_arrived_does_not_take_it_back():
    (records,) = whole(experiment("himmelblau", [({"id": "adam", "lr": 0.3}, (0.0, 4.5))]), 600)
    converged = records.status == STATUSES.index("converged")
    arrival = int(np.argmax(converged))
    assert not converged[arrival:].all()  # by the records alone it comes and goes
    assert [verdict.code for verdict in records.verdicts if verdict.step >= arrival] == ["converged"]


def test_an_edit_that_leads_away_does():
    edits = [{"step": 60, "run": 0, "params": [3.0, 3.0]}]
    verdicts = find_verdicts(experiment("sphere", [(sgd(0.25), (3, -2))], edits), 62)
    assert holding(verdicts, 60).code == "converged"
    assert holding(verdicts, 61).code == "descending"


BOTTOMLESS = [
    pytest.param("strict_saddle", (1.8, 1e-3), {}, id="declared"),
    pytest.param("strict_saddle", (1.8, 1e-3), {"momentum": 0.9}, id="with momentum"),
    pytest.param(expression("x**2 - y**2"), (1.8, 1e-3), {}, id="own"),
    pytest.param("monkey_saddle", (0.8, 0.1), {}, id="monkey"),
    pytest.param(expression("x**3"), (-0.5,), {}, id="one variable"),
]


@pytest.mark.parametrize(("surface", "start", "hyper"), BOTTOMLESS)
def test_a_fall_for_ever_is_bottomless_and_never_unstable(surface, start, hyper):
    (records,) = whole(experiment(surface, [(sgd(0.05, **hyper), start)]), 3000)
    found, end = first(records.verdicts, Bottomless), records.verdicts[-1]
    assert (np.abs(records.params[found.since]) > 2).any()
    assert (np.abs(records.params[found.since - 1]) <= 2).all()
    assert (np.diff(records.loss[found.step - 3 : found.step + 1]) < 0).all()
    assert isinstance(end, Diverged)
    assert (end.cause, end.limit, end.remedy) == ("bottomless", None, None)
    assert "unstable" not in codes(records.verdicts)


def test_a_slope_that_stays_the_same_is_bottomless_too():
    verdicts = find_verdicts(experiment(expression("x - 2*y"), [(sgd(0.1), (0, 0))]), 100)
    assert codes(verdicts) == ["descending", "bottomless"]


def test_the_wall_of_a_bottomless_surface_is_unstable_all_the_same():
    # Across the strict saddle the curvature is 2: a rate of 1.2 climbs there faster than it falls along the other way.
    verdicts = find_verdicts(experiment("strict_saddle", [(sgd(1.2), (1.0, 0.0))]), 400)
    assert "bottomless" not in codes(verdicts)
    assert first(verdicts, Unstable).limit.product == pytest.approx(2.4)
    assert verdicts[-1].cause == "unstable"


def test_coming_in_from_outside_is_not_bottomless():
    verdicts = find_verdicts(experiment("sphere", [(sgd(0.001), (100.0, 100.0))]), 500)
    assert codes(verdicts) == ["descending"]


def test_a_minimum_outside_the_view_is_not_bottomless():
    verdicts = find_verdicts(experiment(expression("(x - 8)**2 + y**2"), [(sgd(0.01), (0.0, 0.5))]), 800)
    assert "bottomless" not in codes(verdicts)
    assert verdicts[-1].code == "converged"


def diverged(surface, optimizer, start, steps=3000, dtype="float32"):
    end = find_verdicts(experiment(surface, [(optimizer, start)], dtype=dtype), steps)[-1]
    assert isinstance(end, Diverged)
    return end


def test_an_overflow_after_a_step_above_the_limit_is_unstable():
    surface = expression("exp(x**2)")
    prepared = experiment(surface, [(sgd(0.1), (3.0,))])
    end = find_verdicts(prepared, 10)[-1]
    assert (end.cause, end.step) == ("unstable", 1)
    assert end.limit.curvature == pytest.approx((2 + 4 * 9) * math.exp(9), rel=1e-6)
    assert cured(prepared, end, 3000).verdicts[-1].code != "diverged"


def test_an_overflow_after_a_stable_step_is_a_wall():
    # Curvature 1 at the start, rate 0.001; the slope of a million throws it to y = 1000, where exp overflows.
    end = diverged(expression("exp(y) - 1000000*y + x**2"), sgd(0.001), (0.1, 0.0))
    assert (end.cause, end.step, end.limit, end.remedy) == ("wall", 1, None, None)
    assert end.last == pytest.approx(1.01)


WALLS = [
    pytest.param("x - log(x)", (2.0,), 5.0, id="log"),  # curvature 1/4: 1.25 is below 2, and -0.5 has no logarithm
    pytest.param("(x + 1)**1.5 - sqrt(x)", (0.5,), 0.7, id="sqrt"),
    pytest.param("1/x + 4.25*x", (2.0,), 0.5, id="pole"),  # straight onto it
]


@pytest.mark.parametrize(("text", "start", "lr"), WALLS)
def test_a_step_past_the_edge_is_a_wall(text, start, lr):
    (records,) = whole(experiment(expression(text), [(sgd(lr), start)], dtype="float64"), 50)
    end = records.verdicts[-1]
    assert isinstance(end, Diverged)
    assert np.isfinite(records.params[-1]).all()
    assert lr * records.eigenvalues[end.step - 1, -1] < 2
    assert (end.cause, end.limit) == ("wall", None)


def test_a_step_above_the_limit_past_the_edge_is_no_wall():
    end = diverged(expression("x - log(x)"), sgd(10.0), (2.0,))  # 10/4 is above 2
    assert (end.cause, end.limit.product) == ("unstable", pytest.approx(2.5))


def test_what_is_above_the_limit_in_another_direction_does_not_count():
    end = diverged(expression("x - log(x) + y**2"), sgd(5.0), (2.0, 0.0))  # 10 along y, where it rests
    assert (end.cause, end.limit) == ("wall", None)


def test_without_a_law_a_climb_to_overflow_stays_unknown():
    end = diverged(expression("x**4 - x"), {"id": "newton", "lr": 8.0}, (1.5,))
    assert (end.cause, end.limit) == ("unknown", None)


def test_a_start_without_a_value_is_a_wall_and_has_no_last_loss():
    end = diverged(expression("log(x)"), sgd(0.1), (-1.0,))
    assert (end.step, end.cause, end.last, end.remedy) == (0, "wall", None, None)


def test_climbing_is_reported_and_mended():
    prepared = experiment("himmelblau", [(sgd(0.01, maximize=True), (0.0, 4.5))])
    end = find_verdicts(prepared, 300)[-1]
    assert (end.cause, end.limit) == ("climbing", None)
    assert end.remedy.set == {"maximize": False}
    assert cured(prepared, end, 300).verdicts[-1].code == "converged"


def test_climbing_that_an_edit_brought_is_mended_where_the_loss_was_still_low():
    edits = [{"step": 8, "run": 0, "set": {"maximize": True}}]
    prepared = experiment("himmelblau", [(sgd(0.01), (0.0, 4.5))], edits)
    (records,) = whole(prepared, 300)
    end = final(records)
    assert end.cause == "climbing"
    low = np.flatnonzero(records.loss[:-1] <= records.loss[0])
    assert end.remedy.step == low[-1]
    assert cured(prepared, end, 300).verdicts[-1].code == "converged"


def test_momentum_of_one_or_more_is_reported_and_mended():
    prepared = experiment(ravine(10), [(sgd(0.01, momentum=1.1), (2, 2))])
    end = find_verdicts(prepared, 3000)[-1]
    assert (end.cause, end.limit) == ("momentum", None)
    assert end.remedy.set == {"momentum": 0.9}
    assert cured(prepared, end, 1000).verdicts[-1].code == "converged"


def test_momentum_just_below_one_is_not_blamed():
    end = diverged(ravine(10), sgd(0.5, momentum=0.99), (2, 2))
    assert end.cause == "unstable"


def test_diverged_is_the_last_and_holds_alone():
    (records,) = whole(experiment(ravine(10), [(sgd(0.25), (-2.5, 2.5))]), 1000)
    end = final(records)
    assert end.step == len(records) - 1
    assert end.last == pytest.approx(float(records.loss[-2]))
    assert sum(isinstance(verdict, Diverged) for verdict in records.verdicts) == 1


def test_record_0_always_has_a_verdict():
    for surface in surfaces().values():
        if surface.starts and surface.f is not None:
            (records,) = whole(experiment(surface.id, [(sgd(1e-4), surface.starts[0].at)]), 0)
            assert [verdict.step for verdict in records.verdicts] == [0]


# --- a run that seems to rest ---


def test_a_tiny_loss_is_not_convergence_where_every_step_goes_farther() -> None:
    run = whole(experiment("ravine", [({"id": "sgd", "lr": 0.21}, (0.0, 3e-6))]), 60)[0]
    assert run.loss[5] < 1e-9
    told = [verdict.code for verdict in run.verdicts if verdict.step >= 3]
    assert told[0] == "unstable"
    assert "converged" not in told


def test_after_convergence_a_rate_above_the_limit_is_unstable_at_once_and_not_when_the_loss_has_grown() -> None:
    edits = [{"step": 150, "run": 0, "set": {"lr": 0.21}}]
    run = whole(experiment("ravine", [({"id": "sgd", "lr": 0.18}, (-2.5, 2.5))], edits), 260)[0]
    converged, unstable = (
        next(each for each in run.verdicts if each.code == code) for code in ("converged", "unstable")
    )
    assert converged.step < 150 < unstable.step <= 154
    assert run.loss[unstable.step] < 1e-7


def test_where_nothing_lies_along_the_steep_direction_a_rate_above_its_limit_changes_nothing() -> None:
    edits = [{"step": 150, "run": 0, "set": {"lr": 0.21}}]
    run = whole(experiment("ravine", [({"id": "sgd", "lr": 0.1}, (-2.5, 0.0))], edits), 260)[0]
    assert run.verdicts[-1].code == "converged"
    assert run.loss[-1] < run.loss[150]
