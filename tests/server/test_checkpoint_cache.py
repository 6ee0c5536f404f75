"""Checkpoints: found, evicted, shared."""

from itertools import pairwise

import numpy as np
import pytest

from steepest.engine import Checkpoint, RunCheckpoint
from steepest.engine.recording.checkpoint import stack_lists
from steepest.server.worker.checkpoint_cache import CheckpointCache, RecentExperiments


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


def test_recent_caches_are_found_again_and_the_oldest_is_dropped() -> None:
    recent = RecentExperiments(2)
    first = recent.shared("a", filled(range(3)))
    recent.shared("b", CheckpointCache(8))
    assert recent.shared("a", CheckpointCache(8)) is first
    recent.shared("c", CheckpointCache(8))  # "b" was used longest ago
    assert recent.shared("a", CheckpointCache(8)) is first
    fresh = CheckpointCache(8)
    assert recent.shared("b", fresh) is fresh


def large(step: int, numbers: int = 1000) -> Checkpoint:
    """Of a model: its parameters and two slots of Adam, in float32."""
    state = {
        "step": np.zeros(()),
        "exp_avg": np.zeros(numbers, np.float32),
        "exp_avg_sq": np.zeros(numbers, np.float32),
    }
    return Checkpoint(step, (RunCheckpoint(np.zeros(numbers, np.float32), (state,)),))


def test_a_checkpoint_knows_its_size() -> None:
    assert large(0).size == 3 * 4000 + 8
    pairs = stack_lists({"old": [np.zeros(10), None, np.zeros(10)], "n": 3, "mixed": [np.zeros(2), np.zeros(3)]})
    assert RunCheckpoint(np.zeros(5), (pairs,), gradient=np.zeros(5)).size == 40 + 40 + (160 + 3) + 40


def test_large_checkpoints_are_fewer_and_still_dense_near_the_end() -> None:
    cache = CheckpointCache(256, max_bytes=20 * large(0).size)
    for step in range(1000):
        cache.add(large(step))
    assert len(cache) == 20
    assert cache.size <= 20 * large(0).size
    steps = kept(cache, 999)
    gaps = [high - low for low, high in pairwise(steps)]
    assert (steps[0], steps[-1]) == (0, 999)
    assert max(gaps[-5:]) < max(gaps[:5]) / 2
    cache.add(large(1000, 2000))
    assert len(cache) == 10


def test_a_few_checkpoints_are_kept_however_large() -> None:
    cache = CheckpointCache(256, max_bytes=1)
    for step in range(50):
        cache.add(large(step))
    assert len(cache) == 4
    assert (kept(cache, 49)[0], kept(cache, 49)[-1]) == (0, 49)
    assert len(cache.truncated(48)) == 3


def test_a_branch_has_the_same_limit_of_bytes() -> None:
    cache = CheckpointCache(256, max_bytes=20 * large(0).size)
    for step in range(20):
        cache.add(large(step))
    assert len(cache.forked(0, 19)) == 10  # each is of two runs


def test_recent_caches_share_a_limit_of_bytes_except_the_last() -> None:
    def cache(count: int) -> CheckpointCache:
        made = CheckpointCache(256)
        for step in range(count):
            made.add(large(step))
        return made

    recent = RecentExperiments(8, max_bytes=10 * large(0).size)
    first, second = recent.shared("a", cache(4)), recent.shared("b", cache(6))
    assert recent.shared("a", CheckpointCache(8)) is first
    recent.keep("c", cache(1))  # 11 of them: "b" was used longest ago
    assert recent.shared("a", CheckpointCache(8)) is first
    assert recent.shared("b", CheckpointCache(8)) is not second
    huge = cache(50)
    recent.keep("d", huge)
    assert recent.shared("d", CheckpointCache(8)) is huge
