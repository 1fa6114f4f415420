"""Use case: prove a snapshot again, from the rows in the database and from the bytes in the archive (ING-05, SNP-02).

A month of reports is proven further back, to the reports that bodies signed; one of the registers, to what two people entered.

The rows are written out by the reference way (``records.canonical_values``, RFC 8785), not by the fast one that froze them.
A difference is named by dataset and row. Nothing is written.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import psycopg

from services.ingest.contract.canonical_rows import canonical_values
from services.ingest.contract.reading import Reading
from services.ingest.contract.rows import leaves
from services.ingest.contract.source import Parse, Source, Window
from services.ingest.from_intake import register_store, report_store
from services.ingest.from_intake.register_choice import Rows
from services.ingest.from_intake.report_trail import Trail, parted, rows_parted, trail_of
from services.ingest.from_intake.take_reports import PARSE
from services.ingest.official_files.formats import parser_of
from services.ingest.pull import store
from services.ingest.pull.archive import Kept, proven_bodies
from services.ingest.runtime import Runtime
from services.ingest.snapshot.load import archive_connection
from services.ingest.snapshot.store import find_snapshot
from services.ingest.sources import source_named
from shared.calendar import REGISTERS, REPORTS
from shared.canonical import MerkleAccumulator, canonical_bytes, leaf_hash, merkle_root, sha256_hex
from shared.database import Database, Row
from shared.datasets.declaration import Dataset
from shared.errors import DomainError, NotFound
from shared.period import Period
from shared.registry import Registry
from shared.registry_store import load_registry

_BATCH = 5000


@dataclass(frozen=True)
class Difference:
    """A place, what is there and what the snapshot says should be."""

    place: str
    found: str
    stated: str


@dataclass(frozen=True)
class Verdict:
    """``differences`` is empty when the snapshot is what it says."""

    snapshot_id: str
    row_count: int
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


@dataclass(frozen=True)
class _Proof:
    """What a verification works with."""

    header: Row
    source: Source
    window: Window
    registry: Registry
    pages: Sequence[Kept]
    files: Sequence[Mapping[str, Any]]
    trail: Trail | None
    entered: Rows | None


async def verify_snapshot(runtime: Runtime, snapshot_id: str) -> Verdict:
    """Recompute id and roots. Raises NotFound; everything else that is wrong is a difference."""
    async with runtime.database.read() as connection:
        header = await find_snapshot(connection, snapshot_id)
        if header is None:
            raise NotFound(f"no snapshot {snapshot_id}")
        period = Period.parse(header["period"])
        files = await store.official_files(connection, header["pull_id"])
        received = store.unbroken(await store.pages(connection, header["pull_id"]))
        pages = await report_store.pages(connection, header["pull_id"]) or received
        proof = _Proof(
            header,
            source_named(header["source"]),
            Window(period, header["as_of"], _BATCH),
            await load_registry(connection, period.last_day),
            pages,
            files,
            await trail_of(connection, header) if taken_from(header, REPORTS) else None,
            await register_store.rows_at(connection, period, header["as_of"]) if taken_from(header, REGISTERS) else None,
        )
    return await asyncio.to_thread(_verdict, proof, runtime.database)


def _verdict(proof: _Proof, database: Database) -> Verdict:
    with archive_connection(database) as archive:
        return _compared(proof, archive)


def _compared(proof: _Proof, archive: psycopg.Connection[Any]) -> Verdict:
    header = proof.header
    differences = list(_of_header(header))
    stated = {each["name"]: each for each in json.loads(header["manifest"])["datasets"]}
    try:
        parse, pages = _archived(proof, archive)
        count = 0
        for dataset in proof.source.datasets:
            found, rows = _of_dataset(proof, dataset, stated[dataset.name], archive, (parse, pages))
            differences += found
            count += rows
        differences += _of_trail(proof, archive)
    except DomainError as problem:
        differences.append(Difference("archive", problem.detail, "bytes that give the snapshot's rows"))
        count = header["row_count"]
    return Verdict(header["snapshot_id"], count, tuple(differences))


def _of_header(header: Row) -> Iterator[Difference]:
    named = "snap_" + sha256_hex(header["manifest"]).removeprefix("sha256:")
    if named != header["snapshot_id"]:
        yield Difference("manifest", named, header["snapshot_id"])
    content = json.loads(header["manifest"])
    for name in ("source", "period", "version", "origin"):
        if content[name] != header[name]:
            yield Difference(f"header/{name}", str(header[name]), str(content[name]))
    keys = ("name", "root", "rows")
    parts = [
        canonical_bytes({"dataset": name, "root": root.removeprefix("sha256:"), "rows": rows})
        for name, root, rows in ([each[key] for key in keys] for each in content["datasets"])
    ]
    root = f"sha256:{merkle_root(parts).hex()}"
    if root != header["root"]:
        yield Difference("header/root", str(header["root"]), root)


def _of_dataset(
    proof: _Proof,
    dataset: Dataset,
    stated: Mapping[str, Any],
    archive: psycopg.Connection[Any],
    kept: tuple[Parse, Sequence[Kept]],
) -> tuple[list[Difference], int]:
    """Rows and archive side by side, leaf by leaf: the first place where they part, and both roots."""
    stored, read = MerkleAccumulator(), MerkleAccumulator()
    parted: Difference | None = None
    both = zip_longest(_stored_leaves(dataset, proof.header["pk"], archive), _archived_leaves(proof, dataset, archive, kept))
    for number, (ours, theirs) in enumerate(both, 1):
        stored.extend([ours] if ours else [])
        read.extend([theirs] if theirs else [])
        if ours != theirs and parted is None:
            parted = Difference(f"{dataset.name}/row {number}", _hex(ours), _hex(theirs))
    found = [parted] if parted else []
    for place, tree in (("rows", stored), ("archive", read)):
        root = f"sha256:{tree.root().hex()}"
        if (root, len(tree)) != (stated["root"], stated["rows"]):
            said = f"{stated['root']} over {stated['rows']} rows"
            found.append(Difference(f"{dataset.name}/{place}", f"{root} over {len(tree)} rows", said))
    return found, len(stored)


def _of_trail(proof: _Proof, archive: psycopg.Connection[Any]) -> list[Difference]:
    """A month of reports also against what bodies signed, one of the registers against what two people entered."""
    pages = ((page.dataset, body) for page, body in proven_bodies(archive, proof.pages))
    if proof.trail is not None:
        return [Difference(*found) for found in parted(proof.trail, proof.source, pages)]
    if proof.entered is not None:
        return [Difference(*found) for found in rows_parted(proof.entered, proof.source, pages, how="entered")]
    return []


def taken_from(header: Row, source: str) -> bool:
    """Whether we wrote the snapshot's pages ourselves from what was entered here for this source."""
    return bool(header["origin"] == "intake" and header["source"] == source)


