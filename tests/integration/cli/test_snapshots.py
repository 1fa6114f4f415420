"""`bangdiem snapshot verify` proves snapshots again; what it finds, readiness tells (SNP-02)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from services.cli.application import application
from services.ingest.settings import IngestSettings
from shared.errors import InputInvalid
from shared.period import Period
from tests.conftest import TestDatabase
from tests.contract.stand_ins import Bench, bench
from tests.e2e.processes import bangdiem, environment
from tests.integration.gateway.conftest import API, House, opened_house
from tests.integration.ingest.files import ndxp_file

JANUARY = Period(2026, 1)


@pytest.fixture
async def house(database: TestDatabase) -> AsyncIterator[House]:
    async with opened_house(database) as made:
        yield made


@pytest.fixture
async def keep(app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    found = bench(app_url, owner_url, IngestSettings())
    yield found
    await found.runtime.database.close()


def verify(database: TestDatabase, *words: str) -> subprocess.CompletedProcess[str]:
    env = environment(DATABASE_URL=database.app_url)
    return bangdiem("snapshot", "verify", *words, env=env, check=False)


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Standard error below the line that names the database."""
    place, _, rest = done.stderr.partition("\n")
    assert place.startswith("Cơ sở dữ liệu: ")
    return rest


def alter(database: TestDatabase, statement: str, *given: Any) -> None:
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")
        assert connection.execute(statement.encode(), given).rowcount == 1


async def ready(house: House) -> dict[str, Any]:
    answer = await house.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    told: dict[str, Any] = answer.json()["snapshots"]
    return told


async def test_from_nothing_over_a_sound_snapshot_to_one_that_was_altered(
    house: House, keep: Bench, database: TestDatabase
) -> None:
    """One story, because every step of it is the start of the next."""
    nothing = verify(database, "--all")
    assert (nothing.returncode, nothing.stdout) == (0, "Chưa có bản chốt nào.\n")
    empty = {"state": "proven", "failing_count": 0, "failing": [], "unverified_count": 0, "oldest_verified_at": None}
    assert await ready(house) == empty

    made = await ndxp_file(keep, JANUARY, [("G06", 7), ("H38", 9)])
    name, root = made.snapshot_id, made.root
    assert await ready(house) == {**empty, "state": "unverified", "unverified_count": 1}
    assert (await house.get(f"{API}/snapshots/{name}", "reader")).json()["verification"] is None

    sound = verify(database, name)
    assert (sound.returncode, said(sound)) == (0, "")
    assert sound.stdout == (
        f"{name} · Nền tảng tích hợp, chia sẻ dữ liệu quốc gia (NDXP), tháng 01/2026, phiên bản 1 · 2 dòng · gốc Merkle {root}"
        " · dòng dữ liệu: khớp · dữ liệu gốc lưu trữ: khớp · kết luận: khớp\n"
    )
    after = await ready(house)
    assert (after["state"], after["unverified_count"], after["oldest_verified_at"] is None) == ("proven", 0, False)
    shown = (await house.get(f"{API}/snapshots/{name}", "reader")).json()["verification"]
    assert shown == {"verified_at": after["oldest_verified_at"], "holds": True}

    other = await ndxp_file(keep, Period(2026, 2), [("G06", 7), ("H38", 10)])
    change = "UPDATE ingest.exchange_volume SET transactions = %s WHERE snapshot_pk = %s AND ordinal = 2"
    alter(database, change, 90, made.pk)
    bad = verify(database, "--all")
    assert bad.returncode == 2
    first, *differences, second, last = bad.stdout.splitlines()
    assert first.startswith(f"{name} · ")
    assert first.endswith(" · dòng dữ liệu: KHÔNG KHỚP · dữ liệu gốc lưu trữ: khớp · kết luận: KHÔNG KHỚP")
    assert [line.split(":")[0] for line in differences] == ["  - exchange_volumes/row 2", "  - exchange_volumes/rows"]
    assert second.startswith(f"{other.snapshot_id} · ")
    assert second.endswith("kết luận: khớp")
    assert last == "Đã kiểm tra 2 bản chốt: 1 bản không khớp."
    failing = await ready(house)
    assert (failing["state"], failing["failing_count"], failing["failing"]) == ("failing", 1, [name])
    assert (await house.get(f"{API}/snapshots/{name}", "reader")).json()["verification"]["holds"] is False

    alter(database, change, 9, made.pk)
    assert (await ready(house))["state"] == "failing"
    again = json.loads(verify(database, name, "--json").stdout)
    assert (again["failing"], [each["holds"] for each in again["snapshots"]]) == (0, [True])
    assert (await ready(house))["state"] == "proven"


async def test_bytes_that_were_lost_are_named_and_the_rows_still_prove(keep: Bench, database: TestDatabase) -> None:
    made = await ndxp_file(keep, Period(2026, 3), [("G06", 31), ("H38", 9)])
    kept = "(SELECT files -> 0 ->> 'sha256' FROM ingest.official_file WHERE pull_id = %s)"
    alter(database, f"DELETE FROM ingest.raw_body WHERE sha256 = {kept}", made.pull_id)
    found = verify(database, made.snapshot_id)
    line, difference = found.stdout.splitlines()
    assert found.returncode == 2
    assert "dòng dữ liệu: khớp · dữ liệu gốc lưu trữ: KHÔNG KHỚP" in line
    assert difference.startswith("  - archive: có sha256:")
    assert "no such bytes in the archive" in difference


@pytest.mark.parametrize("words", [(), ("snap_0", "--all")])
def test_it_is_one_snapshot_or_all_of_them(words: tuple[str, ...]) -> None:
    """Said before anything is opened, so there need be no installation."""
    asked = ["snapshot", "verify", *words]
    with pytest.raises(InputInvalid, match="one snapshot, or --all"):
        application(asked)(asked, standalone_mode=False)


def test_an_unknown_snapshot_is_refused(database: TestDatabase) -> None:
    unknown = verify(database, "snap_0")
    assert (unknown.returncode, unknown.stdout, said(unknown)) == (2, "", "Không tìm thấy: không có bản chốt snap_0\n")
