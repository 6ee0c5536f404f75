"""The checkpoints of all experiments, open ones and recent ones, within one budget of bytes."""

from bisect import bisect_left, bisect_right
from collections import OrderedDict

from steepest.engine import Checkpoint
from steepest.engine.diagnosis.branch import for_run
from steepest.server.worker.prepared import prepared_bytes
from steepest.server.worker.recordings import Recordings

# Allowed gaps between checkpoints grow with the distance to the last one, starting at this part of all steps.
_DENSE_PART = 0.01

_UNLIMITED = 2**62


class SharedBytes:
    """The bytes of checkpoints, each counted once, however many caches hold it."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[int, int]] = {}  # number of caches and bytes, by the checkpoint's identity
        self.total = 0

    def hold(self, checkpoint: Checkpoint) -> int:
        """One more cache holds it. Returns its bytes."""
        held = self._held.get(id(checkpoint))
        caches, size = (0, checkpoint.size) if held is None else held
        self._held[id(checkpoint)] = caches + 1, size
        if not caches:
            self.total += size
        return size

    def release(self, checkpoint: Checkpoint) -> None:
        """One cache less holds it."""
        caches, size = self._held.pop(id(checkpoint))
        if caches > 1:
            self._held[id(checkpoint)] = caches - 1, size
        else:
            self.total -= size


class CheckpointCache:
    """Checkpoints by step, at most `limit`, dense near the last one, which is never evicted.

    Sessions with the same experiment share a cache: a checkpoint follows from the experiment alone.

    size: bytes of its checkpoints, also of those that other caches hold too.
    end: the step at which every run has diverged, where known.
    sessions: so many have it open. document: of the experiment, once it is in a store.
    """

    def __init__(self, limit: int, store: "CheckpointStore | None" = None) -> None:
        self._limit = limit
        self._store = store
        self._bytes = SharedBytes() if store is None else store.bytes
        self._steps: list[int] = []
        self._checkpoints: list[Checkpoint] = []
        self._sizes: list[int] = []
        self.size = 0
        self.end: int | None = None
        self.sessions = 0
        self.document = ""

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, checkpoint: Checkpoint) -> None:
        """Stores a checkpoint of this experiment, unless there is one at its step."""
        place = bisect_left(self._steps, checkpoint.step)
        if place < len(self._steps) and self._steps[place] == checkpoint.step:
            return
        self._insert(place, checkpoint)
        if len(self) > self._limit:
            self.evict_one()
        if self._store is not None:
            self._store.shrink()

    def _insert(self, place: int, checkpoint: Checkpoint) -> None:
        size = self._bytes.hold(checkpoint)
        self.size += size
        self._sizes.insert(place, size)
        self._steps.insert(place, checkpoint.step)
        self._checkpoints.insert(place, checkpoint)

    def nearest(self, step: int) -> Checkpoint | None:
        """The last checkpoint at or before a step; None before the first."""
        place = bisect_right(self._steps, step)
        return self._checkpoints[place - 1] if place else None

    def up_to(self, step: int) -> list[Checkpoint]:
        """The checkpoints at or before a step."""
        return self._checkpoints[: bisect_right(self._steps, step)]

    def truncated(self, step: int) -> "CheckpointCache":
        """A copy with the checkpoints up to a step: those that an edit at that step leaves valid."""
        return self._copy(self.up_to(step))

    def forked(self, run: int, step: int) -> "CheckpointCache":
        """A copy up to a step in which the last run is a copy of run `run`."""
        return self._copy(
            [Checkpoint(one.step, (*one.runs, for_run(one.runs[run], len(one.runs)))) for one in self.up_to(step)]
        )

    def _copy(self, checkpoints: list[Checkpoint]) -> "CheckpointCache":
        copy = CheckpointCache(self._limit, self._store)
        for place, checkpoint in enumerate(checkpoints):
            copy._insert(place, checkpoint)
        return copy

    def evict_one(self) -> None:
        """Removes the checkpoint that leaves the smallest gap, relative to its distance to the last one.

        There must be at least two; the last one stays, and the first one as long as there is a third.
        """
        steps = self._steps
        last = steps[-1]
        offset = max(1.0, _DENSE_PART * last)
        inner = range(1, len(steps) - 1)
        place = min(inner, key=lambda n: (steps[n + 1] - steps[n - 1]) / (last - steps[n] + offset), default=0)
        self._bytes.release(self._checkpoints[place])
        self.size -= self._sizes[place]
        del self._steps[place], self._checkpoints[place], self._sizes[place]

    def leave_store(self) -> None:
        """Its checkpoints are not counted any more. What still uses it, such as a background query, can go on."""
        left, self._bytes, self._store = self._bytes, SharedBytes(), None
        for checkpoint in self._checkpoints:
            left.release(checkpoint)
            self._bytes.hold(checkpoint)


class CheckpointStore:
    """The caches of the open experiments, and of the `recent` ones used last, by the experiment's JSON with defaults.

    max_bytes: of all checkpoints, shared records and open experiments together. Beyond it caches that no session has
        open are dropped, those used longest ago first; then records; then of open ones the largest loses a checkpoint
        at a time. The last one of each is kept: its session continues from it.
    bytes: of all checkpoints. experiments: bytes of the open experiments themselves.
    recordings: the records that several sessions need; at most an eighth of the budget, since a worker can make them
        again from the checkpoints.
    needed: bytes that open experiments need: those, and one checkpoint each.
    """

    def __init__(self, recent: int, max_bytes: int = _UNLIMITED) -> None:
        self._recent = recent
        self.max_bytes = max_bytes
        self._caches: OrderedDict[str, CheckpointCache] = OrderedDict()
        self.bytes = SharedBytes()
        self.recordings = Recordings(max_bytes // 8)
        self.experiments = 0
        self.needed = 0

    @property
    def used(self) -> int:
        """Bytes in use."""
        return self.bytes.total + self.experiments + self.recordings.bytes

    def open(self, document: str, new: CheckpointCache, needed: int = 0) -> CheckpointCache:
        """The cache of an experiment that a session opens, which is the new one where there is none yet.

        needed: bytes of the experiment and one checkpoint at most.
        """
        self.experiments += prepared_bytes(document)
        self.needed += needed
        cache = self._caches.setdefault(document, new)
        if cache is not new:
            new.leave_store()
        cache.sessions += 1
        cache.document = document
        self._caches.move_to_end(document)
        self.shrink()
        return cache

    def close(self, cache: CheckpointCache, needed: int = 0) -> None:
        """A session leaves the experiment; its cache stays for clients that reconnect. needed: as it was opened."""
        self.experiments -= prepared_bytes(cache.document)
        self.needed -= needed
        cache.sessions -= 1
        self._caches.move_to_end(cache.document)
        self.shrink()

    def shrink(self) -> None:
        """Makes the caches fit."""
        idle = [document for document, cache in self._caches.items() if not cache.sessions]
        while idle and (len(idle) > self._recent or self.used > self.max_bytes):
            self._caches.pop(idle.pop(0)).leave_store()
        if self.used > self.max_bytes:
            self.recordings.shrink(self.recordings.bytes + self.max_bytes - self.used)
            self._thin()

    def _thin(self) -> None:
        """Evicts checkpoints of open experiments, always of the largest cache."""
        sizes = {document: cache.size for document, cache in self._caches.items() if len(cache) > 1}
        while sizes and self.used > self.max_bytes:
            document = max(sizes, key=lambda each: sizes[each])
            cache = self._caches[document]
            cache.evict_one()
            sizes[document] = cache.size
            if len(cache) == 1:
                del sizes[document]
