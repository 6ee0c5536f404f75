"""Sweeps: many runs of an experiment over ranges of its numbers, each of them a run that can be opened."""
