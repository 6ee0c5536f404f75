"""The uploaded tables: which are in use, who uploaded them, and which are removed where there is no room.

A table in use is never removed: an experiment that is open, or being exported, reads it again whenever a worker has
forgotten it. Of the others the one used longest ago goes first. Who has uploaded too much loses tables of one's own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from steepest.problems.table import StoredTable, touch_table
from steepest.server.errors import ClientLimit, Refused
from steepest.spec import Experiment, Text


class Tables:
    """The tables of one server. most, of_one: bytes of all together, and of those that one address has uploaded."""

    def __init__(self, most: int, of_one: int) -> None:
        self._most = most
        self._of_one = of_one
        self._users: Counter[str] = Counter()
        self._owners: dict[str, str] = {}  # of the tables uploaded since the server started; the first who did

    def take(self, experiment: Experiment) -> None:
        """Marks the table of an experiment as in use, where it has one. Each call needs one of `give_back`."""
        for name in _tables_of(experiment):
            self._users[name] += 1
            touch_table(name)

    def give_back(self, experiment: Experiment) -> None:
        """Ends one use."""
        for name in _tables_of(experiment):
            self._users[name] -= 1
            if not self._users[name]:
                del self._users[name]
            touch_table(name)

    @contextmanager
    def used(self, experiment: Experiment) -> Iterator[None]:
        """In use for the duration of the block."""
        self.take(experiment)
        try:
            yield
        finally:
            self.give_back(experiment)

    def make_room(self, new: str, peer: str, folder: Sequence[StoredTable]) -> list[str]:
        """The tables to remove, after `peer` has uploaded one.

        new: its name. folder: all tables, with this one. Raises `Refused` where the new one has no room.
        """
        owners = {**self._owners}
        owners.setdefault(new, peer)
        removed: list[str] = []
        own = [table for table in folder if owners.get(table.name) == peer]
        for tables, limit, full in (
            (own, self._of_one, self._client_full()),
            (folder, self._most, self._folder_full()),
        ):
            left = [table for table in tables if table.name not in removed]
            excess = sum(table.size for table in left) - limit
            unused = [table for table in left if table.name != new and not self._users[table.name]]
            for table in sorted(unused, key=lambda table: table.used):
                if excess <= 0:
                    break
                removed.append(table.name)
                excess -= table.size
            if excess > 0:
                raise full
        self._owners = {table.name: owners[table.name] for table in folder if table.name in owners}
        return removed

    def _client_full(self) -> Refused:
        size = self._of_one / 1e6
        text = Text(
            f"your address may have {size:g} MB of tables here, and those that you uploaded are all open; close an "
            "experiment that uses one, then upload this file again",
            f"您的地址在此最多可存 {size:g} MB 表格，而您上传的表格都在使用中；请先关闭使用其中一个的实验，再重新上传",
        )
        return ClientLimit("limit", text, "file")

    def _folder_full(self) -> Refused:
        size = self._most / 1e6
        text = Text(
            f"the server's {size:g} MB for tables are full, and all tables are in use; upload this file again when an "
            "experiment with a table of one's own was closed, or ask the person who runs the server for more room",
            f"服务器存表格的 {size:g} MB 已满，且所有表格都在使用中；"
            "请等使用自有表格的实验关闭后再上传，或请服务器的管理者扩大空间",
        )
        return Refused("busy", text, "file")


def _tables_of(experiment: Experiment) -> list[str]:
    """The name of the uploaded table that an experiment learns from; none for other experiments."""
    problem = experiment.problem
    if problem.kind != "learning" or problem.dataset.id != "csv":
        return []
    name = problem.dataset.params.get("file")
    return [name] if isinstance(name, str) else []
