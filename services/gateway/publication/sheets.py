"""Sheets read back, of a published version from its bytes, of a run from what it stored: each is scored anew from its own
figures, and must be the same to the last digit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from services.gateway.http.answers import API
from services.gateway.http.edge import JSON
from services.gateway.publication.published_bytes import unpublished
from services.gateway.publication.store import published
from services.gateway.publication.store.records import Run
from services.gateway.publication.worked_out import WorkedOut
from shared.database import Connection
from shared.errors import Fault, InputInvalid, NotFound
from shared.law import restored as law
from shared.law.readings import Readings, read_choice
from shared.law.refusals import InputRefused, ReadingUnknown, SchemeInvalid
from shared.law.restored import Restored, SheetDiffers, SheetNotHeld
from shared.law.sheet import ENGINE_VERSION


class NotExplained(NotFound):
    """It was computed under a scheme, or by an engine, that this version of the product does not hold any more."""

    slug = "not-explained"
    title_vi = "Phiên bản phần mềm này không giải thích được bảng điểm"
    title_en = "Not explained by this version of the product"


@dataclass(frozen=True)
class StoredSheet:
    """A sheet that was computed; ``version`` is None of a run that is not published, ``result_digest`` is that of what was
    computed, ``asked`` what the reader wants read otherwise."""

    period: str
    version: int | None
    run_id: str
    result_digest: str
    restored: Restored
    asked: tuple[str, ...] = ()

    @property
    def readings(self) -> Readings:
        """What is read otherwise than the scheme ships: by the law of the run, and as the reader asked."""
        return self.restored.readings

    @property
    def rows(self) -> str:
        """Where the rows behind an indicator stand, with ``{agency}`` and ``{code}`` in it."""
        which = f"run={self.run_id}" if self.version is None else f"version={self.version}"
        return f"{API}/periods/{self.period}/scores/{{agency}}/indicators/{{code}}/rows?{which}"


async def published_sheet(connection: Connection, period: str, version: int | None) -> StoredSheet:
    """A version, the latest where none is named. Raises NotYetPublished, VersionUnknown or NotExplained."""
    found = await published.find_rendering(connection, period=period, version=version, agency="", media_type=JSON)
    if found is None:
        raise await unpublished(connection, period)
    document = msgspec.json.decode(found.body)
    try:
        sheet = await asyncio.to_thread(law.restored, document)
    except SheetNotHeld as error:
        message = f"version {found.version} of {found.period} was computed under a scheme that is not held here: {error}"
        raise NotExplained(message) from error
    return StoredSheet(found.period, found.version, document["run"], document["result_digest"], sheet)


async def kept_sheet(connection: Connection, kept: WorkedOut, period: str, version: int | None) -> StoredSheet:
    """As ``published_sheet``, read back and scored anew once a process: whether this session may see the version is asked each
    time."""
    seen = await published.version_seen(connection, period, version)
    if seen is None:
        raise await unpublished(connection, period)
    return await kept.get(("sheet", period, seen), lambda: published_sheet(connection, period, seen))


async def run_sheet(connection: Connection, run_id: str) -> StoredSheet:
    """A run, published or not. Raises NotFound or NotExplained."""
    return await read_back(connection, *await find_computed(connection, run_id))


async def find_computed(connection: Connection, run_id: str) -> tuple[Run, bytes]:
    """A run with the bytes of its sheet. Raises NotFound."""
    run, sheet = await published.find_run(connection, run_id), await published.find_sheet(connection, run_id)
    if run is None or sheet is None:
        raise NotFound(f"no run has the id {run_id}")
    return run, sheet


async def read_back(connection: Connection, run: Run, sheet: bytes) -> StoredSheet:
    """A run with its bytes, under the version that it was published as. Raises NotExplained."""
    made = None if run.publication_id is None else await published.find_publication(connection, run.publication_id)
    found = await asyncio.to_thread(_restored, run, sheet)
    return StoredSheet(run.period, None if made is None else made.version, run.run_id, run.result_digest, found)


def _restored(run: Run, sheet: bytes) -> Restored:
    try:
        return law.restored(msgspec.json.decode(sheet))
    except SheetNotHeld as error:
        raise NotExplained(f"run {run.run_id} was computed under a scheme that is not held here: {error}") from error
    except SheetDiffers as error:
        if run.engine_version == ENGINE_VERSION:
            raise
        raise NotExplained(f"run {run.run_id} was computed by engine {run.engine_version}, not held here") from error


def read_otherwise(found: StoredSheet, asked: Sequence[str], *, place: str = "?reading") -> StoredSheet:
    """The same figures under other readings, each asked for as `B-1=table`. Raises InputInvalid, which names at ``place`` what
    is unknown and what is known, or that rows would have to be counted anew."""
    if not asked:
        return found
    try:
        other = law.read_otherwise(found.restored, read_choice(asked))
    except (ReadingUnknown, SchemeInvalid) as error:
        fault = Fault(place, str(error), seen=", ".join(asked))
        hint = f"What alternatives give every body stands at {API}/periods/{found.period}/readings."
        raise InputInvalid("the sheet cannot be read so", faults=[fault], hint=hint) from error
    except InputRefused as error:
        faults = [Fault(place, str(each), seen=", ".join(asked)) for each in error.faults]
        raise InputInvalid("the sheet cannot be read so", faults=faults) from error
    return replace(found, restored=other, asked=tuple(asked))
