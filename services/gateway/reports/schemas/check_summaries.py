"""What a check of a report comes to, and of what it could say nothing."""

from __future__ import annotations

from typing import Literal

from services.gateway.http.schemas.shape import Shape

Severity = Literal["fatal", "confirm", "notice"]


class RuleCount(Shape):
    rule: str
    severity: Severity
    count: int


class RuleNotApplicable(Shape):
    """Rows, by their own names, that a rule says nothing about because there is nothing to compare them with."""

    rule: str
    rows: list[str]
    message_vi: str
    message_en: str


class FindingSummary(Shape):
    """`unchecked` names the rules skipped because nothing is known to compare with; `not_applicable` rules that compared
    some rows and had nothing to compare others with. `carried` are rules that were not run anew, because they read nothing of
    the one section that was replaced: their findings are those of the check before."""

    total: int
    fatal: int
    confirm: int
    notice: int
    rules: list[RuleCount]
    unchecked: list[str]
    not_applicable: list[RuleNotApplicable]
    carried: list[str]
