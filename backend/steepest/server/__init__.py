"""The server: HTTP and live sockets, sessions, worker processes, and who may connect."""
