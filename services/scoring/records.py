"""What is stored of runs and publications, as records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Computed:
    """What a run computed: the canonical bytes of its sheet, and their digest."""

    run_id: str
    sheet: bytes
    result_digest: str


@dataclass(frozen=True, kw_only=True)
class Run(Computed):
    """With who asked for it, the canonical bytes of its inputs, the law it was computed by, and where the engines differ."""

    period: str
    actor: str
    reason: str
    command_id: str | None
    inputs: bytes
    inputs_digest: str
    scheme: str
    scheme_digest: str
    scheme_revision: int | None
    engine_version: str
    provisional: bool
    agrees: bool
    differences: Sequence[Any] | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The header of a published version."""

    publication_id: str
    period: str
    version: int
    run_id: str
    publisher: str
    reason: str
    command_id: str | None
    published_at: datetime
    digest: str
    extensions: Sequence[str] | None
    recorded_at: datetime
    follows: Mapping[str, Any] | None
    restores: str | None
    plan_digest: str | None
    release_at: datetime | None
    root: str | None
    certificate: str | None


@dataclass(frozen=True, kw_only=True)
class Former:
    """The latest version of a former month; ``body`` is the whole sheet's JSON, ``digest`` that of its bytes."""

    period: str
    version: int
    publication: str
    digest: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Every body under an alternative of a reading; ``body`` is the JSON that is answered."""

    reading: str
    alternative: str
    body: bytes

    def agencies(self) -> Sequence[Mapping[str, Any]]:
        """Each with ``agency``, and under ``in_force`` and ``alternative`` total, grade and rank."""
        found: Sequence[Mapping[str, Any]] = json.loads(self.body)["agencies"]
        return found


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """How many facts of a kind, such as completions recorded late, a version of a source's snapshot took in of one body."""

    source: str
    version: int
    kind: str
    agency: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a source's snapshot; a first one has no reason and no two people."""

    pk: int
    snapshot_id: str
    source: str
    version: int
    reason: str | None
    requested_by: str | None
    approver: str | None
    captured_at: datetime


@dataclass(frozen=True, kw_only=True)
class Aside:
    """How many rows of a body a version put aside of a dataset, and which checks found what."""

    source: str
    version: int
    dataset: str
    agency: str
    count: int
    checks: Sequence[str]
