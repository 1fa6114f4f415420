"""Use case: which frozen rows a figure was counted from, each with its verdict (EXP-01, EXP-05).

The verdict is that of the very statement that counted. A classified row shows its status alone and counts all the same. Who
sees which rows, row security says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from services.gateway.access.tenancy import whole_read
from services.gateway.http.errors import AgencyUnknown
from services.gateway.publication.proofs import DatasetProof, Prover
from services.gateway.publication.published_bytes import unpublished
from services.gateway.publication.row_lists import Asked, Part, RowList, ShownRow
from services.gateway.publication.sheets import NotExplained
from services.gateway.publication.store import rows as stored
from services.gateway.publication.store.records import RunBasis, SnapshotHead
from shared.canonical import leaf_hash
from shared.database import Connection, Database
from shared.datasets import DATASETS
from shared.errors import NotFound
from shared.first_frozen import RULE, first_frozen
from shared.law.revisions import Law
from shared.law_store import find_law
from shared.measures import CLASSIFIED, QUERIES
from shared.measures.declaration import ClassifiedRows, Query, Tally
from shared.measures.frame import SYSTEM57, Frame, Frozen, frame_of, parameters
from shared.measures.verdicts import SOURCE_FIGURE, VERDICTS
from shared.period import Period

# Rows that are read at once where all are wanted.
PAGE = 5000
Tallies = Mapping[str, tuple[Query, Tally]]
_DATASETS = {dataset.name: dataset for dataset in DATASETS}


@dataclass(frozen=True)
class Basis:
    """What a run counted from: its law, its inputs as stored, its snapshots by source."""

    run: RunBasis
    law: Law
    inputs: Mapping[str, Any]
    snapshots: Mapping[str, SnapshotHead]

    @cached_property
    def rules(self) -> frozenset[str]:
        """By which rules of other readings the run's revision counts rows."""
        return self.law.readings.row_rules(self.law.scheme)

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """Those that the run asked: of the rules it counts by, and with a snapshot of every source that they cannot do
        without."""
        of_rules = (query for query in QUERIES if query.rule is None or query.rule in self.rules)
        return tuple(query for query in of_rules if self.snapshots.keys() >= set(query.sources))

    def counted(self, snapshot: SnapshotHead) -> bool:
        """Whether it was this snapshot whose rows counted, not a former version of it."""
        own = self.snapshots.get(snapshot.source)
        return own is not None and own.pk == snapshot.pk

    @cached_property
    def frame(self) -> Frame:
        """The questions to the frozen rows, as when they counted."""
        return frame_of(
            Period.parse(self.inputs["period"]),
            cutoff=datetime.fromisoformat(self.inputs["cutoff"]),
            deadline=datetime.fromisoformat(self.inputs["deadline"]),
            left_out=msgspec.json.encode(self.inputs.get("left_out", [])).decode(),
            snapshots={source: Frozen(each.pk, each.version, each.as_of) for source, each in self.snapshots.items()},
        )

    @cached_property
    def given(self) -> dict[str, Any]:
        """What the statements are asked with."""
        return parameters(self.frame, self.rules)


async def basis_of(connection: Connection, *, period: str, version: int | None = None, run_id: str | None = None) -> Basis:
    """Of a published version, the latest where none is named, or of a run. Raises NotYetPublished, VersionUnknown, NotFound or
    NotExplained."""
    if run_id is None:
        run = await stored.basis_of_version(connection, period=period, version=version)
        if run is None:
            raise await unpublished(connection, period)
    else:
        run = await stored.basis_of_run(connection, run_id)
        if run is None or run.period != period:
            raise NotFound(f"{period} has no run {run_id}")
    return await _restored(connection, run)


async def basis_of_run(connection: Connection, run_id: str) -> Basis:
    """Of a run of any month. Raises NotFound or NotExplained."""
    run = await stored.basis_of_run(connection, run_id)
    if run is None:
        raise NotFound(f"no run has the id {run_id}")
    return await _restored(connection, run)


async def _restored(connection: Connection, run: RunBasis) -> Basis:
    law = await find_law(connection, run.scheme, run.scheme_revision)
    if law is None:
        raise NotExplained(f"run {run.run_id} was computed under a scheme that is not held here: {run.scheme}")
    inputs = msgspec.json.decode(run.inputs)
    ids = [entry["snapshot"] for entry in inputs["snapshots"].values() if entry]
    return Basis(run, law, inputs, await snapshots_counted(connection, law, ids))


