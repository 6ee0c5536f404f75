"""Settings and order of all tests."""

import os
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings

# Kernels are kept with pytest's own cache, not with the user's; servers that tests start inherit it.
os.environ["STEEPEST_CACHE"] = str(Path(__file__).parent.parent / ".pytest_cache" / "kernels")
# Not in every server that a test starts.
os.environ["STEEPEST_MAKE_KERNELS"] = "false"

# Whether an example is made in time depends on what else the machine does.
settings.register_profile("drawn", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The usual tests have the same examples each time, so that a failure tells of a change; the long ones draw new ones.
settings.register_profile("same", settings.get_profile("drawn"), derandomize=True)
settings.load_profile("same")

# As in a worker: what is compared with a server's records must be summed in the same order, and more threads would only
# get in each other's way.
torch.set_num_threads(1)

# Folders with slow files first, so that the processes of `make test` end at about the same time.
_FIRST = ("page", "server", "cli", "export", "engine", "protocol", "gallery", "optimizers")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Orders by folder; within a folder, files and tests stay shuffled as pytest-randomly left them."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return _FIRST.index(folder) if folder in _FIRST else len(_FIRST)
