"""Proofs cost little: one at a time, no connection held while paths are made, leaves kept within a budget (EXP-05)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from services.gateway.publication import proofs
from services.gateway.publication.proofs import ProofsBusy, Prover, RowsDiffer, canonical_row
from services.gateway.publication.store.records import SnapshotHead
from shared.canonical import audit_paths, leaf_hash
from shared.database import Database
from shared.datasets import DATASETS

DATASET = next(each for each in DATASETS if each.name == "initiatives")
NO_DATABASE = cast("Database", None)
ROW_BYTES = 40


def rows_of(count: int, *, title: str = "demo") -> list[tuple[Any, ...]]:
    """As they are stored; every second number is of another dataset."""
    columns = {"title": title, "points": 1, "decided_on": datetime(2026, 1, 30, tzinfo=UTC).date()}
    return [(2 * n, "H38", None, *(columns.get(name, f"{name}-{n}") for name in DATASET.names)) for n in range(count)]


def leaves_of(rows: Sequence[tuple[Any, ...]]) -> dict[int, bytes]:
    return {row[0]: leaf_hash(canonical_row(DATASET, row[1:])) for row in rows}


def snapshot_of(pk: int, rows: Sequence[tuple[Any, ...]]) -> SnapshotHead:
    root = f"sha256:{audit_paths(list(leaves_of(rows).values()), [])[0].hex()}"
    manifest = json.dumps({"datasets": [{"name": DATASET.name, "root": root, "rows": len(rows)}]}).encode()
    at = datetime(2026, 2, 2, tzinfo=UTC)
    return SnapshotHead(
        pk=pk, snapshot_id=f"snap_{pk}", source="government_office", period="2026-01", version=1, as_of=at, root=root,
        manifest=manifest,
    )  # fmt: skip


@dataclass
class Shelf:
    """Rows by snapshot, how often they were read, and how many connections are held."""

    rows: dict[int, list[tuple[Any, ...]]]
    read: list[int] = field(default_factory=list)
    held: int = 0

    @asynccontextmanager
    async def whole_read(self, _: object) -> AsyncIterator[None]:
        self.held += 1
        yield
        self.held -= 1

    async def stored_rows(self, _: object, __: object, pk: int) -> AsyncIterator[Sequence[tuple[Any, ...]]]:
        self.read.append(pk)
        yield self.rows[pk][:3]
        yield self.rows[pk][3:]


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    made = Shelf({pk: rows_of(10, title=f"demo {pk}") for pk in (1, 2, 3)})
    monkeypatch.setattr(proofs, "whole_read", made.whole_read)
    monkeypatch.setattr(proofs.stored, "stored_rows", made.stored_rows)
    return made


async def proof(prover: Prover, shelf: Shelf, pk: int, *ordinals: int) -> proofs.DatasetProof:
    rows = shelf.rows[pk]
    wanted = {ordinal: leaf for ordinal, leaf in leaves_of(rows).items() if ordinal in ordinals}
    async with prover.turn():
        return await prover.prove(NO_DATABASE, snapshot_of(pk, rows_of(10, title=f"demo {pk}")), DATASET, wanted)


async def test_the_way_leads_to_the_root_and_no_connection_is_held(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def paths(*given: Any) -> Any:
        assert shelf.held == 0
        return audit_paths(*given)

    monkeypatch.setattr(proofs, "audit_paths", paths)
    made = await proof(Prover(), shelf, 1, 0, 8)
    assert {ordinal: place for ordinal, (place, _) in made.rows.items()} == {0: 0, 8: 4}
    node, place, size = leaves_of(shelf.rows[1])[8], 4, made.document["size"]
    for step in made.rows[8][1]:
        while place % 2 == 0 and place == size - 1:
            place, size = place // 2, (size + 1) // 2
        sibling = bytes.fromhex(step.removeprefix("sha256:"))
        pair = sibling + node if place % 2 else node + sibling
        node, place, size = hashlib.sha256(b"\x01" + pair).digest(), place // 2, (size + 1) // 2
    assert f"sha256:{node.hex()}" == made.document["root"]


async def test_leaves_asked_for_last_are_kept_within_the_budget(shelf: Shelf) -> None:
    prover = Prover(budget=2 * 10 * ROW_BYTES)
    first = [await proof(prover, shelf, pk, 4) for pk in (1, 2)]
    assert [await proof(prover, shelf, pk, 4) for pk in (2, 1)] == first[::-1]
    for pk in (3, 1, 2):
        await proof(prover, shelf, pk, 4)
    assert shelf.read == [1, 2, 3, 2], "the least recently used goes first"


async def test_what_is_larger_than_the_budget_is_not_kept(shelf: Shelf) -> None:
    prover = Prover(budget=10 * ROW_BYTES - 1)
    for _ in range(2):
        await proof(prover, shelf, 1, 4)
    assert shelf.read == [1, 1]


async def test_rows_that_do_not_give_the_root_prove_nothing(shelf: Shelf) -> None:
    prover = Prover()
    await proof(prover, shelf, 1, 4)
    shelf.rows[1] = rows_of(10, title="altered")
    for _ in range(2):
        with pytest.raises(RowsDiffer, match="give another root"):
            await proof(prover, shelf, 1, 4)
    assert shelf.read == [1, 1], "kept leaves that differ from the rows are let go"


async def test_one_at_a_time_and_who_waits_too_long_is_put_off(shelf: Shelf) -> None:
    prover = Prover(wait=0.05)
    async with prover.turn():
        with pytest.raises(ProofsBusy):
            await proof(prover, shelf, 1, 4)
    patient = Prover(wait=30)
    made = await asyncio.gather(*(proof(patient, shelf, 1, ordinal) for ordinal in (0, 2, 4)))
    assert [set(each.rows) for each in made] == [{0}, {2}, {4}]
    assert shelf.read == [1]
