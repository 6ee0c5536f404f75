"""What the numbers mean: curvature, critical points, divergence, convergence. Computed, never guessed."""

from steepest.engine.diagnosis.diagnose import diagnose, diverged_at
from steepest.engine.diagnosis.landscape import landscape

__all__ = ["diagnose", "diverged_at", "landscape"]
