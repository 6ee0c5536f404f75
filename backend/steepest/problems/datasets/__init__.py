"""The data sets in menu order: those of the notes, then points in a plane, images, and the user's own. A new one: a
file of its own here, and its name in this list.
"""

from steepest.problems.dataset import Dataset
from steepest.problems.datasets.circle import CIRCLE
from steepest.problems.datasets.digits import DIGITS
from steepest.problems.datasets.plane import PLANE
from steepest.problems.datasets.thermometer import THERMOMETER

BUILT_IN: tuple[Dataset, ...] = (
    THERMOMETER,
    PLANE,
    CIRCLE,
    DIGITS,
)
