"""The log: one line for each event, on stderr. Never what a client sent, never a secret.

As text, `event name=value ...` after time and level, or as JSON, one object a line. A server writes a few lines of one
kind and then counts: a client that is refused a thousand times a second must not fill the disk.
"""

import asyncio
import json
import logging
import math
import sys
import time
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["text", "json"]

_LOG = logging.getLogger("steepest")
_MAX_VALUE = 200  # characters of one value
_SECONDS = 5.0  # in which lines of one kind are counted together
_MAX_KINDS = 500  # kinds that are counted apart
_now = time.monotonic
_KIND_FIELDS = ("kind", "reason", "code", "why")  # fields whose values make kinds of events; they have few values


def configure(level: str, *secrets: str, form: Form = "text", lines: int | None = None) -> None:
    """Sends all log lines of this process to stderr, and Python's warnings as well.

    level: debug, info, warning or error. secrets: never written.
    lines: of one kind within five seconds; None for no limit.
    """
    handler = _Limited(lines) if lines else logging.StreamHandler(sys.stderr)
    handler.setFormatter((_Json if form == "json" else _Text)([secret for secret in secrets if secret]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    _LOG.setLevel(level.upper())
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.setLevel(logging.WARNING)  # the server writes its own lines for start, stop and accept
    uvicorn.addFilter(_is_our_affair)


def log_event(event: str, level: int = logging.INFO, /, *, trace: str = "", **fields: object) -> None:
    """Writes one event. trace: a traceback, on the lines after it."""
    if _LOG.isEnabledFor(level):
        words = [event, *(f"{name}={_one_line(value)}" for name, value in fields.items())]
        text = " ".join(words) + (f"\n{trace.rstrip()}" if trace else "")
        _LOG.log(level, "%s", text, extra={"event": event, "fields": fields, "trace": trace.rstrip()})


def report_left_out() -> None:
    """Writes how many lines were left out until now, where a limit on them holds."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _Limited):
            handler.report()


class _Text(logging.Formatter):
    """A line as text. Secrets are replaced: a library may write one into a line or a traceback."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._without_secrets(super().format(record))

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


class _Json(_Text):
    """A line as a JSON object: `time` in UTC, `level`, `event` and its fields; `trace` for a traceback.

    A line of a library has `event` "log", its `logger` and its `message`.
    """

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        when = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z"
        line: dict[str, object] = {"time": when, "level": record.levelname.lower()}
        event = getattr(record, "event", None)
        if event is None:
            trace = self.formatException(record.exc_info) if record.exc_info else ""
            line |= {"event": "log", "logger": record.name, "message": record.getMessage()}
        else:
            trace = vars(record)["trace"]
            line |= {"event": event, **{name: _json_value(value) for name, value in vars(record)["fields"].items()}}
        if trace:
            line["trace"] = trace
        return self._without_secrets(json.dumps(line, ensure_ascii=False))


@dataclass
class _Window:
    """Lines of one kind in the seconds since `began`. written, left_out: how many."""

    began: float
    written: int = 0
    left_out: int = 0


class _Limited(logging.StreamHandler[Any]):
    """Writes so many lines of one kind within `_SECONDS`, and then one that says how many were left out."""

    def __init__(self, lines: int) -> None:
        super().__init__(sys.stderr)
        self._lines = lines
        self._windows: dict[str, _Window] = {}
        self._timer: asyncio.TimerHandle | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Writes or counts one line; the handler's lock is held."""
        now = _now()
        self._close_windows(now)
        kind = _kind_of(record)
        if kind not in self._windows and len(self._windows) >= _MAX_KINDS:
            kind = "other"
        window = self._windows.setdefault(kind, _Window(now))
        if window.written < self._lines:
            window.written += 1
            super().emit(record)
        else:
            window.left_out += 1
            self._report_later()

    def report(self, now: float = math.inf) -> None:
        """Writes how many lines were left out. now: of the windows that end by this time; by default of all."""
        self.acquire()
        try:
            self._close_windows(now)
            if any(window.left_out for window in self._windows.values()):
                self._report_later()
        finally:
            self.release()

    def _close_windows(self, now: float) -> None:
        for kind in [kind for kind, window in self._windows.items() if now - window.began >= _SECONDS]:
            window = self._windows.pop(kind)
            if window.left_out:
                fields = {"of": kind, "lines": window.left_out}
                text = " ".join(["left_out", *(f"{name}={_one_line(value)}" for name, value in fields.items())])
                record = _LOG.makeRecord(_LOG.name, logging.WARNING, "", 0, "%s", (text,), None)
                vars(record).update(event="left_out", fields=fields, trace="")
                super().emit(record)

    def _report_later(self) -> None:
        """Where no further line comes, the number is written all the same."""
        if self._timer is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # in another thread: the next line writes it
                return
            self._timer = loop.call_later(_SECONDS, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self.report(_now())


def _kind_of(record: logging.LogRecord) -> str:
    event = getattr(record, "event", None)
    if event is None:
        return f"{record.name}: {str(record.msg)[:60].strip()}"
    fields = vars(record)["fields"]
    return " ".join([event, *(str(fields[name]) for name in _KIND_FIELDS if name in fields)])


def _one_line(value: object) -> str:
    """The value as text that cannot break the line."""
    text = _shortened(value)
    return text if text.isprintable() and " " not in text and text else repr(text)


def _json_value(value: object) -> object:
    plain = value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    return value if plain else _shortened(value)


def _shortened(value: object) -> str:
    text = str(value)
    return text[:_MAX_VALUE] + "…" if len(text) > _MAX_VALUE else text


def _is_our_affair(record: logging.LogRecord) -> bool:
    """False for protocol errors of clients, which a close code answers, and for requests that end with the server."""
    if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
        return False
    return not str(record.msg).startswith(("Invalid UTF-8", "Invalid HTTP request", "Cancel %s running task"))
