"""However the demo ends, nothing of it is left running; and it works where machines are awkward (Done when 1)."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.processes import ROOT, bangdiem, environment

PATIENCE = 180.0
pytestmark = pytest.mark.slow("one demo after another, each closing a month; test_demo has one that ends by SIGTERM")


def wait_until(true: object, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, f"not in time: {what}"
        threading.Event().wait(0.05)


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and all it started, found while they live."""
    return [process, *process.children(recursive=True)]


def server_of(data: Path) -> Iterator[psutil.Process]:
    """The embedded server of a data directory with its keeper, whoever started it: `postgres -D` names the directory."""
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "postgres" and str(data) in " ".join(process.info["cmdline"] or ()):
            keeper = process.parent()
            yield from family(process if keeper is None else keeper)


@dataclass(frozen=True)
class Somebody:
    """Who runs the demo: where, with which interpreter, environment and, where root tries it, as which user."""

    folder: Path
    python: str
    env: dict[str, str]
    become: dict[str, Any]

    def demo(self, *words: str) -> list[str]:
        return [self.python, "-m", "services.cli", "demo", "--data-dir", str(self.folder / "data"), *words]


class Demo:
    """A demo that serves, in a session of its own."""

    def __init__(self, somebody: Somebody) -> None:
        self.output = somebody.folder / "output.txt"
        with self.output.open("wb") as out:
            self.child = subprocess.Popen(
                somebody.demo("--port", "0"),
                cwd=ROOT,
                env=somebody.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **somebody.become,
            )
        wait_until(self.serves, "the demo serves")
        self.family = {*family(psutil.Process(self.child.pid)), *server_of(somebody.folder / "data")}

    def serves(self) -> bool:
        assert self.child.poll() is None, self.output.read_text()
        return "Ctrl-C" in self.output.read_text()

    def nothing_is_left(self) -> bool:
        return not any(member.is_running() and member.status() != psutil.STATUS_ZOMBIE for member in self.family)


@pytest.fixture(scope="module")
def somebody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Somebody]:
    """One data directory for all ends: each next demo must also recover what the last end left.

    Root becomes nobody, with an empty home and code nobody may write to, for that is how ordinary users run it.
    """
    nobody = pwd.getpwnam("nobody")
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    if os.getuid() != 0 or python is None or not _may_run(python, packages, nobody):
        yield Somebody(tmp_path_factory.mktemp("lifetimes"), sys.executable, environment(), {})
        return
    home = Path("/var/tmp") / f"bangdiem-{os.getpid()}-{time.monotonic_ns()}"  # noqa: S108 - must be reachable for nobody
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    become = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    yield Somebody(home, python, environment(HOME=str(home), PYTHONPATH=f"{ROOT}:{packages}"), become)
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_running(somebody: Somebody, end: signal.Signals) -> None:
    demo = Demo(somebody)
    assert len(demo.family) > 3, "the demo itself, the stand-in sources, PostgreSQL and its keeper"
    assert {"postgres"} < {each.name() for each in demo.family}
    if end == signal.SIGINT:
        os.killpg(demo.child.pid, end)  # Ctrl-C reaches the whole foreground group
    else:
        demo.child.send_signal(end)
    demo.child.wait(timeout=PATIENCE)
    wait_until(demo.nothing_is_left, f"nothing is left after {end.name}")
    # Orderly when it serves; by the way out when the signal comes a moment before.
    assert demo.child.returncode in {0, 128 + end, -signal.SIGKILL}, demo.output.read_text()
    assert "Traceback" not in demo.output.read_text()


def test_refused_acts_end_while_the_product_serves(somebody: Somebody) -> None:
    demo = Demo(somebody)
    data = somebody.folder / "data"
    key = json.loads((data / "demo-keys.json").read_text("utf-8"))["publisher"]
    try:
        for _ in range(3):
            words = ("publish", f"run_{'0' * 26}", "--key", key, "--reason", "thử", "--data-dir", str(data))
            done = bangdiem(*words, env=environment(), check=False)
            assert done.returncode == 2, done.stderr
    finally:
        demo.child.terminate()
        demo.child.wait(timeout=PATIENCE)


def test_a_second_demo_resumes_without_new_facts(somebody: Somebody) -> None:
    def facts() -> str:
        done = subprocess.run(
            somebody.demo("--exit"), cwd=ROOT, env=somebody.env, capture_output=True, text=True, timeout=PATIENCE, check=True,
            **somebody.become,
        )  # fmt: skip
        assert "Bảng điểm tháng 01/2026" in done.stdout
        return "\n".join(line for line in done.stdout.splitlines() if line.startswith("✓"))

    first = facts()
    assert first.count("snap_") == 8
    assert "công bố phiên bản 2" in first
    assert facts() == first


def _may_run(python: str, packages: str, user: pwd.struct_passwd) -> bool:
    """Whether this user can import the product with this interpreter: same version, readable files."""
    path = [str(ROOT), packages]
    probe = f"import sys; sys.path[:0] = {path!r}; import psycopg, services; print(sys.version_info[:2])"
    done = subprocess.run(
        [python, "-c", probe], cwd="/", user=user.pw_uid, group=user.pw_gid, extra_groups=[], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.returncode == 0 and done.stdout.strip() == str(sys.version_info[:2])
