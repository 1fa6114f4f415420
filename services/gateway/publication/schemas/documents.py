"""What everybody may read, apart from the sheets themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, Page, PeriodText, PublicationId, RunId, Shape, SnapshotId

Kind = Literal["ministry", "ministerial_agency", "government_agency", "province"]
Origin = Literal["network", "official_file", "intake"]


class Fault(Shape):
    """`pointer`: a JSON pointer into the body, `?name` for a query parameter, a bare name for a part of the path."""

    pointer: str
    detail: str
    seen: str | None = None
    expected: str | None = None
    hint: str | None = None
    rule_id: str | None = None


class Problem(Shape):
    """RFC 9457. `type` leads to a page that explains it; `instance` is the request's id. From 500 up only `remedy` is told
    besides: what one does about any problem of this type, which needs no details. All words are in Vietnamese, or in
    English for who likes that better (Accept-Language)."""

    type: str
    title: str
    status: int
    instance: str
    detail: str | None = None
    cause: str | None = None
    hint: str | None = None
    remedy: str | None = None
    errors: list[Fault] | None = None
    context: dict[str, str] | None = None


class Head(Shape):
    """The office that heads the agency; the person's name is null until it is entered."""

    title_vi: str
    title_en: str
    name: str | None


class Agency(Shape):
    code: AgencyCode
    kind: Kind
    name_vi: str
    name_en: str
    head: Head
    nso_code: str | None


class AgencyPage(Page):
    items: list[Agency]


class SchemeSummary(Shape):
    id: str
    decision: str
    first_period: PeriodText
    digest: Digest


class SchemePage(Page):
    items: list[SchemeSummary]


class RevisionInForce(Shape):
    """What is read otherwise than `content` says from `first_period` on, until a higher number's first month."""

    number: int
    first_period: PeriodText
    document: str
    readings: dict[str, str]
    digest: Digest


class SchemeDocument(Shape):
    """`content` is the law as data: every number beside the key of the passage it comes from, the passages with digests.
    Of `revisions` whose first month has begun the highest number rules a month."""

    id: str
    digest: Digest
    content: dict[str, Any]
    revisions: list[RevisionInForce]


class PublishedVersion(Shape):
    version: int
    published_at: datetime


class PeriodSummary(Shape):
    """`published` is the latest version, null before the first publication."""

    period: PeriodText
    scheme: str
    published: PublishedVersion | None


class PeriodPage(Page):
    items: list[PeriodSummary]


class PeriodDocument(PeriodSummary):
    """The month's instants: window, end of the cutoff's day for automatic sources, first instant too late for reported data."""

    begins_at: datetime
    ends_at: datetime
    cutoff_at: datetime
    report_deadline_at: datetime


class EntryPoint(Shape):
    """An address to read at, and the `operation` that documents it; with `roles` a key is needed that has one of them."""

    operation: str
    title: str
    href: str
    roles: list[str]


class LatestMonth(PublishedVersion):
    """The newest published month. The addresses follow its latest version; `?version=` pins one."""

    period: PeriodText
    month: str
    versions: str
    scores: str
    table: str = Field(description="The same scores as CSV.")
    dataset: str = Field(description="The same scores as SDMX-CSV.")
    bundle: str = Field(description="All of it in one file.")
    page: str = Field(description="The same scores for people.")


class ApiIndex(Shape):
    """`document` is the OpenAPI document, `operations` the same for people, `problems` the types of problems. `latest` is null
    before anything was published. Addresses are relative to this host."""

    title: str
    version: str
    document: str
    operations: str
    problems: str
    latest: LatestMonth | None
    entry_points: list[EntryPoint]


class Moved(Shape):
    """A value in the version before and in this one; null where there is none."""

    before: str | int | None = Field(alias="from")
    after: str | int | None = Field(alias="to")


class MovedBody(Shape):
    """A body whose points the version moved: both values of total, total to two decimals, grade and rank, and the indicators
    that differ; none where its total alone moved, by how the scheme counts or rounds totals."""

    agency: AgencyCode
    total: Moved
    shown_total: Moved
    grade: Moved
    rank: Moved
    indicators: list[str]


class Follows(Shape):
    """The version before this one, which parts of its inputs are otherwise, and the bodies whose points moved by them."""

    version: int
    publication: PublicationId
    digest: Digest
    causes: list[Literal["snapshots", "rulings", "applicability", "omissions", "registry", "calendar", "scheme", "restored"]]
    bodies: list[MovedBody]


class Version(Shape):
    """`follows` is what the version says of the one before it, null for the first; `followed_by` the one after it, if any.
    `release_at`: from when on it was public, null where it was at once. `digest` is of its JSON, `root` of its month bundle,
    `certificate` the digest of what signed its document for the meeting; null where there is none."""

    version: int
    publication: PublicationId
    run: RunId
    published_at: datetime
    release_at: datetime | None
    digest: Digest
    root: Digest | None
    certificate: Digest | None
    reason: str
    scores: str
    follows: Follows | None
    restores: PublicationId | None
    followed_by: int | None


class VersionPage(Page):
    items: list[Version]


class Health(Shape):
    status: Literal["alive"]


class SnapshotsProven(Shape):
    """What came of proving every frozen snapshot again, each by its last verification. `failing`: some do not prove; the first
    20 are named. `unverified`: all that were verified do, others wait for their first night."""

    state: Literal["proven", "failing", "unverified"]
    failing_count: int
    failing: list[SnapshotId]
    unverified_count: int
    oldest_verified_at: datetime | None


class Readiness(Shape):
    """Ready says that database and schema are right. Snapshots that do not prove are told and take nothing off line."""

    status: Literal["ready"]
    snapshots: SnapshotsProven


class ProblemTypeDocument(Shape):
    type: str
    slug: str
    status: int
    title_vi: str
    title_en: str
    meaning: str
    cause_vi: str
    cause_en: str
    remedy_vi: str
    remedy_en: str
    example: Problem


class ProblemTypePage(Page):
    items: list[ProblemTypeDocument]
