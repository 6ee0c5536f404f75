"""Stepping: `advance`, the run it steps, and the recorders of each step."""
