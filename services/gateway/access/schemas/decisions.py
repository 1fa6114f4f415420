"""Where what two people decide stands, as every answer about it says it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from services.gateway.http.schemas.shape import Shape


class Decided(Shape):
    """Where a decision of two people stands: `actor` asked, and another person approved or refused it, or `actor` took it back.
    It holds from `approved_at` on. `approved_by` is null too where one person could still decide alone."""

    state: Literal["proposed", "approved", "refused", "taken_back"]
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None
    ended_by: str | None
    end_reason: str | None
    ended_at: datetime | None
