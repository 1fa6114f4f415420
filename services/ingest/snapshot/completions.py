"""Completions that a later look finds otherwise than a frozen month counts them (scheme §2; readings A-8, A-12, G-7).

What a task counts as in its month is said here as A1 and A2 say it (shared/measures/group_a.py, which scores); a test
holds both against each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.findings import RECORDED_LATE, TAKEN_BACK, Finding
from services.ingest.contract.source import Source, Window
from services.ingest.snapshot.records import FrozenSnapshot
from shared.database import every
from shared.datasets.declaration import Dataset
from shared.tables.ingest import changed_completion

_OF_A_COMPLETION = {"due_on", "completed_on", "reported_at", "confirmed_at", "sent_back_at"}


@dataclass(frozen=True, kw_only=True)
class ChangedCompletion:
    """``due_on`` is the day that holds, with an extension that holds; ``completed_on`` and ``reported_at`` are as said now."""

    task_id: str
    agency: str
    kind: str
    due_on: date | None
    completed_on: date | None
    reported_at: datetime | None
    verdict_before: str
    verdict_after: str


def dataset_of(source: Source) -> Dataset | None:
    """The dataset whose rows tell when something was done and when that was recorded; None for a source without one."""
    return next((each for each in source.datasets if set(each.names) >= _OF_A_COMPLETION), None)


async def changed_completions(
    connection: AsyncConnection, dataset: Dataset, window: Window, relation: str, frozen: FrozenSnapshot
) -> list[ChangedCompletion]:
    """``relation`` holds what the source says as of ``window``; ``frozen`` is what is scored now.

    Recorded late: done before the month's end and counted in it now, and not then, or recorded anew since. Taken back: counted
    then and not now, also when the source does not have the task any more. What changed for another reason, such as an
    extension that became known later, is neither.
    """
    then = f"(SELECT * FROM ingest.{dataset.table} WHERE snapshot_pk = :pk)"
    statement = text(f"""
        WITH before AS ({_verdicts(then, ":frozen_at")}), after AS ({_verdicts(relation, ":known_at")})
        SELECT coalesce(a.task_id, b.task_id) AS task_id, coalesce(a.agency_code, b.agency_code) AS agency,
               CASE WHEN a.counts THEN 'recorded_late' ELSE 'taken_back' END AS kind,
               coalesce(a.due, b.due) AS due_on, a.completed_on, a.reported_at,
               coalesce(b.verdict, 'absent') AS verdict_before, coalesce(a.verdict, 'absent') AS verdict_after
          FROM before b FULL JOIN after a ON a.task_id = b.task_id AND a.agency_code = b.agency_code
         WHERE coalesce(a.verdict, 'absent') <> coalesce(b.verdict, 'absent')
           AND CASE WHEN a.counts THEN a.verdict IN ('on_time', 'late')
                                       AND (b.counts IS NOT TRUE OR a.reported_at >= :frozen_at)
                    ELSE b.counts AND b.verdict IN ('on_time', 'late') END
         ORDER BY 1, 2""")
    given = {"pk": frozen.pk, "frozen_at": frozen.as_of, "known_at": window.as_of}
    days = {"first_on": window.period.first_day, "ended_on": window.period.next_first_day}
    return await every(connection, ChangedCompletion, statement, {**given, **days})


async def insert_changed(
    connection: AsyncConnection, changes: Sequence[ChangedCompletion], *, pull_id: str, frozen: FrozenSnapshot
) -> None:
    place = {"pull_id": pull_id, "source": frozen.source, "period": frozen.period, "snapshot_id": frozen.snapshot_id}
    if changes:
        await connection.execute(changed_completion.insert(), [{**asdict(each), **place} for each in changes])


def findings_of(changes: Sequence[ChangedCompletion], frozen: FrozenSnapshot) -> Iterator[Finding]:
    """A finding for each kind, with every task and every body."""
    late = [each for each in changes if each.kind == "recorded_late"]
    back = [each for each in changes if each.kind == "taken_back"]
    if late:
        yield Finding(RECORDED_LATE, {"late_period": frozen.period, **_counted(late)})
    if back:
        yield Finding(TAKEN_BACK, {"counted_period": frozen.period, **_counted(back)})


def _counted(changes: Sequence[ChangedCompletion]) -> Mapping[str, Any]:
    agencies = Counter(each.agency for each in changes)
    tasks = [{"task": each.task_id, "agency": each.agency} for each in changes]
    return {"count": len(changes), "tasks": tasks, "agencies": dict(sorted(agencies.items()))}


def _verdicts(relation: str, known_at: str) -> str:
    """Of every task: whether it was done before the month's end, recorded and not sent back; and what it counts as."""
    return f"""
        SELECT task_id, agency_code, due, completed_on, reported_at, done < :ended_on AS counts,
               CASE WHEN NOT scored OR due >= :ended_on OR (due < :first_on AND done < :first_on) THEN 'absent'
                    WHEN due >= :first_on AND done <= due THEN 'on_time'
                    WHEN done > due AND done >= :first_on AND done < :ended_on THEN 'late'
                    ELSE 'open' END AS verdict
          FROM (SELECT task_id, agency_code, completed_on, reported_at,
                       CASE WHEN extended_due_on IS NOT NULL AND extension_document IS NOT NULL
                             AND extension_approved_on <= due_on THEN extended_due_on ELSE due_on END AS due,
                       CASE WHEN reported_at < {known_at} AND (sent_back_at IS NULL OR confirmed_at > sent_back_at)
                            THEN completed_on END AS done,
                       role = 'lead' AND due_on IS NOT NULL AND due_precision NOT IN ('continuous', 'open')
                         AND assigned_on < :ended_on
                         AND (returned_accepted_on IS NULL OR returned_accepted_on >= :ended_on) AS scored
                  FROM {relation} AS said) AS task"""
