"""Stepping: `advance`, the run it steps, and what is recorded of each step."""
