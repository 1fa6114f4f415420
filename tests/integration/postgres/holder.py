"""A program that holds the embedded server of a directory until it is told to end: `holder DIR [INSERTED_NAME]`.

Prints one JSON line when it can use the server, then waits for the end of its standard input.
"""

import json
import signal
import sys
from pathlib import Path
from types import FrameType

import psycopg

from shared.postgres import running

_told: list[int] = []


def remember(number: int, frame: FrameType | None) -> None:
    """Ctrl-C may come while a finalizer runs, which swallows whatever is raised in it; then it is raised again below."""
    del frame
    _told.append(number)
    raise KeyboardInterrupt


def main() -> None:
    signal.signal(signal.SIGINT, remember)
    with running(Path(sys.argv[1])) as server:
        with psycopg.connect(server.dsn("owner").url) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(1)")
            connection.execute("CREATE TABLE IF NOT EXISTS public.visit (name text NOT NULL)")
            connection.execute("INSERT INTO public.visit VALUES (%s)", [sys.argv[2] if len(sys.argv) > 2 else "-"])
        print(json.dumps({"url": server.dsn("owner").url}), flush=True)  # noqa: T201
        if _told:
            raise KeyboardInterrupt
        sys.stdin.read()


if __name__ == "__main__":
    main()
