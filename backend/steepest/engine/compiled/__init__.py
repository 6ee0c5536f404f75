"""Training steps as machine code."""
