"""The command line at another instant: ``python -m tests.e2e.later INSTANT WORDS…``, so that a year's months are over.

Only the product's clock is moved, which every service is given (shared.timer.now); the database's and the sources' go on.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import shared.timer

if __name__ == "__main__":
    begun, instant = datetime.now(UTC), datetime.fromisoformat(sys.argv.pop(1))
    # Before anything that takes the clock as its default is imported.
    shared.timer.now = lambda: instant + (datetime.now(UTC) - begun)
    from services.cli.application import main

    main()
