"""A report as one CSV table of all sections."""

from __future__ import annotations

from services.gateway.intake.report import SentReport


def read_csv(body: bytes) -> SentReport:
    """Raises ReportUnreadable and ReportTooLarge."""
    raise NotImplementedError
