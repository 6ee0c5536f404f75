"""The log of one room: an SQLite file to which events are appended. One process writes it, and nobody changes it.

The only exception are names: they are kept in a column of their own, and are deleted with the lesson's end.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from steepest.classroom.clock import now
from steepest.classroom.log_events import LOG_EVENT, LogEvent, Renamed, Replaced, RoomEnded, SeatTaken

# Script n leads from version n of the file to version n + 1.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE events (
        number INTEGER PRIMARY KEY,
        time REAL NOT NULL,
        body TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT ''
    ) STRICT;
    """,
)
_SIDE_FILES = ("-wal", "-shm", "-journal")
# Of these only the last of each seat counts, in each activity.
_LAST_COUNTS = frozenset({"answered", "explored", "updated"})


class LogUnusable(Exception):
    """The file is no log that this version can read, or another process has it open; the message says which."""


class RoomLog:
    """An open log. path: its file, which is made where there is none.

    clock: as `now`. migrations: as `MIGRATIONS`; tests have others. Raises `LogUnusable`.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = now,
        migrations: Sequence[str] = MIGRATIONS,
    ) -> None:
        self.path = path
        self._clock = clock
        try:
            self._open(migrations)
        except (sqlite3.Error, OSError) as error:
            raise LogUnusable(f"{path.name}: {error}") from None

    def _open(self, migrations: Sequence[str]) -> None:
        self._db = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        try:
            # One process at a time, until it ends however it ends; and no file of shared memory.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            # What was committed outlives the process; FULL would outlive the machine as well, at a disk's pace.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.execute("BEGIN IMMEDIATE")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            self._db.execute("COMMIT")
            if version > len(migrations):
                raise LogUnusable(f"{self.path.name} was written by a newer Steepest")
            for number in range(version, len(migrations)):
                self._db.executescript(
                    f"BEGIN IMMEDIATE; {migrations[number]} PRAGMA user_version = {number + 1}; COMMIT;"
                )
            row: tuple[int, float, int] = self._db.execute(
                "SELECT coalesce(max(number), 0), coalesce(max(time), 0), coalesce(sum(length(body)), 0) FROM events"
            ).fetchone()
            self.number, self.last_time, self.bytes = row
        except BaseException:
            self._db.close()
            raise

    def append(self, event: LogEvent) -> int:
        """Stores an event; when this returns, the end of the process cannot lose it. Returns its number.

        The lesson's end deletes all names from the file. Raises `OSError` where the event cannot be stored.
        """
        body = LOG_EVENT.dump_json(event).decode()
        name = event.name if isinstance(event, SeatTaken | Renamed) else ""
        number, time = self.number + 1, self._clock()
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (number, time, body, name))
                if isinstance(event, RoomEnded):
                    self._db.execute("UPDATE events SET name = '' WHERE name != ''")
        except sqlite3.Error as error:
            raise OSError(f"the room's log cannot be written: {error}") from error
        if isinstance(event, RoomEnded):
            self._forget_pages()
        self.number, self.last_time = number, time
        self.bytes += len(body)
        return number

    def read(self) -> list[LogEvent | Replaced]:
        """All events in their order. Raises `LogUnusable` for a damaged file.

        Seats change their answers and experiments again and again, and to check them all takes too long: those that a
        later one of the same activity replaces are given as `Replaced`.
        """
        events: list[LogEvent | Replaced] = []
        later: set[tuple[str, int | None]] = set()
        try:
            rows = self._db.execute(
                "SELECT body, name, json_extract(body, '$.what'), json_extract(body, '$.seat') FROM events "
                "ORDER BY number DESC"
            )
            for body, name, what, seat in rows:
                if (what, seat) not in later:
                    events.append(_event(body, name))
                elif isinstance(events[-1], Replaced):
                    events[-1] = Replaced(events[-1].events + 1)
                else:
                    events.append(Replaced(1))
                if what in _LAST_COUNTS:
                    later.add((what, seat))
                elif what == "begun":
                    later.clear()
        except (sqlite3.Error, ValueError) as error:
            raise LogUnusable(f"{self.path.name}: {error}") from None
        events.reverse()
        return events

    def times(self) -> list[float]:
        """When each event was stored, in seconds since 1970."""
        return [when for (when,) in self._db.execute("SELECT time FROM events ORDER BY number")]

    def _forget_pages(self) -> None:
        """Empties the file beside the log, which has the pages before a change; else the log's closing does."""
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Lets go of the file. A second time this does nothing."""
        self._db.close()

    def delete(self) -> None:
        """Closes the log and removes its files."""
        self.close()
        remove_files(self.path)


def remove_files(path: Path) -> None:
    """Removes a log that nobody has open."""
    for end in ("", *_SIDE_FILES):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _event(body: str, name: str) -> LogEvent:
    event = LOG_EVENT.validate_json(body)
    return event.model_copy(update={"name": name}) if isinstance(event, SeatTaken | Renamed) else event
