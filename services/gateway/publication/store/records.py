"""What is stored of publications and runs, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """Stored bytes of a published document; ``latest`` is the month's latest version."""

    period: str
    version: int
    latest: int
    digest: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Embargoed:
    """Stored bytes of a version that is not released yet."""

    period: str
    version: int
    digest: str
    body: bytes
    release_at: datetime


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
    follows: Mapping[str, Any] | None
    restores: str | None
    release_at: datetime | None
    root: str | None
    certificate: str | None


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One that signs published documents: as DER, and as PEM with its issuers."""

    fingerprint: str
    certificate: bytes
    chain: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class LatestVersion:
    """The latest version of a month."""

    period: str
    version: int
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class Run:
    """The header of a run, and its publication."""

    run_id: str
    period: str
    actor: str
    reason: str
    command_id: str | None
    inputs_digest: str
    scheme: str
    scheme_digest: str
    scheme_revision: int | None
    engine_version: str
    result_digest: str
    provisional: bool
    agrees: bool
    recorded_at: datetime
    publication_id: str | None


@dataclass(frozen=True, kw_only=True)
class RunSheet:
    """The canonical bytes a run computed."""

    run_id: str
    sheet: bytes


@dataclass(frozen=True, kw_only=True)
class VersionInputs:
    """A publication with its run's canonical inputs."""

    period: str
    version: int
    published_at: datetime
    inputs: bytes


@dataclass(frozen=True, kw_only=True)
class KeptReading:
    """A document of a run's readings: of an alternative, or of the register where both names are empty."""

    reading: str
    alternative: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class CountedReport:
    """A body's report that a version rests on."""

    agency: str
    submission_id: str
    sequence: int
    digest: str
    submitted_at: str
    deadline: str
    late: bool
    ground: str
    extension: str | None


@dataclass(frozen=True, kw_only=True)
class PublicWords:
    """What a report says in public."""

    agency: str
    section: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ExtensionSeen:
    """An extension that a publication pinned."""

    extension_id: str
    agency: str
    until: datetime
    effect: str
    document: str
    reason: str
    actor: str
    recorded_at: datetime
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RunBasis:
    """What a run rests on, as it was stored; ``version`` is that of its publication."""

    run_id: str
    period: str
    version: int | None
    inputs: bytes
    scheme: str
    scheme_revision: int | None


@dataclass(frozen=True, kw_only=True)
class SnapshotHead:
    """A snapshot by the small key of its rows, with what its root is made of."""

    pk: int
    snapshot_id: str
    source: str
    period: str
    version: int
    as_of: datetime
    root: str
    manifest: bytes


@dataclass(frozen=True, kw_only=True)
class FrozenLine:
    """A row of a snapshot: ``values`` in the order of its dataset's columns; ``verdict`` is None where nothing counts it."""

    ordinal: int
    agency: str
    expanded_by: str | None
    verdict: str | None
    values: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class LateReport:
    """A signed report that came after the deadline that held for its body; ``content`` are its canonical bytes."""

    submission_id: str
    agency: str
    period: str
    sequence: int
    submitted_at: datetime
    deadline: datetime
    content: bytes


@dataclass(frozen=True, kw_only=True)
class SelfScore:
    """What a body says its own points are: ``points`` by indicator as decimal text; who is not in it was not stated."""

    self_score_id: str
    agency: str
    period: str
    version: int
    points: Mapping[str, str]
    actor: str
    recorded_at: datetime
