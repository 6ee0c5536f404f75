"""advance: pure, sliced, numbered, and equal to a plain PyTorch loop."""

import pickle

import numpy as np
import pytest
import torch
from tests.engine.helpers import cut, experiment, joined, same_bits, whole
from tests.reference.loops import plain_loop

from steepest.engine import STATUSES, advance
from steepest.engine.recording.checkpoint import Stacked, stack_lists, unstack_lists
from steepest.optimizers import optimizers
from steepest.problems import surfaces

OFFERED = [optimizer for optimizer in optimizers().values() if not optimizer.matrices_only]
TORCHS_OWN = [optimizer for optimizer in OFFERED if not optimizer.ours]
EDITS = [
    {"step": 11, "run": 0, "set": {"lr": 0.02}},
    {"step": 19, "run": 0, "params": [1.5, -0.5]},
    {"step": 26, "run": 0, "optimizer": {"id": "adam", "lr": 0.03}},
    {"step": 31, "run": 0, "set": {"betas": [0.8, 0.99]}},
]


def function(surface):
    f = surfaces()[surface].f
    assert f is not None
    return f


def spec(optimizer, **hyper):
    return {"id": optimizer.id, "lr": optimizer.known_lr, **hyper}


@pytest.mark.parametrize("optimizer", OFFERED, ids=lambda optimizer: optimizer.id)
@pytest.mark.parametrize("edits", [[], EDITS], ids=["plain", "edited"])
def test_one_call_many_calls_and_any_checkpoint_give_the_same_bits(optimizer, edits):
    prepared = experiment("himmelblau", [(spec(optimizer), (0.5, -1.0)), ({"id": "sgd", "lr": 0.01}, (1, 1))], edits)
    once = advance(prepared, None, 40)
    many, last = cut(prepared, (0, 1, 2, 9, 12, 19, 20, 27, 33, 40))
    for run in (0, 1):
        same_bits(joined([once[0]], run), joined(many, run))
    _, middle = cut(prepared, (7, 23))
    resumed, again = advance(prepared, middle, 40)
    tail = {name: array[24:] for name, array in joined([once[0]], 0).items()}
    same_bits(tail, joined([resumed], 0))
    for one, other in ((once[1], last), (once[1], again)):
        for mine, theirs in zip(one.runs, other.runs, strict=True):
            assert mine.params.tobytes() == theirs.params.tobytes()
            assert repr(mine.state) == repr(theirs.state)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", TORCHS_OWN, ids=lambda optimizer: optimizer.id)
def test_agrees_bit_for_bit_with_a_plain_torch_loop(optimizer, dtype):
    prepared = experiment("beale", [(spec(optimizer), (1, 1.5))], dtype=dtype)
    (records,) = whole(prepared, 40)
    given = optimizer.arguments(optimizer.complete({"lr": optimizer.known_lr}))
    f = function("beale")
    losses, positions, gradients = plain_loop(f, optimizer.torch_class, given, (1, 1.5), 40, getattr(torch, dtype))
    assert records.loss.tolist() == losses
    assert records.params.tolist() == positions
    assert records.grad.tolist() == gradients


def test_a_set_acts_on_the_update_from_its_step_to_the_next_and_keeps_the_momentum():
    edits = [{"step": 10, "run": 0, "set": {"lr": 0.001, "momentum": 0.5}}]
    prepared = experiment("beale", [({"id": "sgd", "lr": 0.01, "momentum": 0.9}, (1, 1))], edits)
    (records,) = whole(prepared, 30)
    _, positions, _ = plain_loop(
        function("beale"),
        torch.optim.SGD,
        {"lr": 0.01, "momentum": 0.9},
        (1, 1),
        30,
        changes={10: {"lr": 0.001, "momentum": 0.5}},
    )
    assert records.params.tolist() == positions
    (plain,) = whole(experiment("beale", [({"id": "sgd", "lr": 0.01, "momentum": 0.9}, (1, 1))]), 30)
    assert (records.params[:11] == plain.params[:11]).all()
    assert (records.params[11] != plain.params[11]).any()


