"""Receipts: issued with the acceptance, proven offline, through rotations and revocations (INT-10, SEC-08)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.gateway.access import tenancy
from services.gateway.reports import signing_keys
from services.gateway.reports.keyring import Keyring, new_key, read_key
from services.gateway.reports.receipt_checks import ReceiptRefused, prove, read_key_set
from services.gateway.reports.receipts import issue
from services.gateway.reports.signing_keys import NoSigningKey, SigningKeyEnded
from services.gateway.reports.store import receipts as stored
from services.gateway.reports.store.records import Receipt
from shared.audit import Actor
from shared.database import Database
from shared.errors import NotFound
from tests.conftest import TestDatabase
from tests.integration.gateway import accepted

ROOT = Actor("local:tests")
NOON = datetime(2026, 2, 4, 5, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 2, 4, 17, 0, tzinfo=UTC)


WAITING = """
SELECT 1 FROM pg_locks
 WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass
class Office:
    """A keyring over a folder, its database, and a clock that the test moves."""

    database: Database
    folder: Path
    now: datetime = NOON
    submissions: int = field(default=0)

    @property
    def keyring(self) -> Keyring:
        return Keyring(issuer="https://bangdiem.example", folder=self.folder)

    def add_key(self) -> str:
        """The id of a new key file."""
        path = self.folder / f"{len(list(self.folder.iterdir())) + 1:04d}.jwk"
        path.write_text(new_key())
        path.chmod(0o600)
        return read_key(path.read_text(), place=path.name).kid

    async def rotate(self) -> str:
        """The id of the key that signs from now on."""
        kid = self.add_key()
        await signing_keys.rotate(
            self.database, actor=ROOT, key=self.keyring.newest_first()[0], reason="đổi khóa định kỳ", now=self.now
        )
        return kid

    async def hand_in(self, **about: Any) -> Receipt:
        """A new receipt of H38's January."""
        self.submissions += 1
        async with tenancy.transaction(self.database, accepted.member("H38", "signer")) as connection:
            handed = await accepted.hand_in(
                connection, agency="H38", period="2026-01", now=self.now, sequence=self.submissions, **about
            )
            return await issue(connection, keyring=self.keyring, form=handed.form, acceptance=handed.acceptance, now=self.now)

    async def keys(self) -> dict[str, dict[str, Any]]:
        """The published key set, through its JSON text."""
        async with self.database.read() as connection:
            return read_key_set(json.dumps(await signing_keys.published_keys(connection)))


@pytest.fixture
async def office(database: TestDatabase, tmp_path: Path) -> AsyncIterator[Office]:
    pool = Database(database.app_url, role="gateway", pool_size=3)
    folder = tmp_path / "receipt-keys"
    folder.mkdir()
    made = Office(pool, folder)
    async with pool.read() as connection:
        made.submissions = await _last(connection)
    await made.rotate()
    yield made
    await pool.close()


async def _last(connection: Any) -> int:
    await connection.exec_driver_sql("SELECT set_config('bangdiem.reads', '*', true)")
    return int((await connection.exec_driver_sql("SELECT coalesce(max(sequence), 0) FROM intake.submission")).scalar_one())


async def test_a_receipt_names_what_was_handed_in(office: Office) -> None:
    given = await office.hand_in(deadline=DEADLINE)
    proven = prove(given.jws, await office.keys())
    assert proven.kid == given.kid
    assert given.receipt_number == f"BN-2026-01-H38-{given.sequence:06d}"
    assert proven.content == {
        "receipt_number": given.receipt_number,
        "issuer": "https://bangdiem.example",
        "agency": "H38",
        "period": "2026-01",
        "sequence": office.submissions,
        "submission_id": given.submission_id,
        "form": "monthly-report/1",
        "digest": accepted.DIGEST,
        "file_digest": accepted.FILE_DIGEST,
        "media_type": "application/json",
        "catalogue_digest": accepted.CATALOGUE,
        "submitted_at": "2026-02-04T12:00:00.000000+07:00",
        "deadline": "2026-02-05T00:00:00.000000+07:00",
        "late": False,
        "issued_at": "2026-02-04T12:00:00.000000+07:00",
        "signature_digest": None,
    }


async def test_receipts_are_numbered_in_turn_and_each_has_its_audit_row(office: Office) -> None:
    first, second = await office.hand_in(), await office.hand_in()
    assert first.sequence < second.sequence
    async with office.database.engine.connect() as connection:
        with pytest.raises(Exception, match="permission denied"):
            await connection.exec_driver_sql("UPDATE intake.receipt SET jws = ''")


