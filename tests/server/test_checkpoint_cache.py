"""Checkpoints: found, evicted, shared, within the server's budget."""

import pickle
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from steepest.engine import Checkpoint, RunCheckpoint, advance
from steepest.engine.recording.checkpoint import OBJECTS, stack_lists
from steepest.server.worker.checkpoint_cache import CheckpointCache, CheckpointStore
from steepest.server.worker.prepared import prepared_bytes
from steepest.server.worker.recordings import Records
from steepest.spec import parse_experiment


def at(step: int) -> Checkpoint:
    return Checkpoint(step, ())


def filled(steps: range, limit: int = 256) -> CheckpointCache:
    cache = CheckpointCache(limit)
    for step in steps:
        cache.add(at(step))
    return cache


def kept(cache: CheckpointCache, last: int) -> list[int]:
    found = {cache.nearest(step).step for step in range(last + 1) if cache.nearest(step) is not None}  # type: ignore[union-attr]
    return sorted(found)


def test_the_nearest_checkpoint_is_at_or_before_the_step() -> None:
    cache = filled(range(10, 60, 10))
    found = [cache.nearest(step) for step in (9, 10, 19, 55, 1000)]
    assert [c and c.step for c in found] == [None, 10, 10, 50, 50]


def test_checkpoints_may_come_in_any_order_and_twice() -> None:
    cache = CheckpointCache(256)
    for step in (5, 1, 9, 5, 3):
        cache.add(at(step))
    assert kept(cache, 9) == [1, 3, 5, 9]


@pytest.mark.parametrize("every", [1, 7])
def test_a_long_recording_is_thinned_and_stays_dense_near_its_end(every: int) -> None:
    last = 20_000
    cache = filled(range(0, last + 1, every))
    end = last - last % every
    steps = kept(cache, last)
    assert len(cache) == len(steps) == 256
    assert (steps[0], steps[-1]) == (0, end)
    for low, high in pairwise(steps):  # what must be made again grows with the way back
        assert high - low <= max(2 * every, 0.06 * (end - low) + 0.01 * last)


def test_what_an_edit_leaves_is_a_separate_cache() -> None:
    cache = filled(range(0, 100, 10))
    cache.end = 90
    cut = cache.truncated(40)
    cut.add(at(45))
    assert kept(cut, 99) == [0, 10, 20, 30, 40, 45]
    assert cut.end is None
    assert kept(cache, 99) == list(range(0, 100, 10))


def test_caches_are_found_again_and_of_those_that_nobody_has_open_the_oldest_is_dropped() -> None:
    store = CheckpointStore(2)
    first = store.open("a", filled(range(3)))
    assert store.open("a", CheckpointCache(8)) is first
    for document in "bcd":
        store.close(store.open(document, CheckpointCache(8, store)))  # "b" was used longest ago
    fresh = CheckpointCache(8)
    assert store.open("b", fresh) is fresh
    assert store.open("a", CheckpointCache(8)) is first, "open ones stay, however many there are"


def large(step: int, numbers: int = 10_000) -> Checkpoint:
    """Of a model: its parameters and two slots of Adam, in float32."""
    state = {
        "step": np.zeros(()),
        "exp_avg": np.zeros(numbers, np.float32),
        "exp_avg_sq": np.zeros(numbers, np.float32),
    }
    return Checkpoint(step, (RunCheckpoint(np.zeros(numbers, np.float32), (state,)),))


SIZE = large(0).size
REST = 1_000  # bytes of the short documents of these tests


def opened(store: CheckpointStore, document: str, count: int) -> CheckpointCache:
    """Of a session that has made so many large checkpoints."""
    cache = store.open(document, CheckpointCache(256, store))
    for step in range(count):
        cache.add(large(step))
    return cache


def test_a_checkpoint_knows_its_size() -> None:
    assert large(0).size == 3 * 40_000 + 8 + OBJECTS
    pairs = stack_lists({"old": [np.zeros(10), None, np.zeros(10)], "n": 3, "mixed": [np.zeros(2), np.zeros(3)]})
    assert RunCheckpoint(np.zeros(5), (pairs,), gradient=np.zeros(5)).size == 40 + 40 + (160 + 3) + 40 + OBJECTS


def test_the_objects_of_a_checkpoint_are_counted_too() -> None:
    experiment = parse_experiment(
        {
            "version": 1,
            "problem": {"kind": "surface", "id": "beale"},
            "runs": [{"optimizer": {"id": "adam"}, "start": [1.0, 1.0]}] * 8,
        }
    )
    packed = pickle.dumps(advance(experiment, None, 300)[1])
    size = pickle.loads(packed).size
    tracemalloc.start()
    try:
        kept = [pickle.loads(packed) for _ in range(20)]
        used = tracemalloc.get_traced_memory()[0] / len(kept)
    finally:
        tracemalloc.stop()
    assert size / 2 < used < size * 2


