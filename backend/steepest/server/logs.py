"""The log: one line for each event, `event name=value ...`, on stderr. Never what a client sent, never a secret."""

import logging
import sys

_LOG = logging.getLogger("steepest")
_MAX_VALUE = 200  # characters of one value


def configure(level: str, secret: str = "") -> None:
    """Sends all log lines of this process to stderr. level: debug, info, warning or error. secret: never written."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter(secret))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    _LOG.setLevel(level.upper())
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.setLevel(logging.WARNING)  # the server writes its own lines for start, stop and accept
    uvicorn.addFilter(_is_no_client_error)


class _RedactingFormatter(logging.Formatter):
    """Replaces the secret: a library may write it into a line or a traceback."""

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
    """The value as text that cannot break the line."""
    text = str(value)
    if len(text) > _MAX_VALUE:
        text = text[:_MAX_VALUE] + "…"
    return text if text.isprintable() and " " not in text and text else repr(text)


def _is_no_client_error(record: logging.LogRecord) -> bool:
    """False for protocol errors of clients: a close code answers them, and their tracebacks are noise."""
    return not str(record.msg).startswith(("Invalid UTF-8", "Invalid HTTP request"))
