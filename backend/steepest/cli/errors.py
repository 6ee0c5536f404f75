"""What ends a command with one line."""


class Failure(Exception):
    """A command that cannot go on; the message is for the person who typed it."""