def test_an_open_experiment_has_few_checkpoints_where_they_are_large_and_still_dense_near_the_end() -> None:
    store = CheckpointStore(4, max_bytes=20 * SIZE + REST)
    cache = opened(store, "a", 1000)
    assert len(cache) == 20
    assert store.bytes.total == cache.size == 20 * SIZE
    steps = kept(cache, 999)
    gaps = [high - low for low, high in pairwise(steps)]
    assert (steps[0], steps[-1]) == (0, 999)
    assert max(gaps[-5:]) < max(gaps[:5]) / 2


def test_open_experiments_share_the_budget_evenly() -> None:
    store = CheckpointStore(4, max_bytes=24 * SIZE + REST)
    first = opened(store, "a", 100)
    assert len(first) == 24
    others = [opened(store, document, 100) for document in "bcd"]
    assert [len(cache) for cache in (first, *others)] == [6] * 4
    assert store.bytes.total == 24 * SIZE


def test_those_that_nobody_has_open_are_dropped_first_the_oldest_before_the_others() -> None:
    store = CheckpointStore(4, max_bytes=24 * SIZE + REST)
    for document in "abc":
        store.close(opened(store, document, 6))
    store.close(store.open("a", CheckpointCache(256, store)))  # used again
    playing = opened(store, "d", 10)
    assert len(playing) == 10, "it loses nothing as long as another can be dropped"
    counts = {document: len(store.open(document, CheckpointCache(256, store))) for document in "abc"}
    assert counts == {"a": 6, "b": 0, "c": 6}


@pytest.mark.parametrize("sessions", [1, 8])
def test_the_last_checkpoint_of_an_open_experiment_stays(sessions: int) -> None:
    store = CheckpointStore(4, max_bytes=1)
    caches = [opened(store, str(n), 50) for n in range(sessions)]
    assert [kept(cache, 49) for cache in caches] == [[49]] * sessions
    for cache in caches:
        store.close(cache)
    assert store.bytes.total == 0


def test_what_an_edit_leaves_is_counted_once() -> None:
    store = CheckpointStore(4)
    before = opened(store, "before", 20)
    after = store.open("after", before.truncated(9))
    assert (len(after), store.bytes.total) == (10, 20 * SIZE)
    store.close(before)
    store.close(after)
    CheckpointCache(8, store).leave_store()
    assert store.bytes.total == 20 * SIZE


def test_a_branch_is_counted_in_full() -> None:
    store = CheckpointStore(4, max_bytes=20 * SIZE + REST)
    cache = opened(store, "a", 20)
    forked = cache.forked(0, 19)
    store.close(cache)
    branch = store.open("b", forked)
    assert len(branch) == 10  # each is of two runs
    assert store.bytes.total == 20 * SIZE


def test_a_dropped_cache_still_serves_whoever_has_it() -> None:
    store = CheckpointStore(0)
    cache = opened(store, "a", 5)
    store.close(cache)
    assert store.bytes.total == 0
    for step in range(5, 400):
        cache.add(at(step))
    assert cache.nearest(1000) is not None
    assert store.bytes.total == 0


def test_open_experiments_are_counted_themselves() -> None:
    store = CheckpointStore(4, max_bytes=20 * SIZE)
    document = "x" * 20_000
    cache = store.open(document, CheckpointCache(256, store), 3 * SIZE)
    assert store.used == store.experiments == prepared_bytes(document)
    assert store.needed == 3 * SIZE
    for step in range(30):
        cache.add(large(step))
    assert len(cache) == (20 * SIZE - prepared_bytes(document)) // SIZE
    assert store.used <= 20 * SIZE
    store.close(cache, 3 * SIZE)
    assert (store.experiments, store.needed) == (0, 0)


def test_shared_records_give_way_before_checkpoints_of_open_experiments() -> None:
    store = CheckpointStore(4, max_bytes=20 * SIZE + REST)
    for recording in [store.recordings.open("a"), store.recordings.open("a")]:
        recording.add(1, Records(bytes(SIZE), 0, 9, stopped=False))
        recording.add(1, Records(bytes(SIZE), 10, 19, stopped=False))
    assert store.recordings.bytes == 2 * SIZE == store.used
    cache = opened(store, "b", 19)
    assert len(cache) == 19
    assert store.recordings.bytes == SIZE
    assert recording.find(1, 0, 9) is None, "used longest ago"
    for step in range(19, 25):
        cache.add(large(step))
    assert store.recordings.bytes == 0
    assert store.used <= 20 * SIZE + REST
