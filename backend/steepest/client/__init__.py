"""A small synchronous client of the live socket, for the command line, tests and notebooks.

with connect("http://127.0.0.1:8000") as client:
    client.open(experiment)
    for chunk in client.records(until=100):
        ...
"""

from steepest.client.address import Address
from steepest.client.errors import ServerError, Unreachable
from steepest.client.live import Client, connect

__all__ = ["Address", "Client", "ServerError", "Unreachable", "connect"]
