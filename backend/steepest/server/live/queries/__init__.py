"""Handlers of commands that change nothing: each `async (context, command) -> event`. See `handlers.HANDLERS`."""
