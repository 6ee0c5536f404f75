"""Exports an experiment with its records: a Python script, a notebook, CSV, an HTML report, weights. No network, no
files.
"""

from steepest.export.formats import FORMATS, MEDIA_TYPES, SUFFIXES, Format, export, export_text
from steepest.export.parts import check_format, export_parts, part_end, split_chunk
from steepest.export.recording import Recording, join_chunks, record
from steepest.export.size import most_steps, size_at_most
from steepest.export.weights import MAX_READ, read_weights, weights

__all__ = [
    "FORMATS",
    "MAX_READ",
    "MEDIA_TYPES",
    "SUFFIXES",
    "Format",
    "Recording",
    "check_format",
    "export",
    "export_parts",
    "export_text",
    "join_chunks",
    "most_steps",
    "part_end",
    "read_weights",
    "record",
    "size_at_most",
    "split_chunk",
    "weights",
]
