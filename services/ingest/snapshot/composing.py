"""A frozen month with a few rows of a later look in it: those alone, everything else as it was frozen (scheme §2, SNP-14).

The manifest names the base, and each row that came from the look: its id is the digest of that too. Rows that the look says
otherwise stand where they stood, rows it does not have are gone, and new ones come last, by key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.findings import Finding
from services.ingest.contract.source import Control, Summary
from services.ingest.pull import store as pull_store
from services.ingest.runtime import Runtime
from services.ingest.snapshot import store
from services.ingest.snapshot.commit import Capture, header_of, skew_finding
from services.ingest.snapshot.completions import dataset_of
from services.ingest.snapshot.load import apart, archive_connection, load, open_rows, seal_rows, temporary_rows
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.snapshot.replay import Replay
from shared.audit import record
from shared.canonical import MerkleAccumulator, canonical_bytes, leaf_hash
from shared.database import Database
from shared.datasets.canonical_rows import canonical_values, instant_text
from shared.datasets.declaration import Dataset
from shared.registry_store import load_registry

# The natural key of a row, the body's code last.
Key = tuple[str, ...]
Keyed = tuple[Key, bytes]


@dataclass(frozen=True)
class TakenRow:
    """One task of one body that the look says otherwise, and in which way."""

    task_id: str
    agency: str
    kind: str


@dataclass(frozen=True)
class Taking:
    """``look`` is the pull whose rows are taken, as of which instant."""

    look: str
    as_of: datetime
    rows: Sequence[TakenRow]


def composed(base: Iterable[Keyed], taken: frozenset[Key], said: Mapping[Key, bytes]) -> Iterator[Keyed]:
    """Leaves of a composed dataset in their order. ``said`` are those of the taken rows that the look has. Pure."""
    added = dict(said)
    for key, leaf in base:
        if key not in taken:
            yield key, leaf
        elif (instead := added.pop(key, None)) is not None:
            yield key, instead
    yield from sorted(added.items())


def taken_of(manifest: Mapping[str, Any]) -> dict[str, frozenset[Key]]:
    """By dataset, the keys of the rows that a composed snapshot took from its look."""
    found: dict[str, set[Key]] = {}
    for row in manifest["composed"]["rows"]:
        found.setdefault(row["dataset"], set()).add((row["task_id"], row["agency"]))
    return {name: frozenset(keys) for name, keys in found.items()}


async def commit_composed(runtime: Runtime, capture: Capture, taking: Taking) -> FrozenSnapshot:
    """The next version of ``capture.supersession.predecessor`` with the rows of the taking; all of it or nothing."""

    async def alone(database: Database) -> FrozenSnapshot:
        with archive_connection(database) as archive:
            async with database.transaction() as connection:
                return await _written(connection, capture, taking, archive)

    return await apart(runtime.database, alone)


async def _written(
    connection: AsyncConnection, capture: Capture, taking: Taking, archive: psycopg.Connection[Any]
) -> FrozenSnapshot:
    pull, source, after = capture.pull, capture.pull.source, capture.supersession
    dataset = dataset_of(source)
    if after is None or dataset is None:
        raise LookupError(f"{source.name}: nothing to compose")
    registry = await load_registry(connection, pull.window.period.last_day)
    replay = Replay(source, pull.window, registry=registry, pages=capture.pages, parse=capture.parse)
    said = await temporary_rows(connection, source.datasets)
    looked = await load(connection, replay, archive, said)
    pk = await store.reserve_pk(connection)
    relations = await open_rows(connection, source.datasets, pk)
    for each in source.datasets:
        if each.name == dataset.name:
            await _compose_rows(connection, each, relations[each.name], said[each.name], after.predecessor.pk, taking.rows)
        else:
            await _copy_rows(connection, each, relations[each.name], after.predecessor.pk)
    # Nobody reads an open partition; the header may come last, because it is made of the rows.
    sealed = await seal_rows(connection, source.datasets, pk)
    changed = await _summary_of(connection, dataset, sealed[dataset.name])
    summaries = _summaries(capture, after.predecessor, changed, looked)
    # What the base put aside stays aside: a row that cannot be true is given again by a version of its own.
    aside = await store.rows_put_aside(connection, after.predecessor.pk)
    header = header_of(capture, summaries, aside, pk=pk, composed=_composition(after.predecessor, dataset, taking))
    await store.insert_snapshot(connection, header)
    await store.insert_put_aside(connection, pk, aside)
    found: list[Finding] = skew_finding(capture.skew)
    await pull_store.insert_findings(connection, found, pull_id=pull.pull_id, source=source.name, period=pull.window.period)
    outcome = {"row_count": header["row_count"], "root": header["root"]}
    await pull_store.insert_outcome(connection, pull.pull_id, "complete", **outcome)
    detail = {"root": header["root"], "look": taking.look, "rows": len(taking.rows)}
    await record(connection, pull.actor, "snapshot.supersede", header["snapshot_id"], reason=after.reason, detail=detail)
    written = await store.find_snapshot(connection, header["snapshot_id"])
    if written is None:
        raise LookupError(header["snapshot_id"])
    return written


def _composition(base: FrozenSnapshot, dataset: Dataset, taking: Taking) -> dict[str, Any]:
    """Row by row where each came from: the base has its own manifest, whose rows are of its own pull."""
    place = {"dataset": dataset.name, "pull": taking.look, "as_of": instant_text(taking.as_of)}
    rows = sorted(taking.rows, key=lambda each: (each.task_id, each.agency))
    return {
        "base": {"snapshot": base.snapshot_id, "pull": base.pull_id, "as_of": instant_text(base.as_of)},
        "rows": [{**place, "task_id": each.task_id, "agency": each.agency, "kind": each.kind} for each in rows],
    }


def _summaries(capture: Capture, base: FrozenSnapshot, changed: Summary, looked: Mapping[str, Summary]) -> dict[str, Summary]:
    """Of the base what it says of itself, of the composed dataset what its rows give; controls are those of the base."""
    stated = {each["name"]: each for each in json.loads(base.manifest)["datasets"]}
    notices = frozenset(base.evidence.get("notices", ())).union(*(each.notices for each in looked.values()))
    found: dict[str, Summary] = {}
    for dataset in capture.pull.source.datasets:
        said = stated[dataset.name]
        sums = {name: Decimal(value) for name, value in said["control"]["sums"].items()}
        control = Control(said["control"]["rows"], sums)
        own = dataset.name == changed.dataset.name
        rows, root = (changed.row_count, changed.root) if own else (said["rows"], _plain(said["root"]))
        found[dataset.name] = Summary(dataset, rows, root, control, {}, notices=notices)
    return found


def _plain(root: str) -> bytes:
    return bytes.fromhex(root.removeprefix("sha256:"))


async def _copy_rows(connection: AsyncConnection, dataset: Dataset, relation: str, base: int) -> None:
    columns = ", ".join(("ordinal", "agency_code", "expanded_by", *dataset.names))
    statement = f"INSERT INTO {relation} ({columns}) SELECT {columns} FROM ingest.{dataset.table} WHERE snapshot_pk = :base"
    await connection.execute(text(statement), {"base": base})


async def _compose_rows(
    connection: AsyncConnection, dataset: Dataset, relation: str, look: str, base: int, rows: Sequence[TakenRow]
) -> None:
    names = ("agency_code", "expanded_by", *dataset.names)
    columns = ", ".join(names)
    theirs = ", ".join(f"l.{name}" for name in names)
    statement = text(f"""
        WITH taken AS (SELECT * FROM unnest(CAST(:tasks AS text[]), CAST(:agencies AS text[])) AS t (task_id, agency_code)),
             base AS (SELECT ordinal, {columns} FROM ingest.{dataset.table} WHERE snapshot_pk = :base),
             said AS (SELECT {theirs} FROM {look} l JOIN taken USING (task_id, agency_code))
        INSERT INTO {relation} (ordinal, {columns})
        SELECT row_number() OVER (ORDER BY place NULLS LAST, task_id COLLATE "C", agency_code COLLATE "C"), {columns}
          FROM (SELECT ordinal AS place, {columns} FROM base
                 WHERE (task_id, agency_code) NOT IN (SELECT task_id, agency_code FROM taken)
                UNION ALL
                SELECT (SELECT b.ordinal FROM base b WHERE b.task_id = l.task_id AND b.agency_code = l.agency_code), {theirs}
                  FROM said l) AS whole""")
    given = {"tasks": [each.task_id for each in rows], "agencies": [each.agency for each in rows], "base": base}
    await connection.execute(statement, given)


async def _summary_of(connection: AsyncConnection, dataset: Dataset, relation: str) -> Summary:
    """Number and root of the rows as they stand; the reference way of writing a row, as verifying does."""
    tree = MerkleAccumulator()
    columns = ", ".join(("agency_code", "expanded_by", *dataset.names))
    async for row in await connection.stream(text(f"SELECT {columns} FROM {relation} AS whole ORDER BY ordinal")):
        tree.extend([leaf_hash(canonical_bytes(canonical_values(dataset, row)))])
    return Summary(dataset, len(tree), tree.root(), Control(len(tree), {}), {})
