"""The signed report that counts of a body's month."""

from __future__ import annotations

from datetime import datetime

from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, Shape
from services.gateway.reports.schemas.intake import SubmissionId


class ReportInForce(Shape):
    """The signed report that counts: the latest one in time, or late and let count by a late acceptance or an extension,
    whatever stands in draft (INT-11). `counts` is false where the body has only late reports that nothing lets count."""

    submission_id: SubmissionId
    agency: AgencyCode
    period: PeriodText
    sequence: int
    digest: Digest
    file_digest: Digest
    submitted_at: datetime
    deadline: datetime
    late: bool
    counts: bool
    approved_by: str
    signed_by: str
    receipt_number: str | None
    links: dict[str, str]
