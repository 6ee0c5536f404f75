"""One client's open experiment: what is granted, computed and held, and how an edit goes back. No network, no tasks."""

import re
from collections.abc import Callable

from steepest.engine import Checkpoint, Prepared, prepare
from steepest.protocol.message_size import lean_size
from steepest.server.errors import too_large, too_many_runs
from steepest.server.settings import Settings
from steepest.server.worker import tasks
from steepest.server.worker.checkpoint_cache import CheckpointCache, Recent
from steepest.server.worker.scheduler import Job
from steepest.spec import Edit, Experiment, Invalid, Text

# Bytes of a message that are not the experiment: the command around it, and room to spare.
_ENVELOPE = 1024


class Session:
    """The records of one experiment being made for one client.

    revision: that of the records made now. granted: the last step that may be made. every: steps between frames.
    held: the last step whose record
    the client has; records up to there are made again in silence where checkpoints must be reached.
    stopped: every run has diverged.
    """

    def __init__(
        self, prepared: Prepared, revision: int, after: int, device: str, recent: Recent, settings: Settings
    ) -> None:
        self._recent = recent
        self._device = device
        self._first_slice = settings.first_slice
        self._max_runs = settings.max_runs
        self._max_message = settings.max_message
        self.prepared = prepared
        self.revision = revision
        self.granted = -1
        self.every = 1
        self._begin(
            prepared.experiment.model_dump_json(),
            after,
            CheckpointCache(settings.checkpoints, settings.checkpoint_room),
        )

    def _begin(self, document: str, held: int, trail: CheckpointCache) -> None:
        """From the last step that the client holds. trail: the checkpoints that are known to be right."""
        self.document = document
        self.trail = self._recent.trail(self.document, trail)
        self.held = held if self.trail.end is None else min(held, self.trail.end)
        self._slice = self._first_slice
        self._at: Checkpoint | None = self.trail.nearest(self.held)
        self.stopped = self._at is not None and self._at.step == self.trail.end

    @property
    def computed(self) -> int:
        """The last step that was made; -1 before the first."""
        return -1 if self._at is None else self._at.step

    @property
    def known(self) -> int:
        """The last step that the client can have seen."""
        return max(self.computed, self.held)

    @property
    def pending(self) -> bool:
        """Whether there is something to make: granted, not held yet, and not beyond the end."""
        return not self.stopped and self.granted > self.known

    def halt(self) -> None:
        """Takes the grant back, after something went wrong; the next one tries again."""
        self.granted = min(self.granted, self.known)

    def job(self, longest: float) -> Job | None:
        """The next call for a worker, at most `longest` seconds of it. Slices grow from short to long."""
        if not self.pending:
            return None
        budget = min(self._slice, longest)
        self._slice = 2 * budget
        # A first call makes record 0 alone: a picture at once, and a checkpoint at the very start.
        until = 0 if self._at is None and self.held < 0 else self.granted
        return tasks.reach, (self.document, self._at, self.held, until, self.revision, self.every, budget, self._device)

    def take(self, result: tasks.Advanced) -> bytes | None:
        """Keeps what a worker made; returns the chunk to send, if there is one."""
        for checkpoint in result.checkpoints:
            self.trail.add(checkpoint)
        self._at = result.checkpoints[-1]
        if result.stopped:
            self.stopped = True
            self.trail.end = self._at.step
            self.held = min(self.held, self._at.step)
        if result.message is not None:
            self.held = result.last
        return result.message

    def edit(self, edit: Edit, revision: int) -> None:
        """Goes back to the edit's step with the edited experiment.

        Raises `Invalid` with a path that begins with `edit`, or `Refused` for an experiment that no message could hold;
        then nothing has changed.
        """
        self._check_reached(edit)
        self._change(edit, self.prepared.experiment.edited, revision)
        self._begin(self.document, edit.step, self.trail.until(edit.step))

    def fork(self, edit: Edit, revision: int) -> None:
        """Goes back to the edit's step with a branch of run `edit.run`, which is that run up to there.

        Nothing of the past is made again: a checkpoint of the branch is one of the run it left. Raises as `edit` does,
        and `Refused` for one run too many.
        """
        self._check_reached(edit)
        if len(self.prepared.experiment.runs) >= self._max_runs:
            raise too_many_runs(self._max_runs)
        self._change(edit, self.prepared.experiment.forked, revision)
        self._begin(self.document, edit.step, self.trail.forked(edit.run, edit.step))

    def _check_reached(self, edit: Edit) -> None:
        if edit.step > self.known:
            raise Invalid(
                "edit.step",
                Text(
                    f"step {edit.step} is not reached yet; the last is {self.known}",
                    f"尚未到达第 {edit.step} 步；最后一步是 {self.known}",
                ),
            )

    def _change(self, edit: Edit, change: Callable[[Edit], Experiment], revision: int) -> None:
        try:
            prepared = prepare(change(edit), self.prepared)
        except Invalid as error:
            raise _in_edit(error, edit) from None
        document = prepared.experiment.model_dump_json()
        if lean_size(prepared.experiment, document) > self._max_message - _ENVELOPE:
            raise too_large(self._max_message, _changed(edit))
        self.prepared = prepared
        self.document = document
        self.revision = revision


def _changed(edit: Edit) -> str:
    """The field of the command that asks for the change."""
    if edit.set is not None:
        return f"edit.set.{next(iter(edit.set))}" if edit.set else "edit"
    return "edit.params" if edit.params is not None else "edit.optimizer.id"


def _in_edit(error: Invalid, edit: Edit) -> Invalid:
    """`edits[3].set.lr` of the experiment as `edit.set.lr` of the command."""
    inside = re.sub(r"^edits(\[\d+\])?\.?", "", error.field)
    if edit.set is not None and inside.startswith("optimizer"):  # it was merged into a replacement at the same step
        inside = "set" + inside.removeprefix("optimizer")
    field = f"edit.{inside}" if inside else "edit"
    return Invalid(field, error.text, column=error.column)
