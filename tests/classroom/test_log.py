"""The log: what was stored is there again, whatever became of the process; and files of other versions."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from steepest.classroom.log import MIGRATIONS, LogUnusable, RoomLog
from steepest.classroom.log_events import LockSet, LogEvent, PauseSet, Renamed, RoomEnded, RoomOpened, SeatTaken
from steepest.classroom.state import fold

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
    log.forget_names()
    assert not any(b"Lovelace" in file.read_bytes() or b"Ada" in file.read_bytes() for file in tmp_path.iterdir())
    assert fold(log.read()).ended
    log.close()


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
