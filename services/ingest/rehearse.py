"""Use case: pull without freezing. Before the cutoff a rehearsal; after it the way late rows are seen (ING-08, SNP-06).

Evidence, findings, count and root are kept; rows live in temporary tables and are gone with the transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.ingest.contract.source import Source, Window
from services.ingest.freeze import fetch
from services.ingest.pull.collect import begin, failed, lock_name, new_pull
from services.ingest.pull.errors import refuse_unruled
from services.ingest.runtime import Runtime
from services.ingest.snapshot.look import look
from shared.errors import DomainError
from shared.period import Period


async def rehearse(
    runtime: Runtime,
    source: Source,
    period: Period,
    *,
    actor: str,
    as_of: datetime | None = None,
    command_id: str | None = None,
) -> dict[str, Any]:
    """The pull's outcome: pull_id, row_count, root and the codes of its findings. ``as_of`` defaults to now.

    Raises PeriodUnruled, Busy while another worker is at the source's period, SourceProblem after its outcome was recorded.
    """
    refuse_unruled(period)
    window = Window(period, as_of or runtime.clock(), runtime.settings.of(source.name).page_size)
    async with runtime.database.exclusive(lock_name(source, window)):
        pull = await begin(runtime, new_pull(source, window, purpose="rehearsal", actor=actor, command_id=command_id))
        try:
            return await look(runtime, await fetch(runtime, pull))
        except DomainError as problem:
            await failed(runtime, pull, problem)
            raise
