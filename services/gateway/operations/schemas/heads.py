"""Heads of bodies: what callers send, and what they are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Document, Page, Reason, Shape, identifier
from services.gateway.http.words import Line, WrittenDay

HeadId = Annotated[str, identifier("head")]
Name = Annotated[Line, Field(max_length=200, examples=["Người đứng đầu (dữ liệu trình diễn)"])]
Title = Annotated[Line, Field(max_length=200)]


class HeadAsked(Shape):
    """Both days belong to the term; without `valid_to` it lasts until another head's begins. Titles are given in both
    languages, or in none for the office's own. An entry that begins on the day of an earlier one corrects that."""

    name: Name
    title_vi: Title | None = None
    title_en: Title | None = None
    valid_from: WrittenDay
    valid_to: WrittenDay | None = None
    document: Document
    reason: Reason


class HeadApprovalAsked(Shape):
    """The second person's agreement."""

    reason: Reason


class HeadWithdrawalAsked(Shape):
    """Of a request it counts at once, of an approved entry when a second person approves it."""

    document: Document
    reason: Reason


class HeadEntry(Shape):
    """Who heads the body, as it was entered, approved and withdrawn. `counts_to` is the last day on which it counts: its own
    `valid_to`, or the day before the next head's first; null while it does not end or does not count. `replaced`: another entry
    of the same first day was approved later."""

    head_id: HeadId
    agency: AgencyCode
    name: str
    title_vi: str | None
    title_en: str | None
    valid_from: date
    valid_to: date | None
    counts_to: date | None
    state: Literal["requested", "to_come", "in_force", "ended", "replaced", "withdrawn"]
    document: str
    requested_by: str
    requested_at: datetime
    reason: str
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None
    withdrawal_asked_by: str | None
    withdrawal_asked_at: datetime | None
    withdrawal_document: str | None
    withdrawal_reason: str | None
    withdrawal_approved_by: str | None
    withdrawal_approved_at: datetime | None


class HeadEntryPage(Page):
    items: list[HeadEntry]
