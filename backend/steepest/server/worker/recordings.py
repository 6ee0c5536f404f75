"""Records that several sessions need: computed and encoded once for all that have the same experiment open."""

from asyncio import Event
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass

from steepest.protocol.binary import cut_chunk


@dataclass(frozen=True)
class Records:
    """Encoded records. message: a packed chunk. first, last: its steps. stopped: every run has diverged there."""

    message: bytes
    first: int
    last: int
    stopped: bool

    def cut(self, first: int, last: int) -> "Records":
        """The part from step `first` to `last`, both within."""
        if (first, last) == (self.first, self.last):
            return self
        message = cut_chunk(self.message, first, last)
        return Records(message, first, last, self.stopped and last == self.last)


class Call:
    """A worker call that makes records. Sessions that need the same ones wait for it.

    running: it is in a worker, not in the queue. ended: it has, or another one is made instead.
    timed_out: one step took too long, and would for the others too.
    """

    def __init__(self) -> None:
        self.running = self.ended = self.timed_out = False
        self._waiters: list[Event] = []

    def wake(self, waiter: Event) -> None:
        """Sets the event when the call has ended, whether or not it made records."""
        self._waiters.append(waiter)

    def end(self) -> None:
        """Wakes those that wait. A second time this does nothing."""
        self.ended = True
        for waiter in self._waiters:
            waiter.set()
        self._waiters.clear()


class Recording:
    """The records of one experiment, by the distance between two fits and by their first steps.

    sessions: so many have the experiment open.
    """

    def __init__(self, store: "Recordings", document: str) -> None:
        self._store = store
        self._chunks: dict[int, dict[int, Records]] = {}
        self._firsts: dict[int, list[int]] = {}  # ascending
        self._calls: dict[tuple[int, int], Call] = {}
        self.document = document
        self.sessions = 0

    def find(self, every: int, step: int, until: int) -> Records | None:
        """The records from `step` to `until` at most; None where there are none at that step."""
        chunk = self._holding(every, step)
        if chunk is None or until < step:
            return None
        self._store.used(self, every, chunk)
        return chunk.cut(step, min(chunk.last, until))

    def _holding(self, every: int, step: int) -> Records | None:
        firsts = self._firsts.get(every, [])
        place = bisect_right(firsts, step)
        if not place:
            return None
        chunk = self._chunks[every][firsts[place - 1]]
        return chunk if chunk.last >= step else None

    def add(self, every: int, chunk: Records) -> None:
        """Keeps records, where another session may need them."""
        if self.sessions < 2:
            return
        chunks = self._chunks.setdefault(every, {})
        before = chunks.get(chunk.first)
        if before is not None:
            if before.last >= chunk.last:
                return
            self.drop(every, chunk.first)
        chunks[chunk.first] = chunk
        firsts = self._firsts.setdefault(every, [])
        firsts.insert(bisect_right(firsts, chunk.first), chunk.first)
        self._store.used(self, every, chunk)
        self._store.shrink(self._store.max_bytes)

    def drop(self, every: int, first: int) -> None:
        """Forgets the records that begin at a step."""
        self._store.forget(self, every, self._chunks[every].pop(first))
        self._firsts[every].remove(first)

    def drop_all(self) -> None:
        """Forgets all records."""
        for every, chunks in self._chunks.items():
            for first in list(chunks):
                self.drop(every, first)

    def call_at(self, every: int, step: int) -> Call | None:
        """The call that makes the records from `step` on, or is to, if there is one."""
        return self._calls.get((every, step))

    def has(self, every: int, step: int) -> bool:
        """Whether there are records at a step, or a call makes them now."""
        call = self._calls.get((every, step))
        return (call is not None and call.running) or self._holding(every, step) is not None

    def queue_call(self, every: int, step: int) -> Call:
        """Such a call waits for a worker now, instead of another one that does."""
        call = Call()
        self._set_call(every, step, call)
        return call

    def run_call(self, every: int, step: int, call: Call) -> None:
        """It is in a worker now, instead of others that wait for one."""
        call.running, call.ended = True, False
        self._set_call(every, step, call)

    def _set_call(self, every: int, step: int, call: Call) -> None:
        before = self._calls.get((every, step))
        self._calls[every, step] = call
        if before is not None and before is not call:
            before.end()

    def end_call(self, every: int, step: int, call: Call) -> None:
        """It has ended, or is for another experiment now."""
        call.end()
        if self._calls.get((every, step)) is call:
            del self._calls[every, step]


class Recordings:
    """The recordings of the open experiments, by the experiment's JSON with defaults.

    max_bytes: of all records together; beyond it those used longest ago are forgotten. bytes: of all now.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._recordings: dict[str, Recording] = {}
        self._order: OrderedDict[tuple[int, int, int], Recording] = OrderedDict()

    def open(self, document: str) -> Recording:
        """The recording of an experiment that a session opens. Each call needs one of `close`."""
        recording = self._recordings.get(document)
        if recording is None:
            recording = self._recordings[document] = Recording(self, document)
        recording.sessions += 1
        return recording

    def close(self, recording: Recording) -> None:
        """A session leaves. What only one session has open is computed for it alone, and not kept."""
        recording.sessions -= 1
        if recording.sessions < 2:
            recording.drop_all()
        if not recording.sessions:
            del self._recordings[recording.document]

    def used(self, recording: Recording, every: int, chunk: Records) -> None:
        """Records were used, or are new."""
        key = id(recording), every, chunk.first
        if key not in self._order:
            self.bytes += len(chunk.message)
        self._order[key] = recording
        self._order.move_to_end(key)

    def forget(self, recording: Recording, every: int, chunk: Records) -> None:
        """Records are not kept any more."""
        del self._order[id(recording), every, chunk.first]
        self.bytes -= len(chunk.message)

    def shrink(self, most: int) -> None:
        """Forgets what was used longest ago, until the rest has at most so many bytes."""
        while self.bytes > most and self._order:
            (_, every, first), recording = next(iter(self._order.items()))
            recording.drop(every, first)
