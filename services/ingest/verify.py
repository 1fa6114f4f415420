"""Use case: prove a snapshot again, from the rows in the database and from the bytes in the archive (ING-05, SNP-02).

A month of reports is proven further back, to the reports that bodies signed; one of the registers, to what two people entered.

The rows are written out by the reference way (``canonical_values``, RFC 8785), not by the fast one that froze them.
A difference is named by dataset and row. What came of it is a fact; of the snapshot nothing is written.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from typing import Any

import psycopg
import sqlalchemy.exc
import structlog

from services.ingest.contract.aside import RowPutAside
from services.ingest.contract.reading import Reading
from services.ingest.contract.rows import leaves
from services.ingest.contract.source import Parse, Source, Window
from services.ingest.from_intake import register_store, report_store
from services.ingest.from_intake.register_choice import Rows
from services.ingest.from_intake.report_trail import Trail, parted, rows_parted, trail_of
from services.ingest.from_intake.take_reports import PARSE
from services.ingest.from_intake.take_words import words_at
from services.ingest.official_files.formats import parser_of
from services.ingest.pull import store
from services.ingest.pull.archive import Kept, proven_bodies
from services.ingest.runtime import Runtime
from services.ingest.snapshot import verifications
from services.ingest.snapshot.composing import Key, Keyed, composed, taken_of
from services.ingest.snapshot.load import archive_connection
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.snapshot.replay import all_aside, stated_aside
from services.ingest.snapshot.store import find_snapshot, rows_put_aside
from services.ingest.sources import source_named
from shared.audit import record
from shared.calendar import REGISTERS, REPORTS, WORDS
from shared.canonical import MerkleAccumulator, canonical_bytes, leaf_hash, merkle_root, sha256_hex
from shared.database import Connection, Database
from shared.datasets.canonical_rows import canonical_values, instant_text, parts_of
from shared.datasets.declaration import Dataset
from shared.errors import DomainError, NotFound
from shared.period import Period
from shared.registry import Registry
from shared.registry_store import load_registry

_BATCH = 5000
# What reading facts may end in that somebody altered past their guards, or a disk: a lost page, a number no source may send, a
# lost name; and what PostgreSQL itself cannot read any more. A connection that is lost is none of it, and no verdict.
UNREADABLE = (
    DomainError, ValueError, LookupError, TypeError, ArithmeticError, psycopg.InternalError, sqlalchemy.exc.InternalError,
)  # fmt: skip

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Difference:
    """A place, what is there and what the snapshot says should be."""

    place: str
    found: str
    stated: str


@dataclass(frozen=True)
class Verdict:
    """What the snapshot says it is, whether its rows and its archived bytes prove that, and every difference that was found.

    A snapshot holds when there is none: bytes may prove it that are not what bodies signed.
    """

    snapshot_id: str
    source: str
    period: str
    version: int
    row_count: int
    root: str
    rows_prove: bool
    archive_proves: bool
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


@dataclass(frozen=True)
class _Proof:
    """What a verification works with."""

    header: FrozenSnapshot
    source: Source
    window: Window
    registry: Registry
    pages: Sequence[Kept]
    files: Sequence[Mapping[str, Any]]
    trail: Trail | None
    entered: Rows | None
    aside: Sequence[RowPutAside]
    # Of a composed snapshot: what it was made from, and by dataset the rows that came from its own pull.
    base: _Proof | None = None
    taken: Mapping[str, frozenset[Key]] = field(default_factory=dict)


# How a snapshot's bytes parse, and which they are.
Archived = tuple[Parse, Sequence[Kept]]


@dataclass
class _Side:
    """One of the two that must prove a dataset: ``place`` names it. ``broken`` is what ended its reading before its end."""

    place: str
    tree: MerkleAccumulator = field(default_factory=MerkleAccumulator)
    broken: Difference | None = None

    def read(self, found: Iterator[bytes]) -> Iterator[bytes]:
        try:
            for leaf in found:
                self.tree.extend([leaf])
                yield leaf
        except UNREADABLE as problem:
            self.broken = _unreadable(self.place, problem)

    def against(self, stated: Mapping[str, Any]) -> list[Difference]:
        root = f"sha256:{self.tree.root().hex()}"
        if self.broken is not None:
            return [self.broken]
        if (root, len(self.tree)) == (stated["root"], stated["rows"]):
            return []
        said = f"{stated['root']} over {stated['rows']} rows"
        return [Difference(self.place, f"{root} over {len(self.tree)} rows", said)]


async def record_verification(runtime: Runtime, snapshot_id: str, *, actor: str) -> Verdict:
    """Verify a snapshot and append what came of it. Raises NotFound."""
    at = runtime.clock()
    verdict = await verify_snapshot(runtime, snapshot_id)
    places = [each.place for each in verdict.differences]
    async with runtime.database.transaction() as connection:
        differences = [asdict(each) for each in verdict.differences]
        values = {"snapshot_id": snapshot_id, "verified_at": at, "holds": verdict.holds, "differences": differences}
        await verifications.insert_verification(connection, {**values, "actor": actor})
        detail = {"holds": verdict.holds, "places": places}
        await record(connection, actor, "snapshot.verify", snapshot_id, detail=detail)
    if not verdict.holds:
        log.error("a snapshot does not prove", snapshot_id=snapshot_id, places=places)
    return verdict


async def verify_snapshot(runtime: Runtime, snapshot_id: str) -> Verdict:
    """Recompute id and roots. Raises NotFound; everything else that is wrong is a difference."""
    async with runtime.database.read() as connection:
        header = await find_snapshot(connection, snapshot_id)
        if header is None:
            raise NotFound(f"no snapshot {snapshot_id}")
        # Nothing can be compared with a header that is not what the id was made of.
        if wrong := list(_of_header(header)):
            return _verdict(header, wrong, rows_prove=False, archive_proves=False)
        try:
            proof = await _proof(connection, header)
        except UNREADABLE as problem:
            return _verdict(header, [_unreadable("evidence", problem)], rows_prove=False, archive_proves=False)
    return await asyncio.to_thread(_proven, proof, runtime.database)


async def _proof(connection: Connection, header: FrozenSnapshot) -> _Proof:
    period = Period.parse(header.period)
    manifest = json.loads(header.manifest)
    base = await _base_of(connection, manifest) if "composed" in manifest else None
    received = store.unbroken(await store.pages(connection, header.pull_id))
    return _Proof(
        header,
        source_named(header.source),
        Window(period, header.as_of, _BATCH),
        # A correction of the registry since is no fault of the snapshot.
        await load_registry(connection, period.last_day, known_at=header.recorded_at),
        await report_store.pages(connection, header.pull_id) or received,
        await store.official_files(connection, header.pull_id),
        await trail_of(connection, header) if header.is_of(REPORTS) else None,
        await _entered(connection, header, period),
        await rows_put_aside(connection, header.pk),
        base,
        {} if base is None else taken_of(manifest),
    )


async def _entered(connection: Connection, header: FrozenSnapshot, period: Period) -> Rows | None:
    """The rows as people entered them: registers, or words on figures."""
    if header.is_of(REGISTERS):
        return await register_store.rows_at(connection, period, header.as_of)
    if header.is_of(WORDS):
        return await words_at(connection, period, header.evidence["reviews"], header.as_of)
    return None


async def _base_of(connection: Connection, manifest: Mapping[str, Any]) -> _Proof:
    """What a composed snapshot was made from, which has to be what its own manifest says. Raises LookupError, ValueError."""
    named = manifest["composed"]["base"]["snapshot"]
    if (header := await find_snapshot(connection, named)) is None:
        raise LookupError(f"no snapshot {named}")
    if wrong := list(_of_header(header)):
        raise ValueError(f"{named}: {wrong[0].place}")
    return await _proof(connection, header)


def _proven(proof: _Proof, database: Database) -> Verdict:
    with archive_connection(database) as archive:
        return _compared(proof, archive)


def _compared(proof: _Proof, archive: psycopg.Connection[Any]) -> Verdict:
    """Rows and archive each against the header, so that one that is damaged does not hide how the other stands."""
    beside, of_rows, of_archive = list[Difference](), list[Difference](), list[Difference]()
    kept: Archived | None = None
    try:
        kept = _archived(proof, archive)
    except UNREADABLE as problem:
        of_archive.append(_unreadable("archive", problem))
    content, readings = json.loads(proof.header.manifest), dict[str, Reading]()
    for stated in content["datasets"]:
        parted_at, rows, bytes_ = _of_dataset(proof, stated, archive, kept, readings)
        beside += parted_at
        of_rows += rows
        of_archive += bytes_
    of_rows += _aside_differs("put_aside/rows", proof.aside, content.get("put_aside"))
    if not of_archive:
        of_archive += _of_aside(proof, readings, content.get("put_aside"))
    if not of_archive:
        beside += _of_trail(proof, archive)
    everything = [*beside, *of_rows, *of_archive]
    return _verdict(proof.header, everything, rows_prove=not of_rows, archive_proves=not of_archive)


def _verdict(header: FrozenSnapshot, differences: Sequence[Difference], *, rows_prove: bool, archive_proves: bool) -> Verdict:
    said = {name: getattr(header, name) for name in ("snapshot_id", "source", "period", "version", "row_count", "root")}
    return Verdict(**said, rows_prove=rows_prove, archive_proves=archive_proves, differences=tuple(differences))


def _of_header(header: FrozenSnapshot) -> Iterator[Difference]:
    named = "snap_" + sha256_hex(header.manifest).removeprefix("sha256:")
    if named != header.snapshot_id:
        yield Difference("manifest", named, header.snapshot_id)
        return
    content = json.loads(header.manifest)
    stated = {name: content[name] for name in ("source", "period", "version", "origin")}
    stated |= {"as_of": content["window"]["as_of"], "row_count": sum(each["rows"] for each in content["datasets"])}
    for name, said in stated.items():
        found = instant_text(header.as_of) if name == "as_of" else getattr(header, name)
        if found != said:
            yield Difference(f"header/{name}", str(found), str(said))
    if "composed" in content and content["composed"]["base"]["snapshot"] != header.supersedes:
        yield Difference("header/supersedes", str(header.supersedes), content["composed"]["base"]["snapshot"])
    root = f"sha256:{merkle_root(parts_of(content)).hex()}"
    if root != header.root:
        yield Difference("header/root", str(header.root), root)


def _of_dataset(
    proof: _Proof,
    stated: Mapping[str, Any],
    archive: psycopg.Connection[Any],
    kept: Archived | None,
    readings: dict[str, Reading],
) -> tuple[list[Difference], list[Difference], list[Difference]]:
    """Leaf by leaf, rows and archive side by side: the first place where they part, then how each differs from what is stated.
    Without ``kept`` the rows alone. The reading of the archive is left in ``readings``."""
    dataset = {each.name: each for each in proof.source.datasets}.get(stated["name"])
    if dataset is None:
        unknown = [Difference(str(stated["name"]), "no dataset of this version", "a dataset of the snapshot")]
        return [], unknown, []
    rows, bytes_ = _Side(f"{dataset.name}/rows"), _Side(f"{dataset.name}/archive")
    ours = rows.read(_stored_leaves(dataset, proof.header.pk, archive))
    if kept is None:
        deque(ours, maxlen=0)
        return [], rows.against(stated), []
    parted: list[Difference] = []
    both = zip_longest(ours, bytes_.read(_archived_leaves(proof, dataset, archive, kept, readings)))
    for number, (mine, theirs) in enumerate(both, 1):
        if mine != theirs and not parted and not (rows.broken or bytes_.broken):
            parted.append(Difference(f"{dataset.name}/row {number}", _hex(mine), _hex(theirs)))
    return parted, rows.against(stated), bytes_.against(stated)


def _of_aside(proof: _Proof, readings: Mapping[str, Reading], stated: Mapping[str, Any] | None) -> list[Difference]:
    """What the archived bytes give to be put aside, against what is stated."""
    try:
        found = all_aside(proof.source, {name: reading.finish() for name, reading in readings.items()})
    except UNREADABLE as problem:
        return [_unreadable("put_aside/archive", problem)]
    return _aside_differs("put_aside/archive", found, stated)


def _aside_differs(place: str, found: Sequence[RowPutAside], stated: Mapping[str, Any] | None) -> list[Difference]:
    """Against number and root, and each row against its own digest."""
    altered = [each.place for each in found if each.row is not None and sha256_hex(canonical_bytes(each.row)) != each.digest]
    if altered:
        return [Difference(f"{place}/{altered[0]}", "a row of another digest", "the row that was put aside")]
    ours = stated_aside(found)
    return [] if ours == stated else [Difference(place, _told(ours), _told(stated))]


def _told(stated: Mapping[str, Any] | None) -> str:
    return "nothing put aside" if stated is None else f"{stated['root']} over {stated['count']} rows"


def _of_trail(proof: _Proof, archive: psycopg.Connection[Any]) -> list[Difference]:
    """A month of reports also against what bodies signed, one of the registers against what two people entered."""
    pages = ((page.dataset, body) for page, body in proven_bodies(archive, proof.pages))
    try:
        if proof.trail is not None:
            return [Difference(*found) for found in parted(proof.trail, proof.source, pages)]
        if proof.entered is not None:
            return [Difference(*found) for found in rows_parted(proof.entered, proof.source, pages, how="entered")]
    except UNREADABLE as problem:
        return [_unreadable("signed reports" if proof.trail else "entries", problem)]
    return []


def _stored_leaves(dataset: Dataset, snapshot_pk: int, connection: psycopg.Connection[Any]) -> Iterator[bytes]:
    columns = ", ".join(("agency_code", "expanded_by", *dataset.names))
    statement = f"SELECT {columns} FROM ingest.{dataset.table} WHERE snapshot_pk = %s ORDER BY ordinal"
    with connection.transaction(), connection.cursor(name=f"verify_{dataset.table}") as cursor:
        cursor.itersize = _BATCH
        for row in cursor.execute(statement.encode(), [snapshot_pk]):
            yield leaf_hash(canonical_bytes(canonical_values(dataset, row)))


def _archived_leaves(
    proof: _Proof, dataset: Dataset, archive: psycopg.Connection[Any], kept: Archived, readings: dict[str, Reading]
) -> Iterator[bytes]:
    return (leaf for _, leaf in _keyed_leaves(proof, dataset, archive, kept, readings))


def _keyed_leaves(
    proof: _Proof, dataset: Dataset, archive: psycopg.Connection[Any], kept: Archived, readings: dict[str, Reading]
) -> Iterator[Keyed]:
    """Of a composed snapshot those of its base, with the rows in them that came from its own pull. In ``readings`` the base's
    is left: what it put aside, the composed one puts aside."""
    reading = Reading(dataset, contract=proof.source.contract, window=proof.window, registry=proof.registry)
    if proof.base is None:
        readings[dataset.name] = reading
        yield from _read_leaves(reading, dataset, archive, kept)
        return
    taken = proof.taken.get(dataset.name, frozenset())
    said = {key: leaf for key, leaf in _read_leaves(reading, dataset, archive, kept) if key in taken} if taken else {}
    base = _keyed_leaves(proof.base, dataset, archive, _archived(proof.base, archive), readings)
    yield from composed(base, taken, said)


def _read_leaves(reading: Reading, dataset: Dataset, archive: psycopg.Connection[Any], kept: Archived) -> Iterator[Keyed]:
    parse, pages = kept
    places = [dataset.names.index(name) for name in dataset.key]
    for _, body in proven_bodies(archive, [page for page in pages if page.dataset == dataset.name]):
        block = reading.accept(parse(dataset, body))
        keys = zip(*(block.columns[place] for place in places), block.codes, strict=True)
        yield from zip(keys, leaves(dataset, block), strict=True)


def _archived(proof: _Proof, archive: psycopg.Connection[Any]) -> Archived:
    """Pages of the network or of reports, or the official files."""
    if proof.header.origin == "intake":
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


def _unreadable(place: str, problem: Exception) -> Difference:
    if isinstance(problem, DomainError):
        said = problem.detail
    else:
        # What the database says may quote a row.
        damaged = isinstance(problem, psycopg.InternalError | sqlalchemy.exc.InternalError)
        said = type(problem).__name__ if damaged else f"{type(problem).__name__}: {problem}"
    return Difference(place, said, "what gives the snapshot's rows")
