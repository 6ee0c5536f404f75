"""The messages between client and server: commands, events, arrays, the catalog."""
