"""Errors between a client and a server."""

from steepest.protocol.events import Error


class ServerError(Exception):
    """The server answered with an `error` event. An open experiment stays open. event: all of it."""

    def __init__(self, event: Error) -> None:
        self.event = event
        super().__init__(f"{event.field}: {event.message}" if event.field else event.message)


class Unreachable(ConnectionError):
    """No server at the address, a refusal before the connection, or a lost connection."""
