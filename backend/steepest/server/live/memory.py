"""Whether there is memory for an experiment, before it is open."""

from steepest.engine import Prepared
from steepest.server.errors import address_uses_memory, memory_in_use, too_much_memory
from steepest.server.live.client import LiveClient
from steepest.server.live.session import memory_needed

# Parts of the server's memory: a large experiment leaves room for others, and one address for other addresses.
_MOST_OF_ONE = 4
_MOST_OF_ADDRESS = 2


def check_memory(client: LiveClient, prepared: Prepared, document: str, field: str) -> None:
    """Raises `Refused` where there is no memory for an experiment instead of the client's present one, if any.

    field: what asks for the memory.
    """
    store, needed = client.service.checkpoints, memory_needed(prepared, document)
    now = 0 if client.session is None else client.session.needed
    most = store.max_bytes // _MOST_OF_ONE
    if needed > most:
        raise too_much_memory(needed, most, field)
    if needed <= now:
        return
    if client.account.memory - now + needed > store.max_bytes // _MOST_OF_ADDRESS:
        raise address_uses_memory()
    if store.needed - now + needed > store.max_bytes:
        raise memory_in_use()
