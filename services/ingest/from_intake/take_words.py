"""Use case: take a month's words of the Ministry of Public Security, at a deadline of their own (docs/adr/0029).

A report may be signed until day 04; its figures could not be judged by day 05, when the reports are frozen. So the words are a
part of the month by themselves: a freeze takes those given before their deadline, a superseding version those before its own
instant. A figure without a word is open, and says so in no row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.findings import WORDS_PROPOSED, Finding
from services.ingest.from_intake import report_store
from services.ingest.from_intake.report_pages import pages_of
from services.ingest.from_intake.take_reports import Taken
from services.ingest.pull import store
from services.ingest.pull.archive import Kept, Packed, pack
from services.ingest.pull.collect import Pull
from services.ingest.runtime import Runtime
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.snapshot.store import latest_snapshot
from shared.audit import record
from shared.calendar import close_gate
from shared.datasets.canonical_rows import instant_text
from shared.datasets.signed_reports import Rows
from shared.period import Period


async def take_words(runtime: Runtime, pull: Pull) -> Taken:
    """Also when nobody has said anything: silence is frozen as a fact."""
    period, as_of = pull.window.period, pull.window.as_of
    async with runtime.database.transaction() as connection:
        await close_gate(connection, period)
        said = await report_store.words(connection, period, as_of)
        frozen = await latest_snapshot(connection, source=pull.source.name, period=period)
    packed = await asyncio.to_thread(_packed, pull, said)
    async with runtime.database.transaction() as connection:
        for dataset, page_no, each in packed:
            await store.keep(connection, each, None)
            await report_store.keep_page(connection, pull.pull_id, dataset=dataset, page_no=page_no, sha256=each.sha256)
        await record(connection, pull.actor, "page.keep", pull.pull_id, detail={"words": len(said)})
    pages = [Kept(dataset, page_no, each.sha256, None) for dataset, page_no, each in packed]
    reviews = sorted(word["review_id"] for word in said)
    return Taken(pages, {"reviews": reviews, "signatures": []}, list(_proposed(pull, reviews, frozen)))


async def words_at(connection: AsyncConnection, period: Period, reviews: Sequence[str], as_of: Any) -> Rows:
    """The month's rows as they follow from the words a snapshot names, known before an instant."""
    said = await report_store.words(connection, period, as_of)
    return _rows(word for word in said if word["review_id"] in set(reviews))


def _packed(pull: Pull, said: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, Packed]]:
    return [(dataset, page_no, pack(body)) for dataset, page_no, body in pages_of(pull.source, pull.window, _rows(said))]


def _rows(said: Iterable[Mapping[str, Any]]) -> Rows:
    names = ("agency", "database", "new_records", "verdict", "reviewed_by", "reason", "document")
    made = [{**{name: word[name] for name in names}, "reviewed_at": instant_text(word["reviewed_at"])} for word in said]
    return {"reviewed_records": made}


def _proposed(pull: Pull, reviews: Sequence[str], frozen: FrozenSnapshot | None) -> Iterable[Finding]:
    """Words that came after the frozen ones: another version would take them in."""
    if pull.purpose != "rehearsal" or frozen is None or frozen.origin != "intake":
        return
    if came := sorted(set(reviews) - set(frozen.evidence["reviews"])):
        yield Finding(WORDS_PROPOSED, {"snapshot": frozen.snapshot_id, "words": len(came), "reviews": came})
