"""The engine's data: records, verdicts, checkpoints and the hash of a recording."""
