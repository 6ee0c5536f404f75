"""Who may connect, and how much a connection may ask for."""
