"""What was asked, received and found. Functions take a connection and never commit; callers write an audit row beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.findings import Finding
from services.ingest.pull.archive import ENCODING, Kept, Packed
from shared.database import every, one, rows
from shared.period import Period
from shared.tables.ingest import finding, official_file, pull, pull_outcome, raw_body, request

# Only the newest attempt of the same kind can be gone on with; what an older one kept may be from another world.
LAST_PULL = text("""
SELECT p.pull_id, p.as_of, p.contract, o.state, o.problem ->> 'type' AS problem
  FROM ingest.pull p LEFT JOIN ingest.pull_outcome o USING (pull_id)
 WHERE p.source = :source AND p.period = :period AND p.purpose = :purpose AND p.origin = 'network'
 ORDER BY p.recorded_at DESC, p.pull_id DESC LIMIT 1
""")

UNFINISHED = text("""
SELECT p.pull_id FROM ingest.pull p
 WHERE p.source = :source AND p.period = :period
   AND NOT EXISTS (SELECT FROM ingest.pull_outcome o WHERE o.pull_id = p.pull_id)
 ORDER BY p.recorded_at
""")

# A pull's pages are its own and those of the pulls it goes on with. Answers that were refused count as not received.
PAGES = text("""
WITH RECURSIVE chain AS (
  SELECT pull_id, resumes FROM ingest.pull WHERE pull_id = :pull_id
  UNION ALL SELECT p.pull_id, p.resumes FROM ingest.pull p JOIN chain c ON p.pull_id = c.resumes
)
SELECT r.dataset, r.page_no, r.sha256, r.next_page, r.method, r.url, r.status, r.source_request_id, r.source_clock,
       r.sent_at, r.received_at, r.signature
  FROM chain JOIN ingest.request r USING (pull_id)
 WHERE r.status = 200 AND r.signature <> 'invalid'
 ORDER BY r.dataset, r.page_no
""")


@dataclass(frozen=True, kw_only=True)
class LastPull:
    """``state`` and ``problem`` of its outcome are None while it has none."""

    pull_id: str
    as_of: datetime
    contract: str
    state: str | None
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """The evidence of one answer that can be used; its bytes lie in the archive under ``sha256``."""

    dataset: str
    page_no: int
    sha256: str
    next_page: str | None
    method: str
    url: str
    status: int
    source_request_id: str | None
    source_clock: datetime | None
    sent_at: datetime
    received_at: datetime
    signature: str


async def last_pull(connection: AsyncConnection, *, source: str, period: Period, purpose: str) -> LastPull | None:
    """The newest network attempt of a kind, with its outcome's state and problem (None while it has none)."""
    return await one(connection, LastPull, LAST_PULL, {"source": source, "period": str(period), "purpose": purpose})


async def unfinished(connection: AsyncConnection, *, source: str, period: Period) -> list[str]:
    """Pulls without an outcome. Under the source's lock their processes are dead."""
    found = await rows(connection, UNFINISHED, {"source": source, "period": str(period)})
    return [line["pull_id"] for line in found]


async def insert_pull(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(pull.insert().values(**values))


async def insert_outcome(connection: AsyncConnection, pull_id: str, state: str, **values: Any) -> None:
    """``values``: row_count and root of a complete pull, problem of a failed one."""
    await connection.execute(pull_outcome.insert().values(pull_id=pull_id, state=state, **values))


async def keep(connection: AsyncConnection, packed: Packed, evidence: Mapping[str, Any] | None) -> None:
    """The bytes (once, whoever sent them) and the evidence of one answer; None for bytes that came as a file."""
    values = {"sha256": packed.sha256, "encoding": ENCODING, "size": packed.size, "body": packed.body}
    await connection.execute(insert(raw_body).values(**values).on_conflict_do_nothing())
    if evidence is not None:
        await connection.execute(request.insert().values(sha256=packed.sha256, **evidence))


async def pages(connection: AsyncConnection, pull_id: str) -> list[Page]:
    """Evidence of all usable pages of a pull and those it resumes, by dataset and page number."""
    return await every(connection, Page, PAGES, {"pull_id": pull_id})


def unbroken(found: Iterable[Page]) -> list[Kept]:
    """Of each dataset the pages from the first on without a gap: a crash may have lost one between two that were kept."""
    kept: list[Kept] = []
    expected: dict[str, int] = {}
    for line in found:
        dataset, page_no = line.dataset, line.page_no
        if page_no == expected.get(dataset, 1):
            kept.append(Kept(dataset, page_no, line.sha256, line.next_page))
            expected[dataset] = page_no + 1
    return kept


async def insert_findings(
    connection: AsyncConnection, found: Sequence[Finding], *, pull_id: str, source: str, period: Period
) -> None:
    if found:
        place = {"pull_id": pull_id, "source": source, "period": str(period)}
        await connection.execute(finding.insert(), [{**place, **each.as_row()} for each in found])


async def insert_official_file(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(official_file.insert().values(**values))


async def official_files(connection: AsyncConnection, pull_id: str) -> list[dict[str, Any]]:
    """Name, dataset, digest and size of the files a pull came by; empty for a network pull."""
    found = await connection.scalar(select(official_file.c.files).where(official_file.c.pull_id == pull_id))
    return list(found or ())
