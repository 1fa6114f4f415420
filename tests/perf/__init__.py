"""Speed as ratios: every job beside its floor, in the same run (``python -m tests.perf``)."""
