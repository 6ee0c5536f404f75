"""Settings and order of all tests."""

import pytest
import torch

# As in a worker: what is compared with a server's records must be summed in the same order, and more threads would only
# get in each other's way.
torch.set_num_threads(1)

# Slow folders first, so that the processes of `make test` end at about the same time.
_FIRST = ("tests/page/", "tests/server/", "tests/cli/", "tests/export/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Orders by kind; within a kind, files and tests stay shuffled as pytest-randomly left them."""
    items.sort(key=lambda item: next((n for n, folder in enumerate(_FIRST) if item.nodeid.startswith(folder)), 9))
