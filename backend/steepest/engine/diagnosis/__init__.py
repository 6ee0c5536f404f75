"""What the numbers mean: curvature, critical points, divergence, convergence. Computed, never guessed."""

from steepest.engine.diagnosis.diagnose import diagnose, diverged_at
from steepest.engine.diagnosis.geometry.critical_point_map import landscape

__all__ = ["diagnose", "diverged_at", "landscape"]
