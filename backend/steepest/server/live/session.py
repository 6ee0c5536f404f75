"""One client's open experiment: what is granted, computed and held, and how an edit goes back. No network, no tasks."""

import re
from dataclasses import dataclass

from steepest.engine import Checkpoint, Prepared, prepare
from steepest.protocol.binary import with_revision
from steepest.protocol.message_size import message_size
from steepest.server.errors import too_large, too_many_runs
from steepest.server.settings import Settings
from steepest.server.worker import record_tasks
from steepest.server.worker.checkpoint_cache import CheckpointCache, CheckpointStore
from steepest.server.worker.pace import SLOW_STEP, has_slow_steps
from steepest.server.worker.prepared import Origin, prepared_bytes
from steepest.server.worker.recordings import Call, Records
from steepest.server.worker.scheduler import Job
from steepest.spec import Edit, Invalid, Text

# Bytes of a message beside the experiment: the command around it, and some reserve.
_ENVELOPE = 1024


class Session:
    """The records of one experiment being computed for one client.

    prepared, document: the experiment, and its JSON.
    revision: of the records computed now.
    granted: the last step that may be computed.
    every: distance in steps between two fits.
    held: the last step whose record the client has; records up to there are not sent again.
    stopped: every run has diverged.
    shown: the client has got records of this revision.
    slow: one step may take longer than a slice.
    needed: bytes that it needs at most; see `memory_needed`.
    recording: what sessions with the same experiment share.
    """

    def __init__(
        self,
        prepared: Prepared,
        document: str,
        revision: int,
        after: int,
        device: str,
        store: CheckpointStore,
        settings: Settings,
    ) -> None:
        self._store = store
        self._call: tuple[int, int, Call] | None = None
        self._origin: Origin | None = None
        self._device = device
        self._first_slice = settings.first_slice
        self._max_runs = settings.max_runs
        self._max_message = settings.max_message
        self.prepared = prepared
        self.document = document
        self.revision = revision
        self._asked, self._asked_every = revision, 1  # what the last worker call is for
        self.slow = has_slow_steps(prepared)
        self._slow_calls = 0  # in a row; a single one may have made a kernel
        self.granted = -1
        self.every = 1
        self.needed = memory_needed(prepared, document)
        self.checkpoints = store.open(document, CheckpointCache(settings.checkpoints, store), self.needed)
        self.recording = store.recordings.open(document)
        self._continue_after(after)

    def close(self) -> None:
        """The client leaves. The checkpoints stay as long as there is room for them."""
        self._store.close(self.checkpoints, self.needed)
        self._leave_recording()

    def _leave_recording(self) -> None:
        """Others that wait for records of this session's call make their own."""
        self.end_call()
        self._store.recordings.close(self.recording)

    def _continue_from(self, held: int, checkpoints: CheckpointCache) -> None:
        """Continues after step `held` of a changed document. checkpoints: those that are valid for it."""
        self._store.close(self.checkpoints, self.needed)
        self._leave_recording()
        self.recording = self._store.recordings.open(self.document)
        self.needed = memory_needed(self.prepared, self.document)
        self.checkpoints = self._store.open(self.document, checkpoints, self.needed)
        self._continue_after(held)

    def _continue_after(self, held: int) -> None:
        self.held = held if self.checkpoints.end is None else min(held, self.checkpoints.end)
        self.shown = False
        self._slice = self._first_slice
        self._checkpoint: Checkpoint | None = self.checkpoints.nearest(self.held)
        self.stopped = self._checkpoint is not None and self._checkpoint.step == self.checkpoints.end

    @property
    def last_step(self) -> int:
        """The last step that the client can have seen; -1 before the first."""
        return max(self.held, -1 if self._checkpoint is None else self._checkpoint.step)

    @property
    def pending(self) -> bool:
        """Whether a granted step is still to be computed."""
        return not self.stopped and self.granted > self.last_step

    def revoke_grant(self) -> None:
        """Takes the grant back after a failure; the next one tries again."""
        self.granted = min(self.granted, self.last_step)

    def recorded(self) -> Records | None:
        """The next records to send, where another session with the same experiment has had them made."""
        if not self.pending:
            return None
        found = self.recording.find(self.every, self.last_step + 1, self.granted)
        if found is None:
            return None
        self.held = found.last
        self.shown = True
        self.stopped = found.stopped
        self._checkpoint = self.checkpoints.nearest(self.held)
        return Records(with_revision(found.message, self.revision), found.first, found.last, found.stopped)

    def call_of_another(self) -> Call | None:
        """A worker call of another session that makes the next records, or waits to."""
        return self.recording.call_at(self.every, self.last_step + 1)

    def queue_call(self) -> None:
        """A call for the next records waits for a worker; others may wait for it."""
        step = self.last_step + 1
        self._call = self.every, step, self.recording.queue_call(self.every, step)

    def run_call(self) -> bool:
        """Whether the call is still needed, now that there is a worker for it; then it is the one to wait for."""
        if self._call is not None:
            every, step, call = self._call
            if self.recording.has(every, step):
                return False
            self.recording.run_call(every, step, call)
        return True

    def end_call(self, *, timed_out: bool = False) -> None:
        """The call has ended, with or without records, or is of no use to others any more."""
        if self._call is not None:
            self._call[2].timed_out = timed_out
            self.recording.end_call(*self._call)
            self._call = None

    def next_job(self, max_slice: float) -> Job | None:
        """The next worker call, of at most `max_slice` seconds; None where nothing is pending. Slices double."""
        if not self.pending:
            return None
        budget = min(self._slice, max_slice)
        self._slice = 2 * budget
        self._asked, self._asked_every = self.revision, self.every
        # The first call computes record 0 alone: the client sees it at once, and there is a checkpoint at the start.
        until = 0 if self._checkpoint is None and self.held < 0 else self.granted
        return record_tasks.reach, (
            *(self.document, self._checkpoint, self.held, until),
            *(self.revision, self.every, self._device, budget, None if self.shown else self._origin),
        )

    @property
    def overtaken(self) -> bool:
        """Whether the experiment was changed after the last worker call began, so that its result is of no use."""
        return self._asked != self.revision

    def accept(self, result: record_tasks.Advanced) -> bytes | None:
        """Stores a worker's result; returns the chunk to send, if there is one."""
        if result.step_seconds:
            self._slow_calls = self._slow_calls + 1 if result.step_seconds > SLOW_STEP else 0
            self.slow = self._slow_calls > 1 or (self.slow and self._slow_calls == 1)
        if self.overtaken:
            return None
        for checkpoint in result.checkpoints:
            self.checkpoints.add(checkpoint)
        self._checkpoint = result.checkpoints[-1]
        if result.stopped:
            self.stopped = True
            self.checkpoints.end = self._checkpoint.step
            self.held = min(self.held, self._checkpoint.step)
        if result.message is not None:
            self.held = result.last
            self.shown = True
            self.recording.add(self._asked_every, Records(result.message, result.first, result.last, result.stopped))
        return result.message

    def change(self, edit: Edit, *, fork: bool) -> "Change":
        """What an edit makes of the experiment; the session stays as it is. fork: it changes a new branch of its run.

        Raises `Invalid` with a path that begins with `edit`, or `Refused` for an experiment too large for a message, or
        one with too many runs.
        """
        if edit.step > self.last_step:
            raise not_reached(edit.step, self.last_step, "edit.step")
        experiment = self.prepared.experiment
        if fork and len(experiment.runs) >= self._max_runs:
            raise too_many_runs(self._max_runs)
        try:
            prepared = prepare((experiment.forked if fork else experiment.edited)(edit), self.prepared)
        except Invalid as error:
            raise in_edit(error, edit) from None
        document = prepared.experiment.model_dump_json()
        if message_size(prepared.experiment, document) > self._max_message - _ENVELOPE:
            raise too_large(self._max_message, changed_field(edit))
        return Change(edit, fork, prepared, document)

    def apply(self, change: "Change", revision: int) -> None:
        """Goes back to the edit's step with the changed experiment.

        A branch's checkpoints are copies of its run's, so no step is recomputed.
        """
        edit = change.edit
        self._origin = Origin(self.document, edit, change.fork)
        self.prepared = change.prepared
        self.document = change.document
        self.revision = revision
        self.slow = self.slow or has_slow_steps(change.prepared)
        valid = self.checkpoints
        valid = valid.forked(edit.run, edit.step) if change.fork else valid.truncated(edit.step)
        self._continue_from(edit.step, valid)


