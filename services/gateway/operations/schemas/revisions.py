"""Revisions of schemes: what callers send, and what they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import (
    AgencyCode,
    CommandId,
    Digest,
    Document,
    Page,
    PeriodText,
    Reason,
    Shape,
    identifier,
)

SchemeName = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,40}$", examples=["qd-4585"])]
RevisionId = Annotated[str, identifier("rev")]
ShadowId = Annotated[str, identifier("shd")]
# The scheme's register says which there are: B-1 → table.
Readings = dict[str, str]


class RevisionAsked(Shape):
    """`readings` is the whole choice from `first_period` on, reading → alternative, and no difference to the revision before;
    empty, the scheme holds again as it ships."""

    scheme: SchemeName
    first_period: PeriodText
    readings: Annotated[Readings, Field(max_length=100)]
    document: Document
    reason: Reason


class ShadowRunAsked(Shape):
    """Months whose figures are frozen."""

    periods: Annotated[list[PeriodText], Field(min_length=1, max_length=24)]
    reason: Reason


class RevisionSignatureAsked(Shape):
    """`digest` is `signing_digest` of the shadow run that was read: of the revision and of what it would change."""

    shadow_id: ShadowId
    digest: Digest
    reason: Reason


class RevisionActivationAsked(Shape):
    reason: Reason


class RevisionSignature(Shape):
    place: Literal[1, 2]
    shadow_id: ShadowId
    digest: Digest
    actor: str
    reason: str
    signed_at: datetime


class RevisionDocument(Shape):
    """`digest` is that of the law which follows; sheets computed by it carry it as `scheme_digest`. `replaced`: a later number
    is in force, so this one holds at most for the months before that one's first. `superseded`: it never came into force."""

    revision_id: RevisionId
    scheme: str
    number: int
    state: Literal["draft", "shadow_run", "signed_once", "signed", "in_force", "replaced", "superseded"]
    first_period: PeriodText
    readings: Readings
    scheme_digest: Digest
    digest: Digest
    document: str
    actor: str
    reason: str
    drafted_at: datetime
    shadow_runs: list[ShadowId]
    signatures: list[RevisionSignature]
    activated_by: str | None
    activation_reason: str | None
    activated_at: datetime | None


class RevisionPage(Page):
    items: list[RevisionDocument]


class BeforeAndAfter(Shape):
    before: Any
    after: Any


class BodyMoved(Shape):
    """A body whose total, grade, rank or missing indicators change, or those that await a word on a reported figure (C-3);
    shadow runs of before count these among the missing. `shown_total` is the total to two decimals, by which the rank is
    read; shadow runs of before do not tell it."""

    agency: AgencyCode
    name_vi: str
    total: BeforeAndAfter
    total_exact: BeforeAndAfter
    grade: BeforeAndAfter
    rank: BeforeAndAfter
    missing: BeforeAndAfter
    shown_total: BeforeAndAfter | None = None
    awaiting: BeforeAndAfter | None = None


class MonthMoved(Shape):
    """One month by the law that held for it and by the revision, over the same inputs. `before` and `after` are the digests of
    the two sheets; `agrees`: both engines found the same digits in each."""

    period: PeriodText
    inputs_digest: Digest
    revision_before: int | None
    before: Digest
    after: Digest
    agrees: bool
    body_count: int
    changed_totals: int
    changed_grades: int
    changed_ranks: int
    changed: list[BodyMoved]


class ShadowRun(Shape):
    """What a revision would change. `digest` is that of the months; `signing_digest` is what the two people sign."""

    shadow_id: ShadowId
    revision_id: RevisionId
    periods: list[PeriodText]
    agrees: bool
    digest: Digest
    signing_digest: Digest
    months: list[MonthMoved]
    command_id: CommandId | None
    actor: str
    reason: str
    computed_at: datetime
