"""How often something may be told: a person reads it.

What is new is told at once, and so is how a run ends. What was told before, less than a hundred records after it was
over, is the same thing come again: three changes are told at once, and a fourth only when a hundred records have passed
since the first of them, or when it has held for fifty. So a run that flickers between two verdicts keeps the one it
has. Each time that it is told again after all, the hundred become a hundred more: what comes again for ever, as an
adaptive optimizer at its limit, is told ever more seldom. So are new numbers of what goes on: when it has gone on half
as long again.
"""

from dataclasses import dataclass

from steepest.engine.recording.verdict import Verdict

CHANGES, WITHIN = 3, 100  # so many in so many records
HELD = 50  # records in a row: no flicker
LONGER = 1.5  # times as long as when its numbers were told last

Topic = tuple[object, ...]


@dataclass(frozen=True)
class Debounce:
    """told: the steps of the last few verdicts. over: what was told lately, when that ended, and how often it was told.

    topic, since: what has been waiting to be told, from which step on.
    """

    told: tuple[int, ...] = ()
    over: tuple[tuple[Topic, int, int], ...] = ()
    topic: Topic | None = None
    since: int = 0


def topic_of(verdict: Verdict) -> Topic:
    """What it is about; two critical points are two topics."""
    return (verdict.code, verdict.kind, verdict.at) if verdict.code == "near" else (verdict.code,)


def quiet(verdict: Verdict) -> bool:
    """There is no hurry to tell it."""
    if verdict.code == "near":
        return verdict.kind == "minimum"
    return verdict.code in ("descending", "oscillating", "valley", "plateau")


def admit(pace: Debounce, said: Verdict, verdict: Verdict | None, step: int) -> tuple[bool, Debounce]:
    """Whether `verdict` is told at `step`, None being nothing new, while `said` holds; and the pace after it."""
    if verdict is None:
        return False, Debounce(pace.told, pace.over)
    topic, before = topic_of(verdict), topic_of(said)
    since = pace.since if pace.topic == topic else step
    if not _in_time(pace, said, verdict, step, since):
        return False, Debounce(pace.told, pace.over, topic, since)
    told = (*pace.told, step)[-CHANGES:]
    if topic == before:
        return True, Debounce(told, pace.over)
    recent = tuple((one, end, times) for one, end, times in pace.over if step - end < WITHIN * times)
    times = next((times for one, _, times in recent if one == before), 0)
    return True, Debounce(told, (*(one for one in recent if one[0] != before), (before, step, times + 1)))


def _in_time(pace: Debounce, said: Verdict, verdict: Verdict, step: int, since: int) -> bool:
    if verdict.code in ("diverged", "bottomless", "escaped"):
        return True
    topic = topic_of(verdict)
    if topic == topic_of(said):
        return not quiet(verdict) or _grown(said, verdict, step)
    if quiet(verdict) and not quiet(said) and said.code != "converged":  # what was urgent and is over must not go on
        return True
    times = next((times for one, end, times in pace.over if one == topic and step - end < WITHIN * times), 0)
    passing = verdict.code == "descending" or (verdict.code == "near" and verdict.kind == "minimum")
    if not times and not passing:
        return True
    crowded = len(pace.told) == CHANGES and step - pace.told[0] < WITHIN * max(times, 1)
    return not crowded or step - since >= HELD


def _grown(said: Verdict, verdict: Verdict, step: int) -> bool:
    """It has gone on for half as long again as when it was told."""
    begun = getattr(verdict, "since", said.step)
    if getattr(said, "since", said.step) != begun:  # another of its kind: when it has lasted as long as a flicker may
        return step - said.step >= WITHIN
    return step - begun >= LONGER * (said.step - begun)
