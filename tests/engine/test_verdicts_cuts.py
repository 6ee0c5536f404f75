"""Verdicts depend on a run's whole past, and on nothing else: not on how it was cut into calls, nor on later edits."""

import pickle
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.helpers import cut, experiment, joined, same_bits
from tests.engine.verdict_cases import codes, expression, ravine, sgd

from steepest.engine import Checkpoint, advance, prepare
from steepest.engine.diagnosis.detect import DiagnosisState
from steepest.engine.diagnosis.surface_run import SurfaceHistory
from steepest.engine.recording.verdict import Verdict
from steepest.spec import Edit

STEPS = 120


def edit(step, **what):
    return {"step": step, "run": 0, **what}


# Each with the codes that make it worth its while.
RUNS = {
    "unstable": (experiment(ravine(10), [(sgd(0.205), (-2.5, 2.5))]), {"unstable"}),
    "diverged": (experiment(ravine(10), [(sgd(0.25), (-2.5, 2.5))]), {"unstable", "diverged"}),
    "swing": (experiment(ravine(10), [(sgd(0.19), (-2.5, 2.5))]), {"oscillating", "converged"}),
    "valley": (experiment(ravine(100), [(sgd(0.015), (-3.5, 0.2))]), {"valley"}),
    "saddle": (
        experiment("bounded_saddle", [(sgd(0.1, momentum=0.5), (1.5, 1e-3))]),
        {"near", "escaped", "converged"},
    ),
    "stuck": (experiment("bounded_saddle", [(sgd(0.1), (1.5, 0.0))], [edit(40, params=[0.2, 0.01])]), {"escaped"}),
    "bottomless": (experiment("strict_saddle", [(sgd(0.1), (1.8, 1e-3))]), {"bottomless", "escaped"}),
    "plateau": (experiment(expression("-exp(-2*(x**2 + y**2))"), [(sgd(0.05), (1.9, 0.5))]), {"plateau"}),
    "adam": (experiment("himmelblau", [({"id": "adam", "lr": 0.3}, (0.0, 4.5))]), {"near"}),
    "rmsprop": (experiment("sphere", [({"id": "rmsprop", "lr": 0.2}, (2.0, -1.0))]), {"near"}),
    "edited": (
        experiment(
            ravine(10),
            [(sgd(0.05), (-2.5, 2.5))],
            [
                edit(7, set={"lr": 0.25}),
                edit(12, set={"lr": 0.22}),
                edit(15, optimizer={"id": "adam", "lr": 0.1}),
                edit(40, params=[1.0, -3.0]),
                edit(60, optimizer=sgd(0.199)),
            ],
        ),
        {"unstable", "oscillating"},
    ),
    "flicker": (experiment("square", [(sgd(0.25, momentum=0.9), (5.0,))]), {"near"}),
    "unsettled": (experiment("two_well", [({"id": "rmsprop", "lr": 0.2}, (1.5, 1.5))]), {"unstable", "near"}),
    "asgd": (experiment("bounded_saddle", [({"id": "asgd", "lr": 0.1}, (0.2, 1e-3))]), {"near", "escaped"}),
}
names = pytest.mark.parametrize("name", RUNS)


def verdicts_of(chunks) -> list[Verdict]:
    return [verdict for chunk in chunks for records in chunk.runs for verdict in records.verdicts]


@cache
def whole(name):
    """The run in one call. Computed when a test needs it: each process that collects the tests imports this module."""
    return cut(RUNS[name][0], [STEPS])


@names
def test_the_runs_are_worth_cutting(name):
    assert RUNS[name][1] <= set(codes(tuple(verdicts_of(whole(name)[0]))))


def agrees(name, ends):
    chunks, checkpoint = cut(RUNS[name][0], ends)
    expected, last = whole(name)
    assert verdicts_of(chunks) == verdicts_of(expected)
    assert [run.diagnosis for run in checkpoint.runs] == [run.diagnosis for run in last.runs]


@names
def test_step_by_step_the_same_is_reported(name):
    agrees(name, range(STEPS + 1))


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(sorted(RUNS)), cuts=st.sets(st.integers(0, STEPS - 1), max_size=6))
def test_cut_anywhere_the_same_is_reported(name, cuts):
    agrees(name, [*sorted(cuts), STEPS])


@names
def test_what_a_checkpoint_remembers_survives_the_way_between_processes(name):
    prepared, _ = RUNS[name]
    early, checkpoint = cut(prepared, [33])
    again: Checkpoint = pickle.loads(pickle.dumps(checkpoint))
    assert [run.diagnosis for run in again.runs] == [run.diagnosis for run in checkpoint.runs]
    rest, _ = advance(prepared, again, STEPS)
    assert verdicts_of([*early, rest]) == verdicts_of(whole(name)[0])
    assert len(pickle.dumps(checkpoint.runs[0].diagnosis)) < 8_000


@names
@pytest.mark.parametrize("step", [2, 16, 40])
def test_an_edit_changes_nothing_of_what_was_reported_up_to_its_step(name, step):
    prepared, _ = RUNS[name]
    early, checkpoint = cut(prepared, [step])
    edited = prepare(prepared.experiment.edited(Edit(step=step, run=0, set={"lr": 0.01})))
    # From a checkpoint made before the edit was thought of, and all over again.
    rest, _ = advance(edited, checkpoint, STEPS)
    (again, *_), _ = cut(edited, [STEPS])
    assert verdicts_of([*early, rest]) == verdicts_of([again])
    reported = [verdict for verdict in verdicts_of([again]) if verdict.step <= step]
    assert reported == verdicts_of(early)


def test_memories_are_equal_by_value():
    memory = whole("saddle")[1].runs[0].diagnosis
    assert isinstance(memory, DiagnosisState)
    assert memory == pickle.loads(pickle.dumps(memory))
    history = memory.history
    assert isinstance(history, SurfaceHistory)
    record = history.record
    assert record is not None
    for other in (replace(record, params=record.params + 1), replace(record, step=record.step + 1)):
        assert memory != replace(memory, history=replace(history, record=other))


def test_a_checkpoint_keeps_no_chunk_alive():
    memory = whole("valley")[1].runs[0].diagnosis
    assert isinstance(memory, DiagnosisState)
    assert isinstance(memory.history, SurfaceHistory)
    record = memory.history.record
    assert record is not None
    arrays = [record.loss, record.params, record.hessian, *record.state.values()]
    assert all(array.base is None and len(array) == 1 for array in arrays)


def test_two_runs_are_judged_separately():
    runs = [(sgd(0.25), (-2.5, 2.5)), (sgd(0.199), (-2.5, 2.5))]
    both, _ = cut(experiment(ravine(10), runs), range(0, STEPS + 1, 7))
    for n, run in enumerate(runs):
        alone, _ = cut(experiment(ravine(10), [run]), [both[-1].last])
        mine = [v for chunk in both for records in chunk.runs if records.run == n for v in records.verdicts]
        assert [v.model_copy(update={"remedy": None}) for v in mine] == [
            v.model_copy(update={"remedy": None}) for v in verdicts_of(alone)
        ]
        assert {v.remedy.run for v in mine if v.remedy is not None} == {n}


def test_the_records_are_the_same_whatever_is_reported():
    prepared, _ = RUNS["edited"]
    pieces, _ = cut(prepared, range(0, STEPS + 1, 11))
    last = pieces[-1].last
    same_bits(joined(pieces, 0), joined(cut(prepared, [last])[0], 0))
    assert np.isfinite(joined(pieces, 0)["loss"]).all()
