"""One record in numbers, with the optimizer step after it, as a message."""

from steepest.engine import CRITICALS, STATUSES, RunRecords, StepExplanation
from steepest.protocol.events import Inspected, Line, Moved, Worked


def inspected_event(
    records: RunRecords, step: int, next_step: StepExplanation | None, moved: RunRecords | None, reply_to: int
) -> Inspected:
    """The event for record `step`.

    next_step: the update from there, explained; None where the run ends.
    moved: one record where the edits at the step have put the run; None where they move it nowhere.
    """
    at = step - records.first
    return Inspected(
        op="inspected",
        id=reply_to,
        step=step,
        run=records.run,
        loss=records.loss[at].item(),
        params=records.params[at].tolist(),
        grad=records.grad[at].tolist(),
        grad_norm=records.grad_norm[at].item(),
        update=records.update[at].tolist(),
        state={name: array[at].tolist() for name, array in records.state.items()},
        eigenvalues=records.eigenvalues[at].tolist(),
        eigenvectors=records.eigenvectors[at].tolist(),
        status=STATUSES[records.status[at].item()],
        critical=CRITICALS[records.critical[at].item()],
        worked=_worked(next_step),
        moved=_moved(moved),
    )


def _moved(record: RunRecords | None) -> Moved | None:
    if record is None:
        return None
    return Moved(
        params=record.params[0].tolist(),
        loss=record.loss[0].item(),
        grad=record.grad[0].tolist(),
        grad_norm=record.grad_norm[0].item(),
    )


def _worked(step: StepExplanation | None) -> Worked | None:
    if step is None:
        return None
    lines = [
        Line(
            name=line.name,
            rule=line.rule,
            numbers=line.numbers,
            value=None if line.value.ndim > 1 else line.value.tolist(),
            slot=line.slot,
            arrow=line.arrow,
        )
        for line in step.lines
    ]
    return Worked(step=step.step, optimizer=step.optimizer, start=step.start.tolist(), lines=lines)
