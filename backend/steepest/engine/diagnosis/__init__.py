"""The diagnosis of a run: curvature, critical points, and verdicts such as convergence and divergence."""

from steepest.engine.diagnosis.diagnose import diagnose, diverged_at
from steepest.engine.diagnosis.geometry.critical_point_map import landscape

__all__ = ["diagnose", "diverged_at", "landscape"]
