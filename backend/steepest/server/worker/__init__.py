"""The worker processes, the scheduler before them, and the tasks that they run."""
