"""What each client of the server uses now. A client is an address: a browser can open many sockets and requests."""

from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.types import Scope

from steepest.server.security.peer import peer_of
from steepest.server.worker.scheduler import FairShare

_MAX_ACCOUNTS = 10_000  # addresses that are remembered; those heard of longest ago are forgotten


@dataclass
class Account:
    """What one address uses.

    share: of the workers' time, for its HTTP requests; each live socket has its own.
    """

    share: FairShare = field(default_factory=FairShare)


class Accounts:
    """The accounts of one server, by address."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    def of(self, scope: Scope) -> Account:
        """The account of the client that sent a request or opened a socket."""
        peer = peer_of(scope)
        account = self._accounts.setdefault(peer, Account())
        self._accounts.move_to_end(peer)
        while len(self._accounts) > _MAX_ACCOUNTS:
            self._accounts.popitem(last=False)
        return account
