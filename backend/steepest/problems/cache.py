"""What a process keeps because making it again takes time: samples, kernels, prepared experiments. Counted in bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal, Protocol, TypeVar, cast, runtime_checkable

import numpy as np
from torch import Tensor

T = TypeVar("T")

Kind = Literal["problem", "data set", "document", "kernel"]

# Owners of each kind that are kept at most, whatever their size.
MOST: Mapping[Kind, int] = {"problem": 64, "data set": 16, "document": 128, "kernel": 300}


@runtime_checkable
class HoldsMemory(Protocol):
    """An object that says which of its attributes are large: arrays, tensors, or collections of these."""

    def large(self) -> Iterable[object]:
        """They may be shared with other objects."""
        ...


_Owner = tuple[Kind, object]


@dataclass
class _Entry:
    """What is kept for one owner. values: by name. fixed: bytes of values that said their size.

    measured: names of the other values. blocks: their bytes by address, as they were measured last.
    """

    values: dict[Hashable, Any] = field(default_factory=dict)
    fixed: int = 0
    measured: list[Hashable] = field(default_factory=list)
    blocks: Mapping[int, int] = field(default_factory=dict)


class Cache:
    """Values by owner and name. The values of one owner are kept and dropped together: often they share memory.

    used: bytes, as of the last `shrink`. Memory that is shared by several values is counted once.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._entries: OrderedDict[_Owner, _Entry] = OrderedDict()
        self._touched: set[_Owner] = set()  # since the last `shrink`
        self._grown: set[_Owner] = set()  # since they were measured
        self._holders: dict[int, int] = {}  # so many entries hold the block at an address
        self.used = 0

    def keep(self, kind: Kind, owner: object, name: Hashable, make: Callable[[], T], size: int | None = None) -> T:
        """The value, made where it is not there. size: in bytes; else it is measured once, at the next `shrink`."""
        key = kind, owner
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            self._touched.add(key)
            if name not in entry.values:
                try:
                    value = make()
                except BaseException:
                    if not entry.values:  # nothing would ever drop it
                        self._entries.pop(key, None)
                    raise
                entry.values[name] = value
                if size is None:
                    entry.measured.append(name)
                    self._grown.add(key)
                else:
                    entry.fixed += size
                    self.used += size
                self._drop_surplus(kind)
                return value
            return cast(T, entry.values[name])

    def find(self, kind: Kind, owner: object, name: Hashable) -> Any:
        """The value; None where it is not there."""
        with self._lock:
            entry = self._entries.get((kind, owner))
            return None if entry is None else entry.values.get(name)

    def shrink(self, max_bytes: int) -> int:
        """Drops the owners used longest ago until all fit, but none that was used since the last call of this.

        Returns the bytes that became free.
        """
        with self._lock:
            for owner in self._grown & self._entries.keys():
                self._measure(self._entries[owner])
            self._grown.clear()
            before = self.used
            if self.used > max_bytes:
                self._drop_old(max_bytes)
            self._touched.clear()
            return before - self.used

    def count(self, kind: Kind) -> int:
        """Owners of one kind."""
        return sum(owner[0] == kind for owner in self._entries)

    def _drop_surplus(self, kind: Kind) -> None:
        owners = [owner for owner in self._entries if owner[0] == kind]
        for owner in owners[: -MOST[kind]]:
            self._drop(owner)

    def _drop_old(self, max_bytes: int) -> None:
        for owner in [owner for owner in self._entries if owner not in self._touched]:
            self._drop(owner)
            if self.used <= max_bytes:
                return

    def _drop(self, owner: _Owner) -> None:
        entry = self._entries.pop(owner)
        self.used -= entry.fixed
        self._release(entry)

    def _measure(self, entry: _Entry) -> None:
        self._release(entry)
        found: dict[int, int] = {}
        for name in entry.measured:
            _find_blocks(entry.values[name], found)
        entry.blocks = found
        for address, size in found.items():
            holders = self._holders.get(address, 0)
            self._holders[address] = holders + 1
            self.used += 0 if holders else size

    def _release(self, entry: _Entry) -> None:
        for address, size in entry.blocks.items():
            holders = self._holders.pop(address) - 1
            if holders:
                self._holders[address] = holders
            else:
                self.used -= size
        entry.blocks = {}


def _find_blocks(value: object, found: dict[int, int]) -> None:
    """Adds the memory of a value's arrays and tensors to `found`: bytes by address."""
    if isinstance(value, Tensor):
        storage = value.untyped_storage()
        found[storage.data_ptr()] = storage.nbytes()
    elif isinstance(value, np.ndarray):
        if value.base is None:
            found[value.ctypes.data] = value.nbytes
        else:
            _find_blocks(value.base, found)
    elif isinstance(value, HoldsMemory):
        _find_blocks(list(value.large()), found)
    elif is_dataclass(value) and not isinstance(value, type):
        _find_blocks([getattr(value, each.name) for each in fields(value)], found)
    elif isinstance(value, Mapping):
        _find_blocks(list(value.values()), found)
    elif isinstance(value, list | tuple):
        for each in value:
            _find_blocks(each, found)


CACHE = Cache()