def test_a_replaced_optimizer_starts_anew():
    edits = [{"step": 10, "run": 0, "optimizer": {"id": "adam", "lr": 0.05}}]
    (records,) = whole(experiment("beale", [({"id": "sgd", "lr": 0.01, "momentum": 0.9}, (1, 1))], edits), 15)
    at = records.params[10].tolist()
    (fresh,) = whole(experiment("beale", [({"id": "adam", "lr": 0.05}, at)]), 5)
    assert records.params[10:].tolist() == fresh.params.tolist()
    assert np.isnan(records.state["exp_avg"][:11]).all()
    assert np.isfinite(records.state["exp_avg"][11:]).all()
    assert np.isnan(records.state["momentum_buffer"][11:]).all()


def test_a_moved_point_steps_from_where_it_was_put():
    edits = [{"step": 4, "run": 0, "params": [0.5, 0.25]}]
    (records,) = whole(experiment("sphere", [({"id": "sgd", "lr": 0.125}, (3, 2))], edits, "float64"), 6)
    assert records.params[4].tolist() == [3 * 0.75**4, 2 * 0.75**4]
    assert records.params[5].tolist() == [0.375, 0.1875]
    assert records.update[5].tolist() == [-0.125, -0.0625]  # the optimizer's own, without the jump


def test_a_point_is_moved_in_the_full_precision_of_float64():
    edits = [{"step": 0, "run": 0, "params": [0.1, -0.3]}]
    (records,) = whole(experiment("sphere", [({"id": "sgd", "lr": 0.0}, (3, 2))], edits, "float64"), 1)
    assert records.params[1].tolist() == [0.1, -0.3]


def test_records_are_numbered_by_the_state_they_start_from():
    prepared = experiment("square", [({"id": "sgd", "lr": 0.25}, (5,))])
    chunk, checkpoint = advance(prepared, None, 0)
    assert (chunk.first, chunk.last, checkpoint.step) == (0, 0, 0)
    assert chunk.runs[0].params.tolist() == [[5.0]]
    assert chunk.runs[0].grad.tolist() == [[6.0]]
    assert chunk.runs[0].update.tolist() == [[0.0]]
    chunk, checkpoint = advance(prepared, checkpoint, 3)
    assert (chunk.first, chunk.last, checkpoint.step, len(chunk.runs[0])) == (1, 3, 3, 3)
    assert chunk.runs[0].update.tolist() == [[-1.5], [-0.75], [-0.375]]


def test_a_spent_budget_still_makes_one_step_and_loses_nothing():
    prepared = experiment("beale", [({"id": "sgd", "lr": 0.01}, (1, 1))])
    chunks, checkpoint = [], None
    for _ in range(5):
        chunk, checkpoint = advance(prepared, checkpoint, 100, budget=0.0)
        chunks.append(chunk)
    assert [(chunk.first, chunk.last) for chunk in chunks] == [(0, 1), (2, 2), (3, 3), (4, 4), (5, 5)]
    same_bits(joined(chunks, 0), joined([advance(prepared, None, 5)[0]], 0))


def test_runs_of_a_race_do_not_touch_each_other():
    sgd, adam = ({"id": "sgd", "lr": 0.01, "momentum": 0.9}, (1, 1)), ({"id": "adam", "lr": 0.05}, (1, 4))
    race = whole(experiment("beale", [sgd, adam, sgd]), 50)
    alone = whole(experiment("beale", [adam]), 50)
    assert race[1].params.tobytes() == alone[0].params.tobytes()
    assert race[0].params.tobytes() == race[2].params.tobytes()


def test_a_run_that_diverges_stops_there_and_the_others_go_on():
    wild, tame = ({"id": "sgd", "lr": 0.3}, (1, 4)), ({"id": "sgd", "lr": 0.001}, (1, 1))
    prepared = experiment("beale", [wild, tame])
    once = advance(prepared, None, 60)
    wild_records, tame_records = once[0].runs
    assert len(tame_records) == 61
    assert len(wild_records) < 10
    assert STATUSES[wild_records.status[-1]] == "diverged"
    assert np.isfinite(wild_records.loss[:-1]).all()
    assert np.isfinite(wild_records.params[-2]).all()  # the last finite step stays readable
    assert (wild_records.status[:-1] != STATUSES.index("diverged")).all()
    assert once[1].runs[0].stopped == len(wild_records) - 1
    assert not once[0].stopped
    many, _ = cut(prepared, range(61))
    same_bits(joined([once[0]], 0), joined(many, 0))
    same_bits(joined([once[0]], 1), joined(many, 1))


