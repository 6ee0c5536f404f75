"""Which steps are slow: those that take longer than a slice, so that a worker is busy with one for that time."""

from steepest.engine import Prepared

SLOW_STEP = 0.02  # seconds

# Multiplications and additions that may take as long on a slow processor, such as those of eight L-BFGS runs.
_SLOW_OPERATIONS = 1e8


def has_slow_steps(prepared: Prepared) -> bool:
    """Whether one step of all runs is slow, by arithmetic: before one was made and measured."""
    return prepared.step_operations > _SLOW_OPERATIONS
