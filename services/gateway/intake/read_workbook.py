"""A report as one workbook."""

from __future__ import annotations

from services.gateway.intake.report import SentReport


def read_workbook(body: bytes) -> SentReport:
    """Raises ReportUnreadable and ReportTooLarge."""
    raise NotImplementedError
