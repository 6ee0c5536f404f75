"""Steepest: a live gradient-descent playground. Every step is a real PyTorch step."""

__version__ = "0.1.0"
