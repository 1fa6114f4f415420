"""The one way a report is checked: dry run, real run, API and `bangdiem check` all come through here (INT-02, DQ-10)."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.intake.context import Context
from services.gateway.intake.findings_summary import Summary
from services.gateway.intake.form import Form
from services.gateway.intake.report import Finding, Report, SentReport
from services.gateway.intake.rules import Catalogue


@dataclass(frozen=True)
class Checked:
    """What is known of a file after checking. ``report`` and ``digest`` are None when a cell could not be read.

    ``digest`` is the canonical one, the same for all formats; ``file_digest`` that of the bytes sent. ``findings`` is
    complete. ``unchecked`` names the rules that were skipped because the context did not know what they need.
    """

    sent: SentReport
    report: Report | None
    digest: str | None
    file_digest: str
    findings: tuple[Finding, ...]
    summary: Summary
    unchecked: tuple[str, ...]


def check(body: bytes, *, media_type: str, context: Context, catalogue: Catalogue, form: Form) -> Checked:
    """Read, refuse classified content, understand, check, judge.

    Raises what `reading.read` raises for a file that is none of the four formats, and `markers.Classified`; then nothing
    of the body may be kept.
    """
    raise NotImplementedError
