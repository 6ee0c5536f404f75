"""A sweep's arrays as a table, as NumPy's file, and as a picture. No network, no files."""

from steepest.export.sweeps.picture import png
from steepest.export.sweeps.table import csv, npz

__all__ = ["csv", "npz", "png"]