async def snapshots_counted(connection: Connection, law: Law, ids: Collection[str]) -> dict[str, SnapshotHead]:
    """By source the snapshot whose rows counted: under reading A-8 `as-frozen` of System 57 the one that took nothing in."""
    found = {each.source: each for each in await stored.snapshots_named(connection, ids)}
    if RULE in law.readings.row_rules(law.scheme) and SYSTEM57 in found:
        first = await first_frozen(connection, found[SYSTEM57].pk)
        found |= {each.source: each for each in await stored.snapshots_named(connection, [first.snapshot_id])}
    return found


@dataclass(frozen=True)
class IndicatorAsked:
    """Rows behind one indicator of one body of a published version, with one verdict or any."""

    period: str
    agency: str
    code: str
    version: int | None = None
    verdict: str | None = None


@dataclass(frozen=True)
class IndicatorRows:
    """The rows behind one indicator of one body, and how its figures come from them."""

    basis: Basis
    agency: str
    code: str
    queries: tuple[Query, ...]
    aside: frozenset[str]

    @cached_property
    def rows(self) -> RowList:
        """Each dataset once, in the order of the measures."""
        classified = {each.dataset: each for query in self.queries for each in query.own_rows}
        frozen = [each for each in classified.values() if each.source in self.basis.snapshots]
        snapshots = self.basis.snapshots
        parts = (_part(number, each, snapshots[each.source], self.tallies) for number, each in enumerate(frozen))
        return RowList(tuple(parts), self.basis.given)

    @cached_property
    def tallies(self) -> Tallies:
        """The indicator's measures with how they are counted."""
        found = tallies_of(self.queries)
        own = self.basis.law.applied.indicators[self.code].formula.measures
        return {name: found[name] for name in own if name in found}

    def document(self) -> dict[str, Any]:
        """What stands beside the rows."""
        run = self.basis.run
        return {
            "period": run.period,
            "version": run.version,
            "run_id": run.run_id,
            "agency": self.agency,
            "indicator": self.code,
            "figures": list(self.figures()),
        }

    def figures(self) -> Iterator[dict[str, Any]]:
        """By measure from which rows it comes, or why none say it: a figure of the source, one counted from all bodies' rows,
        rows put aside, a ruling that supplies it where rows give none."""
        rulings = {one["measure"]: one["ruling_id"] for one in self.basis.inputs["rulings"] if one["agency"] == self.agency}
        for name, (query, tally) in self.tallies.items():
            yield {
                "measure": name,
                "origin": _origin(query, tally),
                "verdicts": list(tally.verdicts),
                "amounts": list(tally.columns),
                "given": list(tally.given),
                "unless": list(tally.unless),
                "at_most": tally.at_most,
                "stated_by": query.stated.dataset if query.stated else None,
                "rows_put_aside": not self.aside.isdisjoint(query.datasets),
                "ruling": rulings.get(name),
            }


async def indicator_rows(connection: Connection, basis: Basis, *, agency: str, code: str) -> IndicatorRows:
    """Raises AgencyUnknown and NotFound."""
    if agency not in {each["code"] for each in basis.inputs["agencies"]}:
        raise AgencyUnknown(f"no scored body has the code {agency!r} in {basis.run.period}")
    indicator = basis.law.applied.indicators.get(code)
    if indicator is None:
        raise NotFound(f"the scheme of {basis.run.period} has no indicator {code!r}")
    queries = tuple(query for query in basis.queries if not query.measures.keys().isdisjoint(indicator.formula.measures))
    pks = [each.pk for each in basis.snapshots.values()]
    return IndicatorRows(basis, agency, code, queries, await stored.datasets_put_aside(connection, agency=agency, pks=pks))


