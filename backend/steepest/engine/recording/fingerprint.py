"""Short hash of a recording: equal hashes mean equal numbers, bit for bit."""

import hashlib
from collections.abc import Iterable

import numpy as np

from steepest.engine.recording.records import Chunk, RunRecords

DIGITS = 10  # hexadecimal; two different recordings share a hash with a probability of 1e-12

# The bits of a NaN depend on the machine, so every NaN is replaced by this one before hashing.
_NAN = {
    np.dtype("<f4"): np.array(0x7FC00000, "<u4").view("<f4"),
    np.dtype("<f8"): np.array(0x7FF8 << 48, "<u8").view("<f8"),
}


class Fingerprint:
    """Hashes a recording chunk by chunk, from record 0 on.

    Each run has a SHA-256 over its records: n parameters, then the loss, in the experiment's dtype, little-endian, with
    every NaN as the positive quiet one (0x7fc00000, 0x7ff8000000000000). The fingerprint is the start of the SHA-256
    over these digests (32 bytes each) by run number. The page computes the same value.
    """

    def __init__(self, runs: int) -> None:
        self._hashes = [hashlib.sha256() for _ in range(runs)]
        self._counts = [0] * runs

    def add(self, chunk: Chunk) -> None:
        """Adds the next records. Raises `ValueError` where records are missing in between."""
        for run in chunk.runs:
            count = self._counts[run.run]
            if run.first != count and len(run):
                raise ValueError(f"run {run.run}: record {run.first} follows record {count - 1}")
            self._hashes[run.run].update(_record_bytes(run))
            self._counts[run.run] = count + len(run)

    def hex(self) -> str:
        """The fingerprint of all records so far."""
        return hashlib.sha256(b"".join(run.digest() for run in self._hashes)).hexdigest()[:DIGITS]


def fingerprint(chunks: Iterable[Chunk], runs: int) -> str:
    """The fingerprint of a whole recording."""
    found = Fingerprint(runs)
    for chunk in chunks:
        found.add(chunk)
    return found.hex()


def _record_bytes(run: RunRecords) -> bytes:
    dtype = run.params.dtype.newbyteorder("<")
    rows = np.concatenate([run.params, run.loss[:, None]], axis=1).astype(dtype)
    return np.where(np.isnan(rows), _NAN[dtype], rows).tobytes()