async def test_an_old_receipt_is_good_after_two_rotations(office: Office) -> None:
    old = await office.hand_in()
    kids = [old.kid]
    for _ in range(2):
        office.now += timedelta(days=1)
        kids.append(await office.rotate())
        office.now += timedelta(seconds=1)
        assert (await office.hand_in()).kid == kids[-1]
    assert len(set(kids)) == 3
    keys = await office.keys()
    proven = prove(old.jws, keys)
    assert (proven.kid, proven.state) == (kids[0], "retired")
    assert [keys[kid]["state"] for kid in kids] == ["retired", "retired", "active"]
    with pytest.raises(ReceiptRefused, match="not in the public key set"):
        prove(old.jws, {kids[1]: keys[kids[1]]})


async def test_a_revoked_key_signs_nothing_new(office: Office) -> None:
    before = await office.hand_in()
    office.now += timedelta(hours=1)
    stolen_from = office.now
    after = await office.hand_in()
    await signing_keys.end_key(
        office.database,
        kind="revoked",
        actor=ROOT,
        kid=before.kid,
        from_instant=stolen_from,
        reason="nghi lộ khóa (minh họa)",
    )
    with pytest.raises(NoSigningKey):
        await office.hand_in()
    keys = await office.keys()
    assert prove(before.jws, keys).state == "revoked"
    with pytest.raises(ReceiptRefused, match="is revoked since"):
        prove(after.jws, keys)
    assert (await office.rotate()) != before.kid
    assert (await office.hand_in()).kid != before.kid


async def test_a_refused_receipt_leaves_no_acceptance(office: Office) -> None:
    kid = office.keyring.newest_first()[0].kid
    await signing_keys.end_key(
        office.database, kind="revoked", actor=ROOT, kid=kid, from_instant=office.now, reason="thu hồi để kiểm thử"
    )
    with pytest.raises(NoSigningKey):
        await office.hand_in()
    async with office.database.read() as connection:
        await connection.exec_driver_sql("SELECT set_config('bangdiem.reads', '*', true)")
        found = await stored.find_receipt(connection, agency="H38", period="2026-01", sequence=office.submissions)
        assert found is None
        assert await _last(connection) == office.submissions - 1


async def test_a_retired_key_may_be_revoked_and_neither_is_said_twice(office: Office) -> None:
    given = await office.hand_in()
    office.now += timedelta(hours=1)
    await office.rotate()
    ask: dict[str, Any] = {
        "kind": "revoked",
        "actor": ROOT,
        "kid": given.kid,
        "from_instant": NOON,
        "reason": "lộ sau khi ngừng dùng (minh họa)",
    }
    await signing_keys.end_key(office.database, **ask)
    with pytest.raises(ReceiptRefused, match="is revoked since"):
        prove(given.jws, await office.keys())
    with pytest.raises(SigningKeyEnded):
        await signing_keys.end_key(office.database, **ask)
    with pytest.raises(NotFound):
        await signing_keys.end_key(office.database, **{**ask, "kid": "nobody"})


async def test_a_revocation_waits_for_a_signature_under_way(office: Office) -> None:
    """No signature is made beside a revocation: it commits after the signer, or the signer sees it."""
    kid = office.keyring.newest_first()[0].kid
    async with office.database.transaction() as signing:
        assert (await signing_keys.key_in_force(signing, office.keyring)).kid == kid
        revoking = asyncio.create_task(
            signing_keys.end_key(
                office.database, kind="revoked", actor=ROOT, kid=kid, from_instant=office.now, reason="thu hồi"
            )
        )
        async with asyncio.timeout(20):
            while (await signing.exec_driver_sql(WAITING)).first() is None:  # noqa: ASYNC110 # the event is in the database
                await asyncio.sleep(0.01)
        assert not revoking.done()
    await revoking


async def test_the_first_use_of_a_key_publishes_it(office: Office) -> None:
    kid = office.add_key()
    assert kid not in await office.keys()
    assert (await office.hand_in()).kid == kid
    assert (await office.keys())[kid]["state"] == "active"
    later = office.add_key()
    await signing_keys.record_keys(office.database, office.keyring)
    assert later in await office.keys()
    await signing_keys.record_keys(office.database, office.keyring)
