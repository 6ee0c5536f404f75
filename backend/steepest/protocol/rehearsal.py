"""What was tried of a remedy, or of a scaled table, as a message."""

from steepest.engine import Rehearsal, ScalingTrial
from steepest.protocol.commands import Rehearse, TryScaling
from steepest.protocol.events import Outcome, Rehearsed, ScalingTried


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


def scaling_event(command: TryScaling, found: ScalingTrial | None) -> ScalingTried:
    """The answer to a command. found: None where there was nothing to try."""
    return ScalingTried(
        op="scaling_tried",
        id=command.id,
        run=command.run,
        what=None if found is None else found.what,
        steps=0 if found is None else found.steps,
        at_least=found is not None and found.at_least,
        without=None if found is None else Outcome.model_validate(found.without),
        scaled=None if found is None or found.scaled is None else Outcome.model_validate(found.scaled),
        experiment=None if found is None else found.experiment,
        lr=None if found is None else found.lr,
    )
