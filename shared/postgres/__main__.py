"""``python -m shared.postgres DIR``: the server of a data directory, held until a line or the end of standard input comes.

For whoever has other things to load meanwhile and joins the server afterwards.
"""

from __future__ import annotations

import sys
from pathlib import Path

from shared.postgres.server import running

if __name__ == "__main__":
    with running(Path(sys.argv[1])):
        sys.stdin.readline()
