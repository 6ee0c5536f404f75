"""What a process keeps: counted in bytes, shared memory once; the longest unused is dropped."""

import weakref
from collections.abc import Hashable
from typing import Any

import numpy as np
import pytest
import torch
from tests.caches import empty_cache

from steepest.engine import advance, prepare
from steepest.problems import CACHE, LearningProblem
from steepest.problems.cache import MOST, Cache
from steepest.spec import parse_experiment

SIZE = 8_000


def array() -> np.ndarray[Any, Any]:
    return np.zeros(SIZE // 8)


def filled(*owners: Hashable) -> Cache:
    """With an array of each owner, used in this order, each in a call of its own."""
    cache = Cache()
    for owner in owners:
        cache.keep("problem", owner, "array", array)
        cache.shrink(10**9)
    return cache


def made(cache: Cache, owner: Hashable) -> bool:
    """Whether the owner's array has to be made."""
    calls: list[None] = []
    cache.keep("problem", owner, "array", lambda: calls.append(None))
    return bool(calls)


def test_a_value_is_made_once() -> None:
    cache = Cache()
    values = [cache.keep("problem", 1, "a", array) for _ in range(2)]
    assert values[0] is values[1]
    assert cache.keep("problem", 2, "a", array) is not values[0]
    assert cache.keep("kernel", 1, "a", array) is not values[0]


def test_what_could_not_be_made_leaves_nothing_behind() -> None:
    cache = Cache()

    def fails() -> None:
        raise ValueError

    for owner in range(1000):
        with pytest.raises(ValueError, match=r"^$"):
            cache.keep("document", owner, "sweep", fails)
    assert cache.count("document") == 0
    cache.keep("document", 1, "array", array)
    with pytest.raises(ValueError, match=r"^$"):
        cache.keep("document", 1, "sweep", fails)
    assert cache.find("document", 1, "array") is not None


def test_the_longest_unused_is_dropped_until_the_rest_fits() -> None:
    cache = filled("a", "b", "c", "d")
    assert cache.used == 4 * SIZE
    assert not made(cache, "a")
    assert cache.shrink(2 * SIZE) == 2 * SIZE
    assert cache.used == 2 * SIZE
    assert [made(cache, owner) for owner in "abcd"] == [False, True, True, False]


def test_what_the_last_call_used_stays() -> None:
    cache = filled("a", "b")
    made(cache, "a")
    assert cache.shrink(0) == SIZE
    assert cache.used == SIZE
    assert cache.shrink(0) == SIZE
    assert cache.used == 0


def test_an_owner_is_dropped_with_all_that_is_its_own() -> None:
    cache = Cache()
    for name in "xy":
        cache.keep("problem", "a", name, array)
    cache.keep("document", "b", "", object, 500)
    cache.shrink(10**9)
    assert cache.used == 2 * SIZE + 500
    cache.shrink(500)
    assert cache.used == 500
    cache.shrink(0)
    assert cache.used == 0


def test_a_value_that_said_its_size_is_not_looked_into() -> None:
    class Deep(dict[str, object]):
        def values(self) -> Any:
            raise AssertionError("measured")

    cache = Cache()
    cache.keep("document", "a", "", Deep, 500)
    cache.shrink(10**9)
    assert cache.used == 500


def test_shared_memory_is_counted_once_and_as_long_as_one_has_it() -> None:
    cache = Cache()
    tensor = torch.zeros(SIZE // 4)
    values = {"whole": tensor, "view": tensor[5:], "array": tensor.numpy(), "part": tensor.numpy()[3:].reshape(-1, 1)}
    for owner, value in values.items():
        cache.keep("problem", owner, "", lambda value=value: value)  # type: ignore[misc]
        cache.shrink(10**9)
    assert cache.used == SIZE
    cache.shrink(SIZE - 1)
    assert cache.used == 0


def test_what_is_made_later_for_an_owner_is_counted_too() -> None:
    cache = filled("a")
    cache.keep("problem", "a", "more", lambda: {"arrays": (array(), [array()])})
    cache.shrink(10**9)
    assert cache.used == 3 * SIZE


@pytest.mark.parametrize("kind", MOST)
def test_each_kind_has_so_many_owners_at_most(kind: Any) -> None:
    cache = Cache()
    cache.keep("problem" if kind != "problem" else "kernel", "other", "", object)
    for owner in range(MOST[kind] + 10):
        cache.keep(kind, owner, "", object)
    assert cache.count(kind) == MOST[kind]
    assert sum(map(cache.count, MOST)) == MOST[kind] + 1


def document(seed: int, engine: str = "eager") -> dict[str, Any]:
    problem = {
        "kind": "learning",
        "dataset": {"id": "circle", "params": {"count": 10_000}},
        "model": {"id": "mlp"},
        "loss": {"id": "bce_logits"},
        "split": {"dev": 0.2},
        "batch": {"size": 20},
    }
    runs = [{"optimizer": {"id": "adam", "lr": 0.01}, "start": {"init": "default"}}]
    return {"version": 1, "seed": seed, "engine": engine, "problem": problem, "runs": runs}


def learning(seed: int) -> LearningProblem:
    problem = prepare(parse_experiment(document(seed))).problem
    assert isinstance(problem, LearningProblem)
    return problem


def test_seeds_share_the_samples_of_their_data_set(monkeypatch: pytest.MonkeyPatch) -> None:
    empty_cache(monkeypatch)
    first, second = learning(1), learning(2)
    assert first.data is second.data
    assert not torch.equal(first.splits(torch.float32)[0].inputs, second.splits(torch.float32)[0].inputs)


def test_samples_that_are_dropped_are_free_and_made_again_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    empty_cache(monkeypatch)
    problem = learning(1)
    before = problem.splits(torch.float32)[0].inputs.numpy().tobytes()
    gone = weakref.ref(problem.data.inputs), weakref.ref(problem.splits(torch.float32)[0].inputs)
    CACHE.shrink(10**9)
    assert CACHE.used > 10_000 * 8
    CACHE.shrink(0)
    assert (CACHE.used, [each() for each in gone]) == (0, [None, None])
    assert problem.splits(torch.float32)[0].inputs.numpy().tobytes() == before


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_run_goes_on_when_everything_is_dropped(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_cache(monkeypatch)
    prepared = prepare(parse_experiment(document(3, engine)))
    whole, _ = advance(prepared, None, 40)
    checkpoint, found = None, []
    for until in range(0, 41, 10):
        chunk, checkpoint = advance(prepared, checkpoint, until)
        found.append(chunk.runs[0].params)
        for _ in range(2):
            CACHE.shrink(0)
        assert CACHE.used == 0
    assert np.concatenate(found).tobytes() == whole.runs[0].params.tobytes()


def test_a_process_stays_within_its_budget_however_many_seeds_it_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    empty_cache(monkeypatch)
    for seed in range(30):
        advance(parse_experiment(document(seed, "compiled")), None, 2)
        CACHE.shrink(3_000_000)
        assert CACHE.used <= 3_000_000
    assert CACHE.count("problem") > 2
