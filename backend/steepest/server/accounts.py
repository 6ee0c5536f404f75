"""What each client of the server uses now. A client is an address: a browser can open many sockets and requests."""

from collections import OrderedDict

from starlette.types import Scope

from steepest.server.errors import ClientLimit
from steepest.server.places import Places
from steepest.server.security.peer import peer_of
from steepest.server.settings import Settings
from steepest.server.worker.scheduler import FairShare
from steepest.spec import Text

_MAX_ACCOUNTS = 10_000  # addresses that are remembered; of those that use nothing now the oldest are forgotten


class Account:
    """What one address uses.

    share: of the workers' time, for its HTTP requests; each live socket has its own.
    sockets, rooms, sessions, uploads, exports: how many it may have at the same time, and has.
    memory: bytes that its open experiments need. files: bytes of its exported files that are being made or downloaded.
    """

    def __init__(self, settings: Settings) -> None:
        self.share = FairShare()
        self.sockets = _places(settings.client_sockets, "connections open", "个连接")
        self.rooms = _places(settings.client_rooms, "connections to rooms", "个课堂连接")
        self.sessions = _places(settings.client_sessions, "experiments open", "个打开的实验")
        self.uploads = _places(settings.client_uploads, "files being uploaded", "个文件正在上传")
        self.exports = _places(settings.client_exports, "exports running", "个导出正在进行")
        self.memory = 0
        self.files = 0

    @property
    def in_use(self) -> bool:
        """Whether the address has anything now."""
        taken = any(places.taken for places in (self.sockets, self.rooms, self.sessions, self.uploads, self.exports))
        return taken or self.memory > 0 or self.files > 0


class Accounts:
    """The accounts of one server, by address. settings: the limits of each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    def of(self, scope: Scope) -> Account:
        """The account of the client that sent a request or opened a socket."""
        peer = peer_of(scope)
        account = self._accounts.get(peer)
        if account is None:
            account = self._accounts[peer] = Account(self._settings)
            self._forget()
        self._accounts.move_to_end(peer)
        return account

    def __len__(self) -> int:
        return len(self._accounts)

    def _forget(self) -> None:
        """Forgets the oldest accounts that use nothing. One in use would start to count again from nothing."""
        while len(self._accounts) > _MAX_ACCOUNTS:
            unused = next((peer for peer, account in self._accounts.items() if not account.in_use), None)
            if unused is None:
                return
            del self._accounts[unused]


def _places(limit: int, en: str, zh: str) -> Places:
    text = Text(
        f"your address has {limit} {en}, which is this server's limit for one address",
        f"您的地址已有 {limit} {zh}，已达本服务器对单个地址的上限",
    )
    return Places(limit, text, ClientLimit)