def _stored_leaves(dataset: Dataset, snapshot_pk: int, connection: psycopg.Connection[Any]) -> Iterator[bytes]:
    columns = ", ".join(("agency_code", "expanded_by", *dataset.names))
    statement = f"SELECT {columns} FROM ingest.{dataset.table} WHERE snapshot_pk = %s ORDER BY ordinal"
    with connection.transaction(), connection.cursor(name=f"verify_{dataset.table}") as cursor:
        cursor.itersize = _BATCH
        for row in cursor.execute(statement.encode(), [snapshot_pk]):
            yield leaf_hash(canonical_bytes(canonical_values(dataset, row)))


def _archived_leaves(
    proof: _Proof, dataset: Dataset, archive: psycopg.Connection[Any], kept: tuple[Parse, Sequence[Kept]]
) -> Iterator[bytes]:
    parse, pages = kept
    reading = Reading(dataset, contract=proof.source.contract, window=proof.window, registry=proof.registry)
    for _, body in proven_bodies(archive, [page for page in pages if page.dataset == dataset.name]):
        yield from leaves(dataset, reading.accept(parse(dataset, body)))


def _archived(proof: _Proof, archive: psycopg.Connection[Any]) -> tuple[Parse, Sequence[Kept]]:
    """How the snapshot's bytes parse and which they are: pages of the network or of reports, or the official files."""
    if proof.header["origin"] == "intake":
        return PARSE, proof.pages
    if not proof.files:
        if proof.source.interface is None:
            raise NotFound(f"{proof.source.name}: neither pages nor files were kept")
        return proof.source.interface.parse, proof.pages
    given = [Kept("", number, file["sha256"], None) for number, file in enumerate(proof.files, 1)]
    contents = [body for _, body in proven_bodies(archive, given)]
    files = [(str(file["name"]), body) for file, body in zip(proof.files, contents, strict=True)]
    parser = parser_of(proof.source, files)
    pages = [Kept(each.name, 1, digest, None) for each in proof.source.datasets for digest in parser.digests(each)]
    return parser.parse, pages


def _hex(leaf: bytes | None) -> str:
    return "no row" if leaf is None else leaf.hex()
