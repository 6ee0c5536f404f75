"""Curvature and critical points of a loss."""
