"""Use case: ask a source for a frozen month once more, as of the report deadline, and keep what it counts otherwise (SNP-14).

Source in law: QĐ 4585 appendix §4 locks on day 01; regulation 003 Art. 6.1 lets two working days record and one review what was
done on a month's last day (readings A-8, A-12, G-7; docs/adr/0028).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.ingest.contract.source import Source, Window
from services.ingest.freeze import fetch
from services.ingest.pull.collect import begin, failed, lock_name, new_pull
from services.ingest.pull.errors import TooEarly, refuse_unruled
from services.ingest.runtime import Runtime
from services.ingest.snapshot.commit import NotFrozen, frozen
from services.ingest.snapshot.completions import dataset_of
from services.ingest.snapshot.look import look
from shared.calendar import LOOKED_AT_TWICE, second_look_of
from shared.errors import DomainError, Fault, InputInvalid
from shared.period import Period, in_vietnam


async def second_look(
    runtime: Runtime,
    source: Source,
    period: Period,
    *,
    actor: str,
    as_of: datetime | None = None,
    command_id: str | None = None,
) -> dict[str, Any]:
    """The pull's outcome, as of a rehearsal. ``as_of`` defaults to the calendar's instant.

    Raises PeriodUnruled, InputInvalid for a source that says nothing of completions or an instant that lies before what was
    frozen, NotFrozen, TooEarly before the instant, Busy, SourceProblem after its outcome was recorded.
    """
    refuse_unruled(period)
    if dataset_of(source) is None:
        raise InputInvalid(
            f"{source.name} says nothing of completions",
            faults=[Fault("source", "no second look", seen=source.name, expected=", ".join(sorted(LOOKED_AT_TWICE)))],
        )
    async with runtime.database.read() as connection:
        at = as_of or await second_look_of(connection, period, source.name)
    await _require_frozen_before(runtime, source, period, at)
    if runtime.clock() < at:
        said = in_vietnam(at)
        raise TooEarly(f"{source.name} {period} is looked at again at {said}", hint="Ask again after that instant.")
    window = Window(period, at, runtime.settings.of(source.name).page_size)
    async with runtime.database.exclusive(lock_name(source, window)):
        pull = await begin(runtime, new_pull(source, window, purpose="second_look", actor=actor, command_id=command_id))
        try:
            return await look(runtime, await fetch(runtime, pull))
        except DomainError as problem:
            await failed(runtime, pull, problem)
            raise


async def _require_frozen_before(runtime: Runtime, source: Source, period: Period, at: datetime) -> None:
    header = await frozen(runtime, source, period)
    if header is None:
        raise NotFrozen(f"{source.name} {period} has no snapshot yet", hint="Freeze it first.")
    if at <= header.as_of:
        fault = Fault(
            "as_of",
            "is not after what was frozen",
            seen=in_vietnam(at),
            expected=f"an instant after {in_vietnam(header.as_of)}",
        )
        raise InputInvalid(f"{source.name} {period}: the snapshot speaks of {in_vietnam(header.as_of)}", faults=[fault])
