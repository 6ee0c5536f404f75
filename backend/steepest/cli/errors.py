"""The error that ends a command."""


class Failure(Exception):
    """The command cannot continue; the message is for the user."""
