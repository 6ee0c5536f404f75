"""Limits of an experiment. A server can have lower ones."""

MAX_RUNS = 8
MAX_EDITS = 1000  # most experiments with so many fit in one message of 64 KiB
MAX_STEP = 10_000_000  # what an edit may name
MAX_SEED = 2**63 - 1  # torch.manual_seed takes no more
MAX_PARAMETERS = 1_000_000  # of a model
MAX_BYTES = 2**30  # of one run's parameters, gradient, optimizer state and activations, as estimated

# Of a sweep.
MAX_COUNT = 1024  # values of an axis
MAX_SWEEP_STEPS = 1_000_000
MAX_SWEEP_RUNS = 2**22
MAX_UPDATES = 10**10  # of all its runs: some ten minutes of kernels for a surface
