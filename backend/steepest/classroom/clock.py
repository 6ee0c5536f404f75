"""The time of rooms: a clock that does not jump when somebody sets the machine's."""

import time

# Read once: times in a log go on after a restart, and a report shows them.
_START = time.time() - time.monotonic()


def now() -> float:
    """Seconds since 1970 by the wall clock at the start of the process; from then on the monotonic clock counts."""
    return _START + time.monotonic()
