"""``python -m deploy.sandbox``: the five source systems as one program, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.sandbox.app import Sandbox
from deploy.sandbox.process import die_with_parent
from deploy.sandbox.server import described, listen, options, server, write_port_file


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--seed", type=int, default=4585, help="all invented figures follow from it")
    parser.add_argument("--tasks", type=_positive, help="task rows per period (default: the plan's natural number)")
    parser.add_argument(
        "--port-file", type=Path, help="where to write, as JSON, how to reach the sources (0600: holds secrets)"
    )
    parser.add_argument("--die-with-parent", action="store_true", help="end when the starting process ends")
    parser.add_argument("--token-seconds", type=_positive, default=3600, help="lifetime of access tokens")
    parser.add_argument("--signature", choices=("EdDSA", "ES256", "none"), default="EdDSA", help="how payloads are signed")
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop. Without a port file the same JSON goes to standard output."""
    parent = os.getppid()
    given = _arguments(argv)
    if given.die_with_parent:
        die_with_parent(parent)
    chosen = options(
        seed=given.seed,
        tasks=given.tasks,
        token_seconds=given.token_seconds,
        signature=given.signature,
        environment=os.environ,
    )
    sandbox = Sandbox(chosen)
    if planted := os.environ.get("SANDBOX_SLIPS"):
        sandbox.slips.plant_all(Path(planted))
    running = server(sandbox)

    def end(*_: object) -> None:
        # Remembered, not raised: an exit raised while foreign code runs may be swallowed there. uvicorn asks for this flag
        # before it begins and ten times a second, and hands its own signals on to here when it has stopped.
        running.should_exit = True

    signal.signal(signal.SIGTERM, end)
    with listen(given.host, given.port) as bound:
        content = described(sandbox, bound)
        if given.port_file is None:
            sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            write_port_file(given.port_file, content)
        try:
            running.run(sockets=[bound])
        except KeyboardInterrupt:
            return 0
        finally:
            if given.port_file is not None:
                given.port_file.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
