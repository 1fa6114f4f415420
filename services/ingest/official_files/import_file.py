"""Use case: take a source's period from an official file, with document number, reason and author (docs/contracts.md §4).

The file's bytes are kept first, then read by the same checks into the same snapshot, marked ``official_file`` everywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from services.ingest.contract.source import Source, Window
from services.ingest.from_intake import register_store, report_store
from services.ingest.official_files.errors import (
    AlreadyFrozen,
    FileRefused,
    RegistersBegun,
    ReportsHandedIn,
    WordsGiven,
    refused,
)
from services.ingest.official_files.formats import Parser, parser_of, place_of
from services.ingest.pull import store
from services.ingest.pull.archive import Kept, Packed, pack
from services.ingest.pull.collect import Pull, begin, failed, lock_name, new_pull
from services.ingest.pull.errors import refuse_early, refuse_unruled
from services.ingest.runtime import Runtime
from services.ingest.snapshot.commit import Capture, Supersession, commit_snapshot, frozen
from services.ingest.snapshot.records import FrozenSnapshot
from shared.audit import record
from shared.calendar import REGISTERS, REPORTS, WORDS, cutoff_of
from shared.canonical import sha256_hex
from shared.errors import DomainError, Fault, InputInvalid, SourceProblem
from shared.period import Period
from shared.registry import Unmapped


@dataclass(frozen=True)
class GivenFile:
    """One file as it was handed in. ``name`` says what it holds: ``<dataset>.csv``, its ``manifest.json``, or ``*.json``."""

    name: str
    body: bytes

    @classmethod
    def read(cls, path: Path) -> GivenFile:
        """Raises FileRefused naming the path of a file that is not there, cannot be read, or is empty."""
        if path.is_dir():
            raise _unusable(path, "a folder", hint="Name the files in it one by one.")
        try:
            body = path.read_bytes()
        except FileNotFoundError as error:
            raise _unusable(
                path, "no such file", hint="Check the path; it is looked for from the folder you are in."
            ) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise _unusable(path, reason, hint="See that the account bangdiem runs as may read it.") from error
        if not body:
            raise _unusable(
                path, "an empty file", hint="Ask for the file again; one without rows still has its header or totals."
            )
        return cls(path.name, body)


@dataclass(frozen=True)
class Official:
    """What stands behind the files: the document, why, who vouches for it, and how a body signed them, judged before."""

    files: tuple[GivenFile, ...]
    document_number: str
    reason: str
    author: str
    signatures: tuple[Mapping[str, Any], ...] = ()


async def import_file(
    runtime: Runtime,
    source: Source,
    period: Period,
    *,
    files: Sequence[GivenFile],
    document_number: str,
    reason: str,
    author: str,
    actor: str,
    command_id: str | None = None,
    signatures: Sequence[Mapping[str, Any]] = (),
) -> FrozenSnapshot:
    """The header of the snapshot made from the files; the existing one when these very files made it.

    Raises PeriodUnruled, InputInvalid listing every fault of the files, TooEarly before the cutoff, AlreadyFrozen,
    ReportsHandedIn, RegistersBegun, WordsGiven, Busy.
    """
    refuse_unruled(period)
    official = Official(tuple(files), document_number, reason, author, tuple(signatures))
    _refuse_incomplete(official)
    async with runtime.database.read() as connection:
        as_of = await cutoff_of(connection, period, source.name)
    window = Window(period, as_of, 1)
    refuse_early(runtime, source, window)
    async with runtime.database.exclusive(lock_name(source, window)):
        if (existing := await frozen(runtime, source, period)) is not None:
            return _same_or_refuse(existing, official)
        await _refuse_beside_intake(runtime, source, period)
        pull = new_pull(source, window, purpose="freeze", actor=actor, command_id=command_id)
        return await take_file(runtime, await begin_file(runtime, pull, official), official)


async def begin_file(runtime: Runtime, pull: Pull, official: Official) -> Pull:
    """Write down a pull that comes by file, and keep the bytes before anything is read out of them."""
    packed = [await asyncio.to_thread(pack, file.body) for file in official.files]
    named = replace(pull, origin="official_file")
    begun = await begin(runtime, named)
    async with runtime.database.transaction() as connection:
        for each in packed:
            await store.keep(connection, each, None)
        await store.insert_official_file(connection, _as_row(begun, official, packed))
        await record(connection, pull.actor, "file.keep", begun.pull_id, reason=official.reason)
    return begun


async def take_file(
    runtime: Runtime, pull: Pull, official: Official, supersession: Supersession | None = None
) -> FrozenSnapshot:
    """Check and freeze the files of a pull that has begun. Under the lock."""
    try:
        parser = await asyncio.to_thread(parser_of, pull.source, [(file.name, file.body) for file in official.files])
        pages = [Kept(dataset.name, 1, digest, None) for dataset in pull.source.datasets for digest in parser.digests(dataset)]
        capture = Capture(
            pull=pull,
            pages=pages,
            parse=parser.parse,
            captured_at=runtime.clock(),
            skew=None,
            evidence={"official_file": _evidence(official), "signatures": []},
            supersession=supersession,
        )
        return await _closed(runtime, capture, parser)
    except DomainError as problem:
        await failed(runtime, pull, problem)
        raise


async def _closed(runtime: Runtime, capture: Capture, parser: Parser) -> FrozenSnapshot:
    try:
        return await commit_snapshot(runtime, capture)
    except (SourceProblem, Unmapped) as problem:
        raise parser.refusal(problem) from problem


def _unusable(path: Path, seen: str, *, hint: str) -> FileRefused:
    return refused([Fault(str(path), "cannot be imported", seen=seen, expected="a readable file", hint=hint)], hint=hint)


def _document(official: Official) -> dict[str, Any]:
    return {"document_number": official.document_number, "reason": official.reason, "author": official.author}


def _evidence(official: Official) -> dict[str, Any]:
    """What the snapshot says of the files; their signatures where a body gave some."""
    signed = {"signatures": [dict(each) for each in official.signatures]} if official.signatures else {}
    return {**_document(official), "files": _digests(official), **signed}


def _digests(official: Official) -> list[dict[str, str]]:
    return [{"name": file.name, "sha256": sha256_hex(file.body)} for file in official.files]


def _as_row(pull: Pull, official: Official, packed: Sequence[Packed]) -> Mapping[str, Any]:
    files = [
        {"name": file.name, "dataset": place_of(file.name), "sha256": each.sha256, "size": each.size}
        for file, each in zip(official.files, packed, strict=True)
    ]
    return {"pull_id": pull.pull_id, "files": files, **_document(official)}


def _refuse_incomplete(official: Official) -> None:
    faults = [
        Fault(name, "empty", hint="An official file stands on a numbered document, a reason and an author.")
        for name in ("document_number", "reason", "author")
        if not getattr(official, name).strip()
    ]
    if not official.files:
        faults.append(Fault("files", "no file given"))
    if faults:
        raise InputInvalid(f"official file refused: {', '.join(fault.place for fault in faults)}", faults=faults)


async def _refuse_beside_intake(runtime: Runtime, source: Source, period: Period) -> None:
    if source.origin != "intake":
        return
    async with runtime.database.read() as connection:
        found = await report_store.accepted(connection, period) if source.name == REPORTS else ()
        begun = source.name == REGISTERS and await register_store.has_begun(connection, period)
        said = await report_store.words(connection, period, runtime.clock()) if source.name == WORDS else ()
    if begun:
        hint = (
            f"Close the month and freeze it (bangdiem freeze {period} {source.name}); a file can supersede it, by two people."
        )
        raise RegistersBegun(f"the registers of {period} hold entries", hint=hint)
    if said:
        hint = f"Freeze the words (bangdiem freeze {period} {source.name}); a file can supersede them, by two people."
        raise WordsGiven(f"{len(said)} words on figures of {period} were given", hint=hint)
    if found:
        hint = f"Freeze the reports (bangdiem freeze {period} {source.name}); a file can supersede them, by two people."
        raise ReportsHandedIn(f"{len(found)} reports of {period} were accepted", hint=hint)


def _same_or_refuse(existing: FrozenSnapshot, official: Official) -> FrozenSnapshot:
    if existing.evidence.get("official_file", {}).get("files") == _digests(official):
        return existing
    raise AlreadyFrozen(
        f"{existing.source} {existing.period} is frozen as {existing.snapshot_id}",
        hint="Supersede it, with a reason and a second person's approval.",
        snapshot_id=existing.snapshot_id,
    )
