"""The one way a report is checked: dry run, real run, API and `bangdiem check` all come through here (INT-02, DQ-10)."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.reports.classification.markers import refuse_classified, refuse_classified_body
from services.gateway.reports.form.canonical_report import digest_of
from services.gateway.reports.form.form import Form
from services.gateway.reports.form.report import Finding, Report, SentReport, Unapplied
from services.gateway.reports.form.sent_document import read_section
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.reading import read
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.findings_summary import Summary, summary
from services.gateway.reports.rules.judging import judge, unapplied
from services.gateway.reports.rules.observing import Observed, observe, unread
from services.gateway.reports.rules.rule_types import Catalogue
from shared.canonical import sha256_hex
from shared.errors import DomainError


@dataclass(frozen=True)
class Checked:
    """What is known of a file after checking. ``report`` and ``digest`` are None when a cell could not be read.

    ``digest`` is the canonical one, the same for all formats; ``file_digest`` that of the bytes sent. ``findings`` is
    complete. ``unchecked`` names the rules that were skipped because the context did not know what they need;
    ``not_applicable`` says of which rows a rule could say nothing; ``carried`` names the rules that were not run, because
    they read nothing of the one section that was replaced, and whose findings are those of the check before.
    """

    sent: SentReport
    report: Report | None
    digest: str | None
    file_digest: str
    findings: tuple[Finding, ...]
    summary: Summary
    unchecked: tuple[str, ...]
    not_applicable: tuple[Unapplied, ...]
    carried: tuple[str, ...] = ()


def check(body: bytes, *, media_type: str, context: Context, catalogue: Catalogue, form: Form) -> Checked:
    """Read, refuse classified content, understand, check, judge.

    Raises what `reading.read` raises for a file that is none of the four formats, and `markers.Classified`; then nothing
    of the body may be kept.
    """
    sent = read_unclassified(body, media_type=media_type)
    return check_sent(sent, file_digest=sha256_hex(body), context=context, catalogue=catalogue, form=form)


def check_sent(sent: SentReport, *, file_digest: str, context: Context, catalogue: Catalogue, form: Form) -> Checked:
    """What was read and is known to be unclassified, also when it came in several sendings (INT-07)."""
    report, observations = understand(sent, form)
    observed = Observed((), unread(catalogue)) if report is None else observe(report, context, catalogue)
    findings = judge([*observations, *observed.observations], catalogue, sent, form=form)
    idle = unapplied(observed.not_applicable, catalogue)
    return checked_of(sent, report, file_digest, findings, unchecked=observed.unchecked, not_applicable=idle)


def checked_of(
    sent: SentReport,
    report: Report | None,
    file_digest: str,
    findings: tuple[Finding, ...],
    *,
    unchecked: tuple[str, ...],
    not_applicable: tuple[Unapplied, ...],
    carried: tuple[str, ...] = (),
) -> Checked:
    """With what follows from report and findings."""
    digest = None if report is None else digest_of(report)
    counts = summary(findings)
    return Checked(sent, report, digest, file_digest, findings, counts, unchecked, not_applicable, carried)


def read_section_unclassified(body: bytes, *, section: str, media_type: str) -> SentReport:
    """As ``read_unclassified``, of one section. Raises SectionUnknown too."""
    try:
        sent = read_section(body, section=section, media_type=media_type)
    except DomainError:
        refuse_classified_body(body, media_type=media_type)
        raise
    refuse_classified(sent)
    refuse_classified_body(body, media_type=media_type)
    return sent


def read_unclassified(body: bytes, *, media_type: str) -> SentReport:
    """What was sent, or Classified: also of a file that cannot be read, so that no error repeats a classified cell."""
    try:
        sent = read(body, media_type=media_type)
    except DomainError:
        refuse_classified_body(body, media_type=media_type)
        raise
    refuse_classified(sent)
    refuse_classified_body(body, media_type=media_type)
    return sent
