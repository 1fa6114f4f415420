"""What the demo needs and can begin before it has loaded itself: its settings, the embedded PostgreSQL, the stand-ins."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from services.cli.settings import platform_settings, refuse_demo_elsewhere
from services.cli.stand_ins import stand_ins
from services.ingest.settings import IngestSettings
from shared.ending import GRACE_SECONDS
from shared.settings import PlatformSettings


@dataclass(frozen=True)
class Early:
    """``sources`` waits until the stand-ins listen and then has the settings to reach them; ``joined`` is called once the
    database is open, and leaves it to this process alone."""

    settings: PlatformSettings
    sources: Callable[[], IngestSettings]
    joined: Callable[[], None]


@contextmanager
def begun_early(data_dir: Path) -> Iterator[Early]:
    """Raises SettingsInvalid and DemoRefused before anything is begun."""
    settings = platform_settings(data_dir)
    refuse_demo_elsewhere(settings)
    with ExitStack() as begun:
        joined = begun.enter_context(_embedded_server(data_dir))
        yield Early(settings, begun.enter_context(stand_ins(data_dir)), joined)


@contextmanager
def _embedded_server(data_dir: Path) -> Iterator[Callable[[], None]]:
    """What goes wrong in there goes wrong again when the server is joined, which says so."""
    command = [sys.executable, "-m", "shared.postgres", str(data_dir.absolute())]
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet)  # noqa: S603 - our own program
    try:
        yield lambda: _ended(child)
    finally:
        _ended(child)


def _ended(child: subprocess.Popen[bytes]) -> None:
    """Told to leave, and gone; again does nothing."""
    pipe = child.stdin
    if pipe is not None and not pipe.closed:
        # A line, because the end of the pipe is not seen while a fork of this process has it open. It may have ended already.
        with suppress(BrokenPipeError):
            pipe.write(b"\n")
            pipe.flush()
        with suppress(BrokenPipeError):
            pipe.close()
    try:
        child.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        # Still at a first start, or waiting for a server that ends slowly: it must not hide what is being said meanwhile.
        child.terminate()
