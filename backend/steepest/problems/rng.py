"""Counter-based random numbers: draw k depends on (seed, kind, k) alone."""

import hashlib

import torch


def seed_for(seed: int, what: str, k: int) -> int:
    """The 63-bit seed of the k-th draw of a kind: the first 8 bytes of the SHA-256 of `seed what k`, halved."""
    digest = hashlib.sha256(f"{seed} {what} {k}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(seed: int, what: str, k: int) -> torch.Generator:
    """Torch's CPU generator with the seed of that draw."""
    return torch.Generator().manual_seed(seed_for(seed, what, k))
