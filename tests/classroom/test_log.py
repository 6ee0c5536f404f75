"""The log: what was stored is there again, whatever became of the process; and files of other versions."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from tests.classroom.documents import activity, experiment, explore

from steepest.classroom.activity import Predict
from steepest.classroom.log import MIGRATIONS, LogUnusable, RoomLog
from steepest.classroom.log_events import (
    Begun,
    Explored,
    LockSet,
    LogEvent,
    PauseSet,
    Renamed,
    Replaced,
    RoomEnded,
    RoomOpened,
    SeatShown,
    SeatTaken,
    Updated,
)
from steepest.classroom.state import fold
from steepest.spec import Text

OPENED = RoomOpened(code="ACDEFG", teacher="t", screen="s", names=True, lesson=None)
EVENTS: list[LogEvent] = [
    OPENED,
    SeatTaken(seat=1, secret="a", name="Ada"),
    PauseSet(paused=True),
    Renamed(seat=1, name="Lovelace"),
]


def stored(path: Path, events: list[LogEvent]) -> None:
    log = RoomLog(path)
    for event in events:
        log.append(event)
    log.close()


def test_what_was_stored_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "room.sqlite"
    stored(path, EVENTS)
    log = RoomLog(path)
    assert log.read() == EVENTS
    assert log.append(LockSet(locked=True)) == len(EVENTS) + 1
    assert log.number == len(log.times()) == len(EVENTS) + 1
    log.delete()
    assert list(tmp_path.iterdir()) == []


def test_a_second_process_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "room.sqlite"
    log = RoomLog(path)
    log.append(OPENED)
    with pytest.raises(LogUnusable, match="locked"):
        RoomLog(path)
    log.close()
    RoomLog(path).close()


def test_an_event_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "room.sqlite"
    stored(path, [OPENED])
    script = (
        "import os, signal, sys; from pathlib import Path; from steepest.classroom.log import RoomLog\n"
        "from steepest.classroom.log_events import LockSet\n"
        "log = RoomLog(Path(sys.argv[1])); log.append(LockSet(locked=True)); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path)], env=os.environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    log = RoomLog(path)
    assert log.read() == [OPENED, LockSet(locked=True)]
    log.close()


def test_names_are_deleted_from_the_files(tmp_path: Path) -> None:
    path = tmp_path / "room.sqlite"
    log = RoomLog(path)
    for event in EVENTS:
        log.append(event)
    assert any(b"Lovelace" in file.read_bytes() for file in tmp_path.iterdir())
    log.append(RoomEnded())
    assert not any(b"Lovelace" in file.read_bytes() or b"Ada" in file.read_bytes() for file in tmp_path.iterdir())
    assert fold(log.read()).ended
    log.close()


def test_names_are_deleted_though_the_server_dies_at_the_end(tmp_path: Path) -> None:
    """Killed as soon as the end is stored: the next look at the file leaves no name in it."""
    path = tmp_path / "room.sqlite"
    stored(path, EVENTS)
    script = (
        "import os, signal, sys; from pathlib import Path; from steepest.classroom.log import RoomLog\n"
        "from steepest.classroom.log_events import RoomEnded\n"
        "RoomLog._forget_pages = lambda log: os.kill(os.getpid(), signal.SIGKILL)\n"
        "RoomLog(Path(sys.argv[1])).append(RoomEnded())"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path)], env=os.environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    RoomLog(path).close()
    assert not any(b"Lovelace" in file.read_bytes() or b"Ada" in file.read_bytes() for file in tmp_path.iterdir())
    log = RoomLog(path)
    assert log.number == len(EVENTS) + 1
    assert fold(log.read()).ended
    log.close()


def test_what_is_replaced_is_not_read(tmp_path: Path) -> None:
    """A class that changes its experiments all the time is back soon: one of each seat and activity is checked."""
    path = tmp_path / "room.sqlite"
    seats, changes = range(1, 4), 50
    events: list[LogEvent] = [OPENED, *(SeatTaken(seat=seat, secret=f"{seat}", name="") for seat in seats)]
    rates = [0.001 * (1 + n) for n in range(changes)]
    for _ in range(2):
        events.append(Begun(activity=activity(explore()), lesson_step=None))
        events += [Explored(seat=seat, experiment=experiment(rate)) for rate in rates for seat in seats]
        events += [Updated(experiment=experiment(rate), step=0) for rate in rates]
        events.append(SeatShown(seat=2))
    stored(path, events)
    log = RoomLog(path)
    read = log.read()
    log.close()
    assert sum(event.events if isinstance(event, Replaced) else 1 for event in read) == len(events)
    assert fold(read) == fold(events)
    assert sum(isinstance(event, Explored) for event in read) == 2 * len(seats)
    assert sum(isinstance(event, Updated) for event in read) == 2


def test_a_room_of_version_1_is_read(tmp_path: Path) -> None:
    """A stored file with every kind of event, activity, question and answer."""
    path = tmp_path / "room.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript((Path(__file__).parent / "room_v1.sql").read_text(encoding="utf-8"))
        kinds = [json.loads(body)["what"] for (body,) in db.execute("SELECT body FROM events ORDER BY number")]
    db.close()
    assert set(kinds) == {kind.model_fields["what"].default for kind in get_args(get_args(LogEvent)[0])}
    log = RoomLog(path)
    events = log.read()
    log.close()
    state = fold(events)
    assert (state.number, state.code, state.ended, state.locked, state.taken) == (len(kinds), "ACDEFG", True, True, 3)
    assert [stage.activity.kind for stage in state.stages] == ["watch", *["predict"] * 4, "explore", "watch"]
    asked = [stage for stage in state.stages if stage.phase is not None]
    questions = [stage.activity.question for stage in asked if isinstance(stage.activity, Predict)]
    assert [question.kind for question in questions] == ["choose", "number", "place", "order"]
    assert [stage.answers[1].kind for stage in asked] == ["choose", "number", "place", "order"]
    assert asked[0].phase == "revealed"
    assert state.stages[0].title == Text("A step", "一步")
    assert state.stages[0].activity.experiment.runs[0].optimizer.hyper["lr"] == 0.2
    assert state.stages[5].explored[1].runs[0].optimizer.hyper["lr"] == 0.4
    assert state.stages[-1].activity.experiment == state.stages[5].explored[1]


def test_a_file_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "room.sqlite"
    stored(path, EVENTS)
    later = (*MIGRATIONS, "ALTER TABLE events ADD COLUMN more TEXT NOT NULL DEFAULT 'new';")
    log = RoomLog(path, migrations=later)
    assert log.read() == EVENTS
    log.close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT DISTINCT more FROM events").fetchall() == [("new",)]
    db.close()
    with pytest.raises(LogUnusable, match="newer"):
        RoomLog(path)


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "room.sqlite"
    stored(path, EVENTS)
    with pytest.raises(LogUnusable):
        RoomLog(path, migrations=(*MIGRATIONS, "ALTER TABLE events ADD COLUMN more TEXT; ALTER TABLE none ADD x;"))
    log = RoomLog(path)
    assert log.read() == EVENTS
    log.close()


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "room.sqlite"
    path.write_bytes(b"not a database, but longer than a header of one" * 10)
    with pytest.raises(LogUnusable):
        RoomLog(path)


def test_a_damaged_event_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "room.sqlite"
    stored(path, EVENTS)
    with sqlite3.connect(path) as db:
        db.execute('UPDATE events SET body = \'{"what": "unheard of"}\' WHERE number = 2')
    db.close()
    log = RoomLog(path)
    with pytest.raises(LogUnusable):
        log.read()
    log.close()
