"""How often something may be told: a person reads it.

What is urgent is told at once. Of what is not, three changes are told at once and a fourth only when a hundred records
have passed since the first of them, or when it has held for twenty: a run that flickers between two quiet verdicts
keeps the one it has.
"""

from dataclasses import dataclass

from steepest.engine.verdict import Verdict

CHANGES, WITHIN = 3, 100  # so many in so many records
HELD = 20  # records in a row: no flicker


@dataclass(frozen=True)
class Pace:
    """told: the steps of the last few quiet verdicts. code, since: what has been waiting to be told from which step."""

    told: tuple[int, ...] = ()
    code: str | None = None
    since: int = 0


def quiet(verdict: Verdict) -> bool:
    """There is no hurry to tell it."""
    if verdict.code == "near":
        return verdict.kind == "minimum"
    return verdict.code in ("descending", "oscillating", "valley", "plateau")


def admit(pace: Pace, said: Verdict, verdict: Verdict | None, step: int) -> tuple[bool, Pace]:
    """Whether `verdict` is told at `step`, None being nothing new, while `said` holds; and the pace after it."""
    if verdict is None:
        return False, Pace(pace.told)
    if not quiet(verdict):
        return True, Pace(pace.told)
    since = pace.since if pace.code == verdict.code else step
    crowded = len(pace.told) == CHANGES and step - pace.told[0] < WITHIN
    # What was urgent and is over must not go on being told.
    if quiet(said) and crowded and step - since < HELD:
        return False, Pace(pace.told, verdict.code, since)
    return True, Pace((*pace.told, step)[-CHANGES:])
