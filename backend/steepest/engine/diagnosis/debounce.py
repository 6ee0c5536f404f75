"""Debounce: how often the verdicts of a run may be reported, so that a person can read them.

A new topic is reported at once, and so is the end of a run. A topic that returns within 100 records of its end is not
new: three changes are reported at once, a fourth only 100 records after the first of them, or when it has held for 25.
So a run that alternates between two verdicts keeps the present one. Each report of a returning topic adds 100 records
to that time: a topic that recurs for ever, as with an adaptive optimizer at its limit, is reported at growing
intervals. New numbers of a continuing topic are reported when it has lasted half as long again.
"""

from dataclasses import dataclass

from steepest.engine.recording.verdict import Verdict

CHANGES, WITHIN = 3, 100  # at most this many reports in this many records
HELD = 25  # records in a row: it lasts, and the one before holds no longer
LONGER = 1.5  # times as long as when its numbers were last reported

Topic = tuple[object, ...]


@dataclass(frozen=True)
class Debounce:
    """State of the debounce of one run.

    reported: steps of the last few verdicts.
    over: recent topics, each with the step at which it ended and how often it was reported.
    waiting: the topic that waits to be reported, None where none does.
    since: the step from which on it waits.
    """

    reported: tuple[int, ...] = ()
    over: tuple[tuple[Topic, int, int], ...] = ()
    waiting: Topic | None = None
    since: int = 0


def admit(state: Debounce, reported: Verdict, found: Verdict | None, step: int) -> tuple[bool, Debounce]:
    """Whether to report `found` at `step`, and the state afterwards.

    reported: the verdict that holds so far. found: None where it still holds.
    """
    if found is None:
        return False, Debounce(state.reported, state.over)
    topic, before = found.topic, reported.topic
    since = state.since if state.waiting == topic else step
    if not _in_time(state, reported, found, step, since):
        return False, Debounce(state.reported, state.over, topic, since)
    steps = (*state.reported, step)[-CHANGES:]
    if topic == before:
        return True, Debounce(steps, state.over)
    recent = tuple((one, end, times) for one, end, times in state.over if step - end < WITHIN * times)
    times = next((times for one, _, times in recent if one == before), 0)
    return True, Debounce(steps, (*(one for one in recent if one[0] != before), (before, step, times + 1)))


def _in_time(state: Debounce, reported: Verdict, found: Verdict, step: int, since: int) -> bool:
    if found.pacing == "urgent":
        return True
    topic = found.topic
    if topic == reported.topic:
        return not found.gradual or _lasted(reported, found, step)
    if found.gradual and not reported.gradual and not reported.settled:  # an urgent verdict must not stay after its end
        return True
    times = next((times for one, end, times in state.over if one == topic and step - end < WITHIN * times), 0)
    if not times and found.pacing != "passing":
        return True
    crowded = len(state.reported) == CHANGES and step - state.reported[0] < WITHIN * max(times, 1)
    return not crowded or step - since >= HELD


def _lasted(reported: Verdict, found: Verdict, step: int) -> bool:
    """It has lasted half as long again as when it was reported."""
    begun = getattr(found, "since", reported.step)
    if getattr(reported, "since", reported.step) != begun:  # another of its kind: as long as a flicker may last
        return step - reported.step >= WITHIN
    return step - begun >= LONGER * (reported.step - begun)
