"""The checkpoints of one experiment, and those of recent experiments for clients that reconnect."""

from bisect import bisect_left, bisect_right
from collections import OrderedDict

from steepest.engine import Checkpoint
from steepest.engine.diagnosis.branch import for_run

# Allowed gaps between checkpoints grow with the distance to the last one, starting at this part of all steps.
_DENSE_PART = 0.01

_MIN_CHECKPOINTS = 4  # kept whatever their size

_UNLIMITED = 2**62


class CheckpointCache:
    """Checkpoints by step, at most `limit`, dense near the last one; the first is never evicted.

    Sessions with the same experiment share a cache: a checkpoint follows from the experiment alone.

    max_bytes: of all checkpoints together.
    end: the step at which every run has diverged, where known.
    """

    def __init__(self, limit: int, max_bytes: int = _UNLIMITED) -> None:
        self._limit = limit
        self._max_bytes = max_bytes
        self._largest = 1  # bytes of one checkpoint
        self._steps: list[int] = []
        self._checkpoints: list[Checkpoint] = []
        self.end: int | None = None

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def size(self) -> int:
        """An upper bound of the bytes used."""
        return len(self) * self._largest

    def add(self, checkpoint: Checkpoint) -> None:
        """Stores a checkpoint of this experiment, unless there is one at its step."""
        place = bisect_left(self._steps, checkpoint.step)
        if place < len(self._steps) and self._steps[place] == checkpoint.step:
            return
        self._steps.insert(place, checkpoint.step)
        self._checkpoints.insert(place, checkpoint)
        self._evict()

    def nearest(self, step: int) -> Checkpoint | None:
        """The last checkpoint at or before a step; None before the first."""
        place = bisect_right(self._steps, step)
        return self._checkpoints[place - 1] if place else None

    def up_to(self, step: int) -> list[Checkpoint]:
        """The checkpoints at or before a step."""
        return self._checkpoints[: bisect_right(self._steps, step)]

    def truncated(self, step: int) -> "CheckpointCache":
        """A copy with the checkpoints up to a step: those that an edit at that step leaves valid."""
        copy = CheckpointCache(self._limit, self._max_bytes)
        copy._largest = self._largest
        copy._checkpoints = self.up_to(step)
        copy._steps = self._steps[: len(copy._checkpoints)]
        return copy

    def forked(self, run: int, step: int) -> "CheckpointCache":
        """A copy up to a step in which the last run is a copy of run `run`."""
        copy = self.truncated(step)
        copy._checkpoints = [
            Checkpoint(one.step, (*one.runs, for_run(one.runs[run], len(one.runs)))) for one in copy._checkpoints
        ]
        copy._evict()
        return copy

    def _evict(self) -> None:
        self._largest = max([self._largest, *(one.size for one in self._checkpoints[-1:])])
        while len(self) > min(self._limit, max(_MIN_CHECKPOINTS, self._max_bytes // self._largest)):
            self._evict_one()

    def _evict_one(self) -> None:
        """Removes the checkpoint that leaves the smallest gap, relative to its distance to the last one."""
        steps = self._steps
        last = steps[-1]
        offset = max(1.0, _DENSE_PART * last)
        inner = range(1, len(steps) - 1)
        place = min(inner, key=lambda n: (steps[n + 1] - steps[n - 1]) / (last - steps[n] + offset))
        del self._steps[place], self._checkpoints[place]


class RecentExperiments:
    """Checkpoint caches of the `size` experiments used last, by the experiment's JSON with all defaults.

    max_bytes: of all caches together; the one used last is kept whatever its size.
    """

    def __init__(self, size: int, max_bytes: int = _UNLIMITED) -> None:
        self._size = size
        self._max_bytes = max_bytes
        self._caches: OrderedDict[str, CheckpointCache] = OrderedDict()

    def shared(self, document: str, new: CheckpointCache) -> CheckpointCache:
        """The cache of an experiment, which is the new one where there is none yet."""
        cache = self._caches.get(document, new)
        self.keep(document, cache)
        return cache

    def keep(self, document: str, cache: CheckpointCache) -> None:
        """Stores a cache as the one used last, and drops those used longest ago where there are too many."""
        self._caches[document] = cache
        self._caches.move_to_end(document)
        while len(self._caches) > self._size or (self._bytes() > self._max_bytes and len(self._caches) > 1):
            self._caches.popitem(last=False)

    def _bytes(self) -> int:
        return sum(cache.size for cache in self._caches.values())
