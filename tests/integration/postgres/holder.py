"""A program that holds the embedded server of a directory until it is told to end: `holder DIR [INSERTED_NAME]`.

Prints one JSON line when it can use the server, then waits for the end of its standard input.
"""

import json
import sys
from pathlib import Path

import psycopg

from shared.postgres import running


def main() -> None:
    with running(Path(sys.argv[1])) as server:
        with psycopg.connect(server.dsn("owner").url) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(1)")
            connection.execute("CREATE TABLE IF NOT EXISTS public.visit (name text NOT NULL)")
            connection.execute("INSERT INTO public.visit VALUES (%s)", [sys.argv[2] if len(sys.argv) > 2 else "-"])
        print(json.dumps({"url": server.dsn("owner").url}), flush=True)  # noqa: T201
        sys.stdin.read()


if __name__ == "__main__":
    main()
