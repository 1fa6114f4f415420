"""Asking for one body's code says what loading the whole registry says."""

from __future__ import annotations

from datetime import date

from shared.audit import record
from shared.database import Database
from shared.registry_store import is_registered, load_registry
from shared.tables.registry import agency
from tests.conftest import TestDatabase

BEGUN, ENDED = date(2026, 1, 1), date(2026, 6, 30)


def row(code: str, *, revision: int, valid_to: date | None) -> dict[str, object]:
    names = dict.fromkeys(("name_vi", "name_en", "head_title_vi", "head_title_en", "document"), f"{code} (giả định)")
    return {"code": code, "valid_from": BEGUN, "revision": revision, "valid_to": valid_to, "kind": "province", **names}


async def test_one_code_is_known_on_the_days_the_registry_holds_it(database: TestDatabase) -> None:
    owner = Database(database.superuser_url, role=None, pool_size=1)
    async with owner.transaction() as connection:
        # Z01 ends, by a correction of its first row; Z02 was said to end, and a correction took that back.
        for code, ends in (("Z01", (None, ENDED)), ("Z02", (ENDED, None))):
            for revision, valid_to in enumerate(ends, 1):
                await connection.execute(agency.insert().values(row(code, revision=revision, valid_to=valid_to)))
        await record(connection, "local:tests", "test.seed", "Z01")
    found = {}
    async with owner.read() as connection:
        for day in (date(2025, 12, 31), BEGUN, ENDED, date(2026, 7, 1)):
            known = (await load_registry(connection, day)).agencies
            for code in {*known, "Z01", "Z02", "Z03"}:
                found[code, day] = await is_registered(connection, code, day)
                assert found[code, day] == (code in known), (code, day)
    await owner.close()
    assert [found["Z01", day] for day in (BEGUN, ENDED, date(2026, 7, 1))] == [True, True, False]
    assert [found["Z02", day] for day in (date(2025, 12, 31), BEGUN, date(2026, 7, 1))] == [False, True, True]
