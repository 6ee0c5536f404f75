"""Turns an experiment into plans that can run: checks, defaults, edits in order, the device."""
