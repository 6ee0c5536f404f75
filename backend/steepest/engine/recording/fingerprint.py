"""A short sign of what was recorded: who has the same one has the same numbers, bit for bit."""

import hashlib
from collections.abc import Iterable

import numpy as np

from steepest.engine.recording.records import Chunk, RunRecords

DIGITS = 10  # hexadecimal; of two different recordings about one pair in a million millions has the same

# What stands for every NaN, whose bits are the machine's affair.
_NAN = {
    np.dtype("<f4"): np.array(0x7FC00000, "<u4").view("<f4"),
    np.dtype("<f8"): np.array(0x7FF8 << 48, "<u8").view("<f8"),
}


class Fingerprint:
    """Reads a recording as it comes, in chunks from record 0 on.

    Of each run, SHA-256 over its records: n parameters, then the loss, in the experiment's dtype, little-endian, every
    NaN as the quiet one without a sign (0x7fc00000, 0x7ff8000000000000). A run that diverged has no record beyond. The
    fingerprint is the beginning of SHA-256 over those digests, 32 bytes each, in the order of the runs. The page makes
    the same in frontend/src/core/session/fingerprint.ts.
    """

    def __init__(self, runs: int) -> None:
        self._runs = [hashlib.sha256() for _ in range(runs)]
        self._held = [0] * runs

    def add(self, chunk: Chunk) -> None:
        """The records that follow on those added so far. Raises `ValueError` where some between are missing."""
        for run in chunk.runs:
            held = self._held[run.run]
            if run.first != held and len(run):
                raise ValueError(f"run {run.run}: record {run.first} follows on {held - 1}")
            self._runs[run.run].update(_bytes(run))
            self._held[run.run] = held + len(run)

    def hex(self) -> str:
        """Of all records so far."""
        return hashlib.sha256(b"".join(run.digest() for run in self._runs)).hexdigest()[:DIGITS]


def fingerprint(chunks: Iterable[Chunk], runs: int) -> str:
    """Of a whole recording."""
    sign = Fingerprint(runs)
    for chunk in chunks:
        sign.add(chunk)
    return sign.hex()


def _bytes(run: RunRecords) -> bytes:
    dtype = run.params.dtype.newbyteorder("<")
    rows = np.concatenate([run.params, run.loss[:, None]], axis=1).astype(dtype)
    return np.where(np.isnan(rows), _NAN[dtype], rows).tobytes()
