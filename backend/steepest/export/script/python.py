"""An experiment as a Python script that needs only torch: every run with its edits, checked at its end."""

from steepest.export.recording import Recording
from steepest.export.script.learning import LearningScript
from steepest.export.script.script import Script
from steepest.export.script.surface import SurfaceScript
from steepest.problems import LearningProblem


def python(recording: Recording) -> str:
    """The script. When run, it fails unless every run ends at the recorded parameters, bit for bit.

    The same bits need the same release of torch on the same kind of processor, as the script itself says. Each run ends
    at its last record, even if that is not finite. Raises `Invalid` for an entry of another package that cannot be
    imported by name.
    """
    return script_writer(recording).whole()


def script_writer(recording: Recording, *, history: bool = False) -> Script:
    """The writer for the experiment's kind of problem. history: the script keeps the losses, for a plot."""
    learning = isinstance(recording.prepared.problem, LearningProblem)
    return (LearningScript if learning else SurfaceScript)(recording, history=history)
