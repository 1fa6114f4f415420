"""What is answered of findings by frequency and impact."""

from __future__ import annotations

from typing import Literal

from services.gateway.http.schemas.shape import AgencyCode, PeriodText, Shape


class RuleOnBoard(Shape):
    """A rule with its findings of the month in one store (`sources`: what pulls noticed; `reports`: the latest check of each
    body's last report). `change` is against `before`, the month before (null of the first scheme's first month); `months` are
    those since `since` with a finding; `indicators` take a measure from what the rule is about. The words are of the last
    finding, or of the rule with … for what it saw."""

    store: Literal["sources", "reports"]
    source: str
    rule: str
    severity: Literal["fatal", "warning", "confirm", "notice"]
    count: int
    bodies: int
    agencies: list[AgencyCode]
    before: int | None
    change: int | None
    months: list[PeriodText]
    indicators: list[str]
    message_vi: str | None
    message_en: str | None


class FindingBoard(Shape):
    """Most findings first. `agency` null: of all bodies and sources; else of one body's reports."""

    period: PeriodText
    since: str
    agency: AgencyCode | None
    findings: int
    rules: int
    items: list[RuleOnBoard]
