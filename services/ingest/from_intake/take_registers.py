"""Use case: take a month of the Government Office's registers: choose what counts, write the pages, say what is missing.

A freeze takes what was confirmed and decided before the deadline; a superseding version what was by its own instant: two
people asking for it is the decision. A look at a frozen month proposes one (F-3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.ingest.contract.findings import REGISTERS_INCOMPLETE, REGISTERS_OPEN, REGISTERS_PROPOSED, REGISTERS_STRAY, Finding
from services.ingest.contract.source import SourceNotConfigured
from services.ingest.from_intake import register_store, report_store
from services.ingest.from_intake.register_choice import Choice, choose
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
from shared.registry_store import load_registry


@dataclass(frozen=True)
class _Known:
    """What counts of the month at the pull's instant; ``frozen`` is the latest snapshot's header."""

    choice: Choice
    frozen: FrozenSnapshot | None


async def take_registers(runtime: Runtime, pull: Pull) -> Taken:
    """Raises SourceNotConfigured where nobody has entered anything: such a month comes by official file."""
    known = await _known(runtime, pull)
    packed = await asyncio.to_thread(_packed, pull, known.choice)
    async with runtime.database.transaction() as connection:
        for dataset, page_no, each in packed:
            await store.keep(connection, each, None)
            await report_store.keep_page(connection, pull.pull_id, dataset=dataset, page_no=page_no, sha256=each.sha256)
        await record(connection, pull.actor, "page.keep", pull.pull_id, detail={"entries": len(known.choice.entries)})
    pages = [Kept(dataset, page_no, each.sha256, None) for dataset, page_no, each in packed]
    return Taken(pages, evidence_of(known.choice), list(_findings(pull, known)))


def evidence_of(choice: Choice) -> dict[str, Any]:
    """Which versions and decisions were taken, by id; the digests of what they rest on stand in the rows."""
    return {
        "closed": choice.closed,
        "entries": [{"entry": each.entry_id, "version": each.version, "kind": each.kind} for each in choice.entries],
        "decisions": [
            {"initiative": each.initiative_id, "step": each.step, "agency": each.agency, "points": each.points}
            for each in choice.decisions
        ],
        "signatures": [],
    }


async def _known(runtime: Runtime, pull: Pull) -> _Known:
    """Nobody is confirming or deciding while this is read: statement after statement sees all that came before."""
    period, as_of = pull.window.period, pull.window.as_of
    async with runtime.database.transaction() as connection:
        await close_gate(connection, period)
        if not await register_store.has_begun(connection, period):
            words = f"nothing is in the registers of {period}: the month comes by official file"
            hint = "Enter and close it, a month without a meeting too, or import an official file of it (bangdiem import)."
            raise SourceNotConfigured(words, hint=hint)
        agencies = (await load_registry(connection, period.last_day)).agencies
        entries = await register_store.confirmed(connection, period)
        decided = await register_store.decisions(connection, period)
        frozen = await latest_snapshot(connection, source=pull.source.name, period=period)
    return _Known(choose(entries, decided, agencies=agencies, as_of=as_of), frozen)


def _packed(pull: Pull, choice: Choice) -> list[tuple[str, int, Packed]]:
    return [(dataset, page_no, pack(body)) for dataset, page_no, body in pages_of(pull.source, pull.window, choice.rows)]


def _findings(pull: Pull, known: _Known) -> Iterable[Finding]:
    choice = known.choice
    if not choice.closed:
        stated = "-" if choice.stated is None else choice.stated
        yield Finding(REGISTERS_OPEN, {"stated": stated, "meetings": choice.meetings})
    if choice.incomplete:
        bodies = sorted(choice.incomplete)
        yield Finding(REGISTERS_INCOMPLETE, {"count": len(bodies), "agencies": bodies, "meetings": dict(choice.incomplete)})
    if choice.stray:
        yield Finding(REGISTERS_STRAY, {"count": len(choice.stray), "entries": list(choice.stray)})
    if pull.purpose == "rehearsal" and known.frozen is not None and known.frozen.origin == "intake":
        yield from _proposed(choice, known.frozen)


def _proposed(choice: Choice, frozen: FrozenSnapshot) -> Iterable[Finding]:
    """How a superseding version would differ from the latest one."""
    now, before = evidence_of(choice), frozen.evidence
    changed = _differing(now["entries"], before["entries"], "entry")
    decided = _differing(now["decisions"], before["decisions"], "initiative")
    if changed or decided:
        detail = {"snapshot": frozen.snapshot_id, "entries": changed, "initiatives": decided}
        yield Finding(REGISTERS_PROPOSED, {**detail, "changed": len(changed), "decided": len(decided)})


def _differing(now: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]], name: str) -> list[str]:
    """Ids of what is new, gone or of another version."""
    return sorted({each[name] for each in (*now, *before) if (each in now) != (each in before)})
