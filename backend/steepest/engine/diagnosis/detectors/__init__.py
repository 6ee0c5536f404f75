"""The detectors, for each kind of run in order of priority: the first that finds something decides.

To add a verdict: a file here with the `Verdict` and its detector, `words/<code>.json` with its words, and the
detector's name in a list below. Other packages add detectors through the entry point group `steepest.detectors`.
"""

from functools import cache, reduce
from importlib.metadata import entry_points
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import Field

from steepest.engine.diagnosis.detector import Detector, Runs
from steepest.engine.diagnosis.detectors.accumulated_gradients import AccumulatedGradientsDetector
from steepest.engine.diagnosis.detectors.bottomless import BottomlessDetector
from steepest.engine.diagnosis.detectors.converged import ConvergedDetector
from steepest.engine.diagnosis.detectors.critical_point import CriticalPointDetector, NearMinimumDetector
from steepest.engine.diagnosis.detectors.descending import DescendingDetector
from steepest.engine.diagnosis.detectors.diverged import (
    AccumulatedDivergedDetector,
    ModelDivergedDetector,
    SurfaceDivergedDetector,
)
from steepest.engine.diagnosis.detectors.edge_of_stability import EdgeDetector
from steepest.engine.diagnosis.detectors.exploding import ExplodingDetector
from steepest.engine.diagnosis.detectors.not_falling import NotFallingDetector
from steepest.engine.diagnosis.detectors.oscillation import OscillationDetector
from steepest.engine.diagnosis.detectors.overfitting import (
    OverfittingDetector,
    SurfaceOverfittingDetector,
)
from steepest.engine.diagnosis.detectors.plateau import PlateauDetector
from steepest.engine.diagnosis.detectors.settled import SettledDetector
from steepest.engine.diagnosis.detectors.stalled import StalledDetector, SurfaceStalledDetector
from steepest.engine.diagnosis.detectors.unmoved import UnmovedDetector
from steepest.engine.diagnosis.detectors.unstable import ModelUnstableDetector, UnstableDetector
from steepest.engine.diagnosis.detectors.valley import ValleyDetector
from steepest.engine.diagnosis.detectors.vanishing import VanishingDetector
from steepest.engine.recording.verdict import Verdict

Detectors = tuple[type[Detector[Any, Any]], ...]

BUILT_IN: dict[Runs, Detectors] = {
    "surfaces": (
        SurfaceDivergedDetector,
        SurfaceOverfittingDetector,
        ConvergedDetector,
        BottomlessDetector,
        UnstableDetector,
        CriticalPointDetector,
        OscillationDetector,
        ValleyDetector,
        NearMinimumDetector,
        PlateauDetector,
        SurfaceStalledDetector,
        NotFallingDetector,
        DescendingDetector,
    ),
    "models": (
        ModelDivergedDetector,
        ExplodingDetector,
        ModelUnstableDetector,
        VanishingDetector,
        OverfittingDetector,
        EdgeDetector,
        UnmovedDetector,
        SettledDetector,
        StalledDetector,
        DescendingDetector,
    ),
    "accumulated gradients": (AccumulatedDivergedDetector, AccumulatedGradientsDetector),
}


@cache
def _others() -> Detectors:
    """The detectors of other packages."""
    return tuple(point.load() for point in entry_points(group="steepest.detectors"))


def detectors(runs: Runs) -> Detectors:
    """The detectors of a kind of run; those of other packages come just before the last."""
    *first, last = BUILT_IN[runs]
    return (*first, *(kind for kind in _others() if runs in kind.runs), last)


def verdict_kinds() -> tuple[type[Verdict], ...]:
    """Every kind of verdict, each once."""
    found = (verdict for runs in BUILT_IN for detector in detectors(runs) for verdict in detector.verdicts)
    return tuple(dict.fromkeys(found))


# Every verdict, distinguished by its code: the wire has this union.
if TYPE_CHECKING:
    AnyVerdict: TypeAlias = Verdict
else:
    AnyVerdict = Annotated[reduce(or_, verdict_kinds()), Field(discriminator="code")]
