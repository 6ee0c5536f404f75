"""What was tried of a remedy, as a message."""

from steepest.engine import Rehearsal
from steepest.protocol.commands import Rehearse
from steepest.protocol.events import Outcome, Rehearsed


def rehearsed_event(command: Rehearse, found: Rehearsal) -> Rehearsed:
    """The answer to a command."""
    return Rehearsed(
        op="rehearsed",
        id=command.id,
        run=command.remedy.run,
        first=found.first,
        steps=found.steps,
        begun=found.begun,
        without=Outcome.model_validate(found.without),
        remedy=found.remedy,
        outcome=None if found.outcome is None else Outcome.model_validate(found.outcome),
    )
