"""Rooms on the server: their sockets, what is sent to whom, and the one writer of each room's log."""