async def snapshot_rows(
    connection: Connection, snapshot_id: str, dataset: str | None, *, published: bool
) -> tuple[RunBasis | None, RowList]:
    """All datasets of a snapshot or one, with the run whose verdicts they bear: the latest published version that rests on the
    snapshot, else, unless only published ones may be told, the latest run. Without one, or where it counted the rows of a
    former version instead (reading A-8 `as-frozen`), rows have no verdict.

    Raises NotFound."""
    snapshot = next(iter(await stored.snapshots_named(connection, [snapshot_id])), None)
    if snapshot is None:
        raise NotFound(f"no snapshot has the id {snapshot_id}")
    run = await stored.basis_on_snapshot(connection, period=snapshot.period, snapshot_id=snapshot_id, published=published)
    basis = None if run is None else await _restored(connection, run)
    if basis is not None and not basis.counted(snapshot):
        basis = None
    return (basis.run if basis else None), rows_in(snapshot, dataset, basis)


def rows_in(snapshot: SnapshotHead, dataset: str | None, basis: Basis | None) -> RowList:
    """All datasets of a snapshot or one, with the verdicts of a run that counted its rows, or without. Raises NotFound."""
    names = [each["name"] for each in msgspec.json.decode(snapshot.manifest)["datasets"] if each["name"] in _DATASETS]
    if dataset is not None and dataset not in names:
        raise NotFound(f"{snapshot.snapshot_id} holds no dataset {dataset!r}; it holds: {', '.join(names)}")
    tallies = {} if basis is None else tallies_of(basis.queries)
    parts = []
    for number, name in enumerate([dataset] if dataset else names):
        known = CLASSIFIED.get(name) if basis else None
        parts.append(_part(number, known or _not_counted(name, snapshot.source), snapshot, tallies))
    return RowList(tuple(parts), {snapshot.source: snapshot.pk} if basis is None else basis.given)


def tallies_of(queries: Iterable[Query]) -> Tallies:
    """By measure the query that counts it, and how."""
    return {name: (query, tally) for query in queries for name, tally in query.measures.items()}


def _part(number: int, classified: ClassifiedRows, snapshot: SnapshotHead, tallies: Tallies) -> Part:
    counted: dict[str, tuple[str, ...]] = {}
    for name, (query, tally) in tallies.items():
        if classified in query.rows:
            for verdict in tally.verdicts:
                counted[verdict] = (*counted.get(verdict, ()), name)
    return Part(number, _DATASETS[classified.dataset], snapshot, classified, counted)


def _not_counted(name: str, source: str) -> ClassifiedRows:
    """Rows of a dataset that only decides about others, or of a snapshot that no run rests on."""
    table = _DATASETS[name].table
    return ClassifiedRows(
        name, source, f"SELECT *, CAST(NULL AS text) AS row_verdict FROM ingest.{table} WHERE snapshot_pk = :{source}"
    )


def _origin(query: Query, tally: Tally) -> str:
    if query.whole is not None:
        return "all_bodies"
    return "source" if tally.verdicts == (SOURCE_FIGURE,) else "rows"


async def proofs_of(prover: Prover, database: Database, found: Collection[ShownRow]) -> dict[str, DatasetProof]:
    """By dataset the proof of the rows found. Raises ProofsBusy or RowsDiffer."""
    parts = {each.part.dataset.name: each.part for each in found}
    rows: dict[str, dict[int, bytes]] = {name: {} for name in parts}
    for each in found:
        rows[each.part.dataset.name][each.row.ordinal] = leaf_hash(each.leaf_bytes)
    async with prover.turn():
        return {name: await prover.prove(database, part.snapshot, part.dataset, rows[name]) for name, part in parts.items()}


def verdict_words(found: Collection[ShownRow]) -> dict[str, dict[str, str]]:
    """What the verdicts among these rows say, in both languages."""
    said = sorted({each.row.verdict for each in found if each.row.verdict})
    return {verdict: vars(VERDICTS[verdict]) for verdict in said}


async def every_row(database: Database, asked: IndicatorAsked) -> tuple[IndicatorRows, list[ShownRow]]:
    """All rows of one indicator of one body, page by page, for the site's operator. Raises as ``basis_of`` and
    ``indicator_rows``."""
    found: list[ShownRow] = []
    async with whole_read(database) as connection:
        basis = await basis_of(connection, period=asked.period, version=asked.version)
        behind = await indicator_rows(connection, basis, agency=asked.agency, code=asked.code)
        while True:
            after = found[-1].key if found else None
            page = await behind.rows.read(connection, Asked(asked.agency, asked.verdict, after, PAGE))
            found += page
            if len(page) < PAGE:
                return behind, found
