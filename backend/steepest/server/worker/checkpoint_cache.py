"""The checkpoints of one experiment, and those of recent experiments for clients that come back."""

from bisect import bisect_left, bisect_right
from collections import OrderedDict

from steepest.engine import Checkpoint
from steepest.engine.diagnosis.branch import for_run

# How much closer together checkpoints lie at the end than far from it: the gap that is bearable grows with the
# distance to the end, from this part of the whole on.
_NEAR = 0.01


_LEAST = 4  # checkpoints that are kept however large they are


class CheckpointCache:
    """Checkpoints by step, at most `limit`, dense near the end; the first is never given up.

    room: bytes that they may have together; of a model with many parameters fewer than `limit` have room in it.

    Sessions with the same experiment share one: a checkpoint follows from the experiment alone, whoever computed it.
    end: the step at which every run has diverged, when that is known.
    """

    def __init__(self, limit: int, room: int = 2**62) -> None:
        self._limit = limit
        self._room = room
        self._largest = 1  # bytes of one
        self._steps: list[int] = []
        self._checkpoints: list[Checkpoint] = []
        self.end: int | None = None

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def size(self) -> int:
        """Bytes, at most."""
        return len(self) * self._largest

    def add(self, checkpoint: Checkpoint) -> None:
        """Keeps a checkpoint of this experiment; one at a step that is known changes nothing."""
        place = bisect_left(self._steps, checkpoint.step)
        if place < len(self._steps) and self._steps[place] == checkpoint.step:
            return
        self._steps.insert(place, checkpoint.step)
        self._checkpoints.insert(place, checkpoint)
        self._fit()

    def nearest(self, step: int) -> Checkpoint | None:
        """The last checkpoint at or before a step; None before the first."""
        place = bisect_right(self._steps, step)
        return self._checkpoints[place - 1] if place else None

    def upto(self, step: int) -> list[Checkpoint]:
        """Those at or before a step."""
        return self._checkpoints[: bisect_right(self._steps, step)]

    def until(self, step: int) -> "CheckpointCache":
        """A trail of its own with the checkpoints up to a step: what an edit at that step leaves valid."""
        place = bisect_right(self._steps, step)
        trail = CheckpointCache(self._limit, self._room)
        trail._largest = self._largest
        trail._steps = self._steps[:place]
        trail._checkpoints = self._checkpoints[:place]
        return trail

    def forked(self, run: int, step: int) -> "CheckpointCache":
        """A trail of its own up to a step, in which a copy of one run is the last run as well."""
        trail = self.until(step)
        trail._checkpoints = [
            Checkpoint(one.step, (*one.runs, for_run(one.runs[run], len(one.runs)))) for one in trail._checkpoints
        ]
        trail._fit()
        return trail

    def _fit(self) -> None:
        self._largest = max([self._largest, *(one.size for one in self._checkpoints[-1:])])
        while len(self) > min(self._limit, max(_LEAST, self._room // self._largest)):
            self._thin()

    def _thin(self) -> None:
        """Gives up the checkpoint whose loss widens a gap the least, measured by its distance to the end."""
        steps = self._steps
        last = steps[-1]
        floor = max(1.0, _NEAR * last)
        inner = range(1, len(steps) - 1)
        place = min(inner, key=lambda n: (steps[n + 1] - steps[n - 1]) / (last - steps[n] + floor))
        del self._steps[place], self._checkpoints[place]


class Recent:
    """Trails of the experiments that were open last, by the completed experiment's JSON document.

    size: most of them. room: bytes that they may have together, but for the last.
    """

    def __init__(self, size: int, room: int = 2**62) -> None:
        self._size = size
        self._room = room
        self._trails: OrderedDict[str, CheckpointCache] = OrderedDict()

    def trail(self, document: str, new: CheckpointCache) -> CheckpointCache:
        """The experiment's trail, or the new one where none is known."""
        trail = self._trails.get(document, new)
        self.keep(document, trail)
        return trail

    def keep(self, document: str, trail: CheckpointCache) -> None:
        """Counts as used just now; the one used longest ago is forgotten."""
        self._trails[document] = trail
        self._trails.move_to_end(document)
        while len(self._trails) > self._size or (self._size_of_all() > self._room and len(self._trails) > 1):
            self._trails.popitem(last=False)

    def _size_of_all(self) -> int:
        return sum(trail.size for trail in self._trails.values())
