"""Score plans as scoring wrote them, and what runs rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import every, one
from shared.tables.scoring import run, score_plan


@dataclass(frozen=True, kw_only=True)
class PlanOnRecord:
    """What a run would change, by whom it was asked, and what it was made of; ``inputs`` and ``difference`` are canonical
    bytes, ``against`` the publication it was compared with."""

    plan_id: str
    period: str
    inputs: bytes
    inputs_digest: str
    scheme: str
    scheme_digest: str
    scheme_revision: int | None
    engine_version: str
    result_digest: str
    provisional: bool
    agrees: bool
    against: str | None
    difference: bytes
    digest: str
    stale: Sequence[Mapping[str, Any]]
    command_id: str | None
    actor: str
    reason: str
    recorded_at: datetime

    @property
    def document(self) -> dict[str, Any]:
        """The difference as a document."""
        found: dict[str, Any] = json.loads(self.difference)
        return found


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a run was computed from, and by what."""

    run_id: str
    period: str
    inputs: bytes
    scheme_digest: str
    engine_version: str


async def find_plan(connection: AsyncConnection, plan_id: str) -> PlanOnRecord | None:
    return await one(connection, PlanOnRecord, select(score_plan).where(score_plan.c.plan_id == plan_id))


async def bases_of(connection: AsyncConnection, run_ids: Sequence[str]) -> list[Basis]:
    """Of those of the runs that are there."""
    columns = (run.c[name] for name in ("run_id", "period", "inputs", "scheme_digest", "engine_version"))
    return await every(connection, Basis, select(*columns).where(run.c.run_id.in_(run_ids)))
