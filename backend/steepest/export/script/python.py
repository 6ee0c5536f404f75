"""An experiment as a Python script that needs torch alone: every run with its edits, checked at its end."""

from steepest.export.recording import Recording
from steepest.export.script.learning import LearningScript
from steepest.export.script.script import Script
from steepest.export.script.surface import SurfaceScript
from steepest.problems import LearningProblem


def python(recording: Recording) -> str:
    """The script. Run, it fails unless every run ends at the recorded parameters, bit for bit.

    That takes the same release of torch on the same kind of processor, as the script itself says. It ends at the last
    record, also where that is not finite. Raises `Invalid` for an entry of another package that has no name to import.
    """
    return writer(recording).whole()


def writer(recording: Recording, *, history: bool = False) -> Script:
    """What writes the script of such an experiment. history: the losses are kept, for a plot."""
    learning = isinstance(recording.prepared.problem, LearningProblem)
    return (LearningScript if learning else SurfaceScript)(recording, history=history)
