"""Chance that is counted, not drawn one after another: what happens at step k follows from the seed and k alone."""

import hashlib

import torch


def seed_for(seed: int, what: str, k: int) -> int:
    """A seed of 63 bits of its own for the k-th draw of a kind: SHA-256 of `seed what k`, the first 8 bytes, halved."""
    digest = hashlib.sha256(f"{seed} {what} {k}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(seed: int, what: str, k: int) -> torch.Generator:
    """Torch's generator on the CPU, begun for that draw."""
    return torch.Generator().manual_seed(seed_for(seed, what, k))
