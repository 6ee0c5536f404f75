"""The classroom: a room is a log of events, and everything that anyone sees of it is a view of the log."""
