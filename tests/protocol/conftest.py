"""A really started server."""

from collections.abc import Iterator

import pytest
from tests.protocol.served import served


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Its address."""
    with served() as address:
        yield address
