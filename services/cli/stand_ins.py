"""The stand-in source systems of the demo, as a child process that ends with this one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.ingest.settings import IngestSettings, SourceSettings
from shared.errors import Unavailable

START_SECONDS = 30


@contextmanager
def stand_ins(data_dir: Path) -> Iterator[Callable[[], IngestSettings]]:
    """Start them; gives what waits until they listen and then has the settings to reach them."""
    data_dir.mkdir(parents=True, exist_ok=True)
    port_file = (data_dir / "sandbox.json").absolute()
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "deploy.sandbox", "--port-file", str(port_file), "--die-with-parent"]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    try:
        yield lambda: settings_of(wait_for(port_file, child))
    finally:
        child.terminate()
        child.wait(timeout=10)


def settings_of(described: Mapping[str, Any]) -> IngestSettings:
    """Settings from what the stand-ins say of themselves."""
    return IngestSettings(
        **{
            name: SourceSettings(
                base_url=source["base_url"],
                token_url=source["token_url"],
                client_id=source["client_id"],
                client_secret=source["client_secret"],
                public_jwk=json.dumps(source["jwk"]),
            )
            for name, source in described["sources"].items()
        }
    )


def wait_for(port_file: Path, child: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What the stand-ins say of themselves once they listen."""
    for _ in range(START_SECONDS * 20):
        if port_file.exists():
            found: dict[str, Any] = json.loads(port_file.read_text("utf-8"))
            return found
        try:
            code = child.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        raise Unavailable(f"the stand-in sources ended with code {code}", hint="Run `python -m deploy.sandbox` to see why.")
    raise Unavailable(f"the stand-in sources did not start within {START_SECONDS} s")
