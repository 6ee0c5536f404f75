"""Wrong tokens and wrong codes, counted by address: a guess that is repeated counts once."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

MINUTE = 60.0
MAX_PEERS = 10_000  # addresses whose wrong ones are counted


class WrongOnes:
    """The different wrong ones of the last minute, as digests. clock: in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[bytes, float] = OrderedDict()  # digest -> when it was first seen in this minute

    def add(self, value: bytes) -> None:
        """Counts one; one that is counted already does not count again."""
        self._seen.setdefault(hashlib.sha256(value).digest(), self._clock())

    def has(self, value: bytes) -> bool:
        """Whether it is counted."""
        return self.count() > 0 and hashlib.sha256(value).digest() in self._seen

    def count(self) -> int:
        """How many there are."""
        cutoff = self._clock() - MINUTE
        while self._seen and next(iter(self._seen.values())) <= cutoff:
            self._seen.popitem(last=False)
        return len(self._seen)


class WrongOnesByPeer:
    """The wrong ones of each address. peers: those that sent one lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.peers: dict[str, WrongOnes] = {}

    def count(self, peer: str) -> int:
        """How many an address has sent."""
        known = self.peers.get(peer)
        return 0 if known is None else known.count()

    def has(self, peer: str, value: bytes) -> bool:
        """Whether the address sent this one before."""
        known = self.peers.get(peer)
        return known is not None and known.has(value)

    def add(self, peer: str, value: bytes) -> None:
        """Counts one."""
        if peer not in self.peers and len(self.peers) >= MAX_PEERS:
            for other in [other for other, known in self.peers.items() if not known.count()]:
                del self.peers[other]
            if len(self.peers) >= MAX_PEERS:
                self.peers.clear()
        self.peers.setdefault(peer, WrongOnes(self._clock)).add(value)