@dataclass(frozen=True)
class Change:
    """A changed experiment, ready to run. document: its JSON."""

    edit: Edit
    fork: bool
    prepared: Prepared
    document: str


def memory_needed(prepared: Prepared, document: str) -> int:
    """Bytes that an open experiment needs at most: of itself and one checkpoint, from which it continues."""
    return prepared.checkpoint_bytes + prepared_bytes(document)


def not_reached(step: int, last: int, field: str) -> Invalid:
    """The step is beyond the last one. field: the one that names it."""
    return Invalid(
        field,
        Text(f"step {step} is not reached yet; the last is {last}", f"尚未到达第 {step} 步；最后一步是 {last}"),
    )


def changed_field(edit: Edit) -> str:
    """The field of the command that asks for the change."""
    if edit.set is not None:
        return f"edit.set.{next(iter(edit.set))}" if edit.set else "edit"
    return "edit.params" if edit.params is not None else "edit.optimizer.id"


def in_edit(error: Invalid, edit: Edit, name: str = "edit") -> Invalid:
    """The error with the command's field: `edits[3].set.lr` of the experiment as `edit.set.lr` of the command.

    name: of the command's field that has the edit.
    """
    inside = re.sub(r"^edits(\[\d+\])?\.?", "", error.field)
    if edit.set is not None and inside.startswith("optimizer"):  # it was merged into a replacement at the same step
        inside = "set" + inside.removeprefix("optimizer")
    return Invalid(f"{name}.{inside}" if inside else name, error.text, column=error.column)
