"""The live socket: commands, the session, and queries about it."""
