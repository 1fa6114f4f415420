"""The usage report (Regulation 02-QC/BCĐTW, Art. 20.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import PeriodText, Shape

Count = Annotated[int, Field(ge=0)]


class UsageAction(Shape):
    """`entries` audit rows of the action, written by so many `actors`: keys, persons, services."""

    action: Annotated[str, Field(examples=["submission.create"])]
    entries: Count
    actors: Count


class UsageRoles(Shape):
    """Of actors who held exactly these roles when they acted, by what is on record."""

    roles: list[str]
    entries: Count
    actors: Count
    actions: list[UsageAction]


class UsageGroup(Shape):
    """Every audit row is in exactly one group. `roles` are those of the group; who holds roles of several is of the first
    group in the list. `refused_key_uses` are uses of a key beyond its limits, `page_sessions` sessions begun at the pages."""

    user_group: Literal["administration", "approval", "updating", "monitoring", "machine", "none"]
    name_vi: str
    name_en: str
    roles: list[str]
    entries: Count
    actors: Count
    refused_key_uses: Count
    page_sessions: Count
    by_roles: list[UsageRoles]


class UsageReport(Shape):
    """Of a month in Vietnam; `complete` once the month is over."""

    period: PeriodText
    since: datetime
    until: datetime
    complete: bool
    now: datetime
    entries: Count
    actors: Count
    groups: list[UsageGroup]
