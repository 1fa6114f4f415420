"""Use case: what a late report would have scored, told to its own body alone; it counts nowhere and is kept nowhere (SNP-12).

The report's rows are those that a freeze would have written, and the statements that count are the very ones; the month's other
figures are those of the published version. Words on its C1 figures are those given so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.http.errors import NotYetPublished
from services.gateway.publication.given_reports import count_given
from services.gateway.publication.rows import Basis, basis_of
from services.gateway.publication.sheets import StoredSheet, published_sheet
from services.gateway.publication.store import late_reports as stored
from services.gateway.publication.store import published_reports
from services.gateway.publication.store.records import LateReport
from services.gateway.publication.what_if import said_of
from shared.database import Connection
from shared.datasets.signed_reports import rows_of_report
from shared.errors import Conflict, NotFound
from shared.law.what_if import what_if
from shared.period import in_vietnam

NOT_COUNTED = {"vi": "không được tính", "en": "not counted"}


class NoLateReport(NotFound):
    """No such report of the body came after its deadline, or it counts in the month's latest version: there is no score beside
    the official one."""

    slug = "no-late-report"
    title_vi = "Không có báo cáo muộn không được tính"
    title_en = "No late report that is not counted"


class MonthNotPublished(Conflict):
    """What a late report would have scored is told beside a published month, and none has been published so far."""

    slug = "month-not-published"
    title_vi = "Kết quả của kỳ này chưa được công bố, nên chưa có gì để so sánh"
    title_en = "The month is not published yet"


@dataclass(frozen=True)
class LateScore:
    """A late report, the published version it is held against, and the figures that would be."""

    report: LateReport
    found: StoredSheet
    measures: dict[str, str | None]
    awaiting: list[str]

    def document(self) -> dict[str, Any]:
        """Marked as not counted. Scores the sheet anew, which is no work for the loop that answers everybody."""
        told = what_if(self.found.restored.sheet, self.report.agency, self.measures)
        return {
            **said_of(self.found, told),
            "counted": False,
            "notice": NOT_COUNTED,
            "submission_id": self.report.submission_id,
            "sequence": self.report.sequence,
            "submitted_at": in_vietnam(self.report.submitted_at),
            "deadline": in_vietnam(self.report.deadline),
            "measures": self.measures,
            "awaiting_word": self.awaiting,
        }


async def late_score(connection: Connection, *, agency: str, period: str, sequence: int, now: datetime) -> LateScore:
    """Within the body's own reach. Raises NoLateReport, MonthNotPublished or NotExplained."""
    report = await stored.find_late(connection, agency=agency, period=period, sequence=sequence)
    if report is None:
        raise NoLateReport(f"{agency} handed in no report {sequence} of {period} after its deadline")
    try:
        found = await published_sheet(connection, period, None)
    except NotYetPublished as error:
        raise MonthNotPublished(f"{period} has not been published yet") from error
    counted = await published_reports.reports_of(connection, period=period, version=found.version)
    if report.submission_id in {each.submission_id for each in counted}:
        raise NoLateReport(f"report {sequence} of {period} counts in version {found.version}: its score is the published one")
    basis = await basis_of(connection, period=period, version=found.version)
    words = await stored.words_of(connection, agency=agency, period=period, as_of=now)
    rows = rows_of_report(agency, report.submitted_at, report.content, words)
    figures = await count_given(connection, agency=agency, frame=basis.frame, rules=basis.rules, rows=rows)
    # As scoring does: a ruling supplies only what no source gives.
    return LateScore(report, found, settled(figures.measures, basis, agency), list(figures.awaiting))


def settled(measures: Mapping[str, str | None], basis: Basis, agency: str) -> dict[str, str | None]:
    """With what the version's rulings supply of the missing ones. Pure."""
    rulings = {one["measure"]: one["value"] for one in basis.inputs["rulings"] if one["agency"] == agency}
    return {name: rulings.get(name) if value is None else value for name, value in measures.items()}
