"""A submission brought to acceptance by rows alone, for tests of what stands behind acceptance. Figures are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from services.gateway.access import tenancy
from services.gateway.reports.store.records import Acceptance
from shared.audit import Actor, record
from shared.database import Connection, Database, Row, insert_record, insert_row
from shared.ids import new_id
from shared.tables.intake import acceptance, revision, submission, transition

DIGEST = "sha256:" + "1" * 64
FILE_DIGEST = "sha256:" + "2" * 64
CATALOGUE = "sha256:" + "3" * 64
STEPS = (
    ("create", "none", "draft", "drafter"),
    ("hand_over", "draft", "in_review", "drafter"),
    ("approve", "in_review", "approved", "approver"),
    ("sign", "approved", "accepted", "signer"),
)


@dataclass(frozen=True)
class Handed:
    """What `receipts.issue` is given."""

    form: str
    acceptance: Acceptance


def member(agency: str, name: str) -> Actor:
    return Actor(f"key:{name}", frozenset({"agency_drafter"}), agency)


async def draft(connection: Connection, *, agency: str, period: str, sequence: int = 1) -> Row:
    """A submission in state draft with one revision, in a transaction within the body's reach."""
    made = {"submission_id": new_id("sub"), "agency": agency, "period": period, "sequence": sequence, "test": False,
            "form": "monthly-report/1", "created_by": "key:drafter"}  # fmt: skip
    await insert_row(connection, submission, made)
    await _step(connection, made, 1)
    values = {
        "submission_id": made["submission_id"],
        "number": 1,
        "agency": agency,
        "scope": "whole",
        "media_type": "application/json",
        "file_digest": FILE_DIGEST,
        "body": b"",
        "assembled": b"",
        "digest": DIGEST,
        "author": "key:drafter",
    }
    await connection.execute(insert(revision).values(**values))
    await record(connection, "key:drafter", "test.draft", made["submission_id"])
    return made


async def hand_in(connection: Connection, *, agency: str, period: str, now: datetime, **about: Any) -> Handed:
    """All steps to acceptance in the caller's transaction; ``about`` may name ``sequence`` and ``deadline``."""
    deadline = about.pop("deadline", now + timedelta(hours=1))
    made = await draft(connection, agency=agency, period=period, **about)
    for number in (2, 3, 4):
        await _step(connection, made, number)
    accepted = await insert_record(
        connection,
        acceptance,
        Acceptance,
        {**{name: made[name] for name in ("submission_id", "agency", "period", "sequence")}, "revision": 1, "digest": DIGEST,
         "file_digest": FILE_DIGEST, "content": b"{}", "submitted_at": now, "deadline": deadline, "late": now >= deadline,
         "approved_by": "key:approver", "signed_by": "key:signer"},
    )  # fmt: skip
    return Handed(made["form"], accepted)


async def make_draft(database: Database, *, agency: str, period: str, sequence: int = 1) -> Row:
    async with tenancy.transaction(database, member(agency, "drafter")) as connection:
        return await draft(connection, agency=agency, period=period, sequence=sequence)


async def close_draft(database: Database, made: Row) -> None:
    """The draft goes into review."""
    async with tenancy.transaction(database, member(made["agency"], "drafter")) as connection:
        await _step(connection, made, 2)
        await record(connection, "key:drafter", "test.hand_over", made["submission_id"])


async def _step(connection: Connection, made: Row, number: int) -> None:
    action, before, after, actor = STEPS[number - 1]
    values = {"transition_id": new_id("step"), "submission_id": made["submission_id"], "number": number, "action": action,
              "agency": made["agency"], "from_state": before, "to_state": after, "actor": f"key:{actor}", "revision": 1,
              "digest": DIGEST, "catalogue_digest": CATALOGUE}  # fmt: skip
    await connection.execute(insert(transition).values(**values))
