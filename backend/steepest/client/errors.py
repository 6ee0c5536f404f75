"""What can go wrong between a client and a server."""

from steepest.protocol.events import Error


class ServerError(Exception):
    """The server's own `error` event; what was open stays open. event: all of it, `code` and `field` among the rest."""

    def __init__(self, event: Error) -> None:
        self.event = event
        super().__init__(f"{event.field}: {event.message}" if event.field else event.message)


class Unreachable(ConnectionError):
    """There is no server at the address, it refused us, or the connection ended."""
