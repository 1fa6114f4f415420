"""Feedback about data: what bodies and offices send, and what they are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, Shape, identifier
from services.gateway.http.schemas.shape import Page as _Page
from services.gateway.http.words import Line, Prose

FeedbackId = Annotated[str, identifier("fb")]
Kind = Literal["feedback", "proposal", "verification"]
State = Literal["received", "in_progress", "forwarded", "answered", "declined", "reopened", "closed"]
Indicator = Annotated[str, Field(pattern="^([A-E][1-9]|bonus)$", examples=["C2"])]
Link = Annotated[str, Field(pattern="^https://[!-~]{3,490}$", examples=["https://vidu.gov.vn/cong-van-3.pdf"])]


class Evidence(Shape):
    """Something that shows it: by the SHA-256 of a file, by its address, or both. The file itself stays where it is."""

    title: Line
    digest: Digest | None = None
    link: Link | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Evidence:
        if self.digest is None and self.link is None:
            raise ValueError("needs a digest or a link")
        return self


Evidences = Annotated[list[Evidence], Field(max_length=20)]


class _Said(Shape):
    """What it is about: a body, a month, an indicator, each where it is known. `verification` asks that figures be checked."""

    kind: Kind
    subject: Line
    text: Prose
    about_agency: AgencyCode | None = None
    period: PeriodText | None = None
    indicator: Indicator | None = None
    evidence: Evidences = Field(default_factory=list)


class OwnFeedbackAsked(_Said):
    """Of a body."""


class FeedbackAsked(_Said):
    """Of an organisation or individual, entered by an office. Name and address are shown to officers and assessors only."""

    sender: Literal["organisation", "individual"]
    channel: Literal["letter", "mail", "phone", "portal"]
    name: Line
    address: Line | None = None
    phone: Line | None = None
    mail: Line | None = None


class FeedbackNoteAsked(Shape):
    """A step that needs no words."""

    text: Prose | None = None
    evidence: Evidences = Field(default_factory=list)


class FeedbackWordsAsked(Shape):
    """A step with its words: the answer, the explanation, or why it is declined or reopened."""

    text: Prose
    evidence: Evidences = Field(default_factory=list)


class ForwardingAsked(FeedbackWordsAsked):
    """To which body; it reads the feedback from then on, and explains."""

    agency: AgencyCode


class FeedbackContact(Shape):
    """How who sent the feedback can be reached."""

    name: str
    address: str | None
    phone: str | None
    mail: str | None


class FeedbackStep(Shape):
    number: int
    action: Literal["receive", "accept", "answer", "decline", "forward", "explain", "reopen", "close"]
    to_state: State
    actor: str
    actor_agency: str
    text: str | None
    evidence: list[Evidence]
    forwarded_to: AgencyCode | None
    due_on: date | None
    taken_at: datetime


class Feedback(Shape):
    """`agency` sent it, null where an office entered it for somebody else; `forwarded_to` was asked to explain last.
    `due_on`: until then it should be answered or declined; `overdue` says that the day is past and nobody did."""

    feedback_id: FeedbackId
    number: Annotated[str, Field(pattern="^PA-[0-9]{4}-[0-9]{6,}$", examples=["PA-2026-000001"])]
    kind: Kind
    sender: Literal["agency", "organisation", "individual"]
    channel: Literal["system", "letter", "mail", "phone", "portal"]
    agency: AgencyCode | None
    about_agency: AgencyCode | None
    period: PeriodText | None
    indicator: Indicator | None
    subject: str
    text: str
    evidence: list[Evidence]
    received_at: datetime
    state: State
    forwarded_to: AgencyCode | None
    due_on: date
    overdue: bool
    contact: FeedbackContact | None
    allowed_actions: list[Literal["accept", "answer", "decline", "forward", "explain", "reopen", "close"]]
    steps: list[FeedbackStep]


class FeedbackPage(_Page):
    items: list[Feedback]


class FeedbackByState(Shape):
    received: int
    in_progress: int
    forwarded: int
    answered: int
    declined: int
    reopened: int
    closed: int


class FeedbackByKind(Shape):
    feedback: int
    proposal: int
    verification: int


class FeedbackStatistics(Shape):
    """Of everything that ever came in. `first_due_on` is the earliest day by which one that is open should be answered."""

    now: datetime
    total: int
    by_state: FeedbackByState
    by_kind: FeedbackByKind
    overdue: int
    first_due_on: date | None