def test_when_every_run_has_diverged_nothing_more_is_computed():
    prepared = experiment("beale", [({"id": "sgd", "lr": 0.3}, (1, 4))])
    chunk, checkpoint = advance(prepared, None, 1000)
    assert chunk.stopped
    assert chunk.last == len(chunk.runs[0]) - 1 == checkpoint.step
    after, same = advance(prepared, checkpoint, 1000)
    assert after.stopped
    assert after.runs == ()
    assert same == checkpoint


def test_a_gradient_that_is_not_finite_counts_as_diverged():
    surface = {"id": "expression", "params": {"expression": "sqrt(x) + 0*y"}}
    (records,) = whole(experiment(surface, [({"id": "sgd", "lr": 0.1}, (0, 1))]), 5)
    assert records.loss.tolist() == [0.0]
    assert np.isinf(records.grad[0]).any()
    assert records.status.tolist() == [STATUSES.index("diverged")]


def test_a_large_finite_gradient_has_a_finite_norm():
    surface = {"id": "expression", "params": {"expression": "1e25*x + y"}}
    (records,) = whole(experiment(surface, [({"id": "sgd", "lr": 0.0}, (0, 1))]), 2)
    assert np.isfinite(records.grad_norm).all()


def test_checkpoints_hold_plain_arrays_and_numbers_only():
    def plain(value):
        if isinstance(value, Stacked):
            return plain(value.array) and plain(value.present)
        if isinstance(value, list):
            return all(map(plain, value))
        return value is None or type(value) in (np.ndarray, int, float, bool)

    for optimizer in OFFERED:
        prepared = experiment("himmelblau", [(spec(optimizer), (0.5, -1.0))])
        _, checkpoint = advance(prepared, None, 5)
        assert all(plain(value) for state in checkpoint.runs[0].state for value in state.values()), optimizer.id


def test_lists_of_arrays_are_stacked_and_come_back_as_they_were():
    lists = {
        "old_dirs": [np.array([1.0, 2.0], np.float32), np.array([3.0, 4.0], np.float32)],
        "ro": [np.array(5.0), np.array(6.0)],
        "al": [None, np.array(7.0), None],
        "empty": [],
        "none": [None, None],
        "uneven": [np.zeros(1), np.zeros(2)],
        "numbers": [1, 2],
        "step": np.array(8.0),
        "t": 9.0,
    }
    packed = stack_lists(lists)
    assert {name for name, value in packed.items() if isinstance(value, Stacked)} == {"old_dirs", "ro", "al"}
    assert packed["old_dirs"].array.shape == (2, 2)
    back = unstack_lists(packed)
    assert repr(back) == repr(lists)
    assert back["old_dirs"][0].flags.owndata
    assert back["ro"][0].shape == ()


def test_a_checkpoint_of_lbfgs_at_its_caps_is_small():
    optimizer = {"id": "lbfgs", "lr": 0.01, "max_iter": 40, "max_eval": 50, "history_size": 100}
    optimizer |= {"tolerance_grad": 0.0, "tolerance_change": 1e-300}
    prepared = experiment("rosenbrock", [(optimizer, (-1.2, 1 + n / 100)) for n in range(8)])
    _, checkpoint = advance(prepared, None, 3)
    assert [len(run.state[0]["old_dirs"].present) for run in checkpoint.runs] == [100] * 8  # the history is full
    assert len(pickle.dumps(checkpoint)) < 60_000


@pytest.mark.parametrize("optimizer", OFFERED, ids=lambda optimizer: optimizer.id)
def test_a_non_finite_loss_ends_every_optimizer_quietly(optimizer):
    surface = {"id": "expression", "params": {"expression": "log(x) + y**2"}}
    (records,) = whole(experiment(surface, [(spec(optimizer), (-1, 1))]), 5)
    assert records.status.tolist() == [STATUSES.index("diverged")]


@pytest.mark.parametrize("start", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_a_line_search_over_the_edge_of_a_logarithm_ends_quietly(search, start):
    surface = {"id": "expression", "params": {"expression": "log(x)"}}
    optimizer = {"id": "lbfgs", "line_search_fn": search}
    (records,) = whole(experiment(surface, [(optimizer, (start,))]), 20)
    assert np.isfinite(records.loss[0])
    assert (records.status[:-1] != STATUSES.index("diverged")).all()
