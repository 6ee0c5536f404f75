"""A limited number of places, for sockets, sessions or requests at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

from steepest.server.errors import Refused
from steepest.spec import Text


class Places:
    """Places of one kind. Each one taken is given back by whoever took it, however that ends.

    limit: how many there are. full: what is said where none is free. error: its class.
    """

    def __init__(self, limit: int, full: Text, error: type[Refused] = Refused) -> None:
        self.limit = limit
        self.taken = 0
        self._full = full
        self._error = error

    @property
    def free(self) -> bool:
        """Whether there is one."""
        return self.taken < self.limit

    def check(self) -> None:
        """Raises `Refused` where none is free."""
        if not self.free:
            raise self._error("busy", self._full)

    def take(self) -> None:
        """Takes one. Raises `Refused` where none is free."""
        self.check()
        self.taken += 1

    def give_back(self) -> None:
        """Gives back one that was taken."""
        self.taken -= 1

    @contextmanager
    def place(self) -> Iterator[None]:
        """Takes one for the duration of the block. Raises as `take`."""
        self.take()
        try:
            yield
        finally:
            self.give_back()
