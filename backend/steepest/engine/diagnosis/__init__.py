"""What the numbers mean: curvature, critical points, divergence, convergence. Computed, never guessed."""

from steepest.engine.diagnosis.diagnose import diagnose, diverged_at

__all__ = ["diagnose", "diverged_at"]
