"""The log: one line an event, `event name=value ...`, on stderr. Never what a client sent, never a secret."""

import logging
import sys

_LOG = logging.getLogger("steepest")
_LONGEST = 200  # characters of one value


def configure(level: str, secret: str = "") -> None:
    """Every line of this process to stderr. level: debug, info, warning or error. secret: never written."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet(secret))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    _LOG.setLevel(level.upper())
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.setLevel(logging.WARNING)  # its start, stop and accept lines are ours to write
    uvicorn.addFilter(_without_client_faults)


class _Discreet(logging.Formatter):
    """No line of ours holds the secret; whatever a library writes into a line or a traceback, it will not be there."""

    def __init__(self, secret: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text.replace(self._secret, "***") if self._secret else text


def log_event(event: str, level: int = logging.INFO, /, *, trace: str = "", **fields: object) -> None:
    """Writes one event. trace: a traceback, on the lines after it."""
    if _LOG.isEnabledFor(level):
        words = [event, *(f"{name}={_one_line(value)}" for name, value in fields.items())]
        _LOG.log(level, "%s", " ".join(words) + (f"\n{trace.rstrip()}" if trace else ""))


def _one_line(value: object) -> str:
    """A value that cannot break the line, whoever chose it."""
    text = str(value)
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    return text if text.isprintable() and " " not in text and text else repr(text)


def _without_client_faults(record: logging.LogRecord) -> bool:
    """What a client did wrong on the wire is answered by a close code; a traceback of it is no news."""
    return not str(record.msg).startswith(("Invalid UTF-8", "Invalid HTTP request"))
