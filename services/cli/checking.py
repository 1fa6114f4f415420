"""`bangdiem check`: a body checks its report by the very code that will check it here. No database, no server."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.cli.files import read_file
from services.cli.options import PeriodUnreadable, period_of
from services.gateway.reports.form.form import Form, form_for
from services.gateway.reports.form.report import Finding, Sent
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.media_types import media_type_of
from services.gateway.reports.rules.catalogue import catalogue_in_force
from services.gateway.reports.rules.checking import Checked, check, read_unclassified
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.findings_files import as_csv
from services.gateway.reports.rules.remembering import Former, context_after
from services.gateway.reports.rules.rule_types import Catalogue
from shared.errors import InputInvalid

SEVERITIES = {"fatal": "phải sửa", "confirm": "sửa hoặc xác nhận", "notice": "lưu ý"}
STYLES = {"fatal": "red", "confirm": "yellow", "notice": ""}
# A terminal that is not one has no width; a table must not be cut there.
NO_TERMINAL_WIDTH = 160
# Laying out a table measures every row; longer lists are written a finding a line, still all of them.
LONGEST_TABLE = 500


class EarlierUnusable(InputInvalid):
    """A file given as an earlier report has faults, is another body's or of no earlier month, or is its month's second."""

    slug = "earlier-report-unusable"
    title_vi = "Không dùng được báo cáo của kỳ sớm hơn"
    title_en = "Earlier report unusable"


@dataclass(frozen=True)
class _Looked:
    """One file as it was checked, and by what."""

    name: str
    form: Form
    catalogue: Catalogue
    checked: Checked


def look(name: str, *, agency: str | None, period: str | None, earlier: Sequence[str]) -> _Looked:
    """Raises what `checking.check` raises, and what says that a file or a period cannot be read."""
    body, media_type = read_file(name), media_type_of(name)
    month = str(period_of(period)) if period else stated_period(body, media_type)
    form, catalogue = form_for(month), catalogue_in_force(month)
    context = Context(agency=agency)
    if earlier:
        of = agency or stated_agency(body, media_type)
        context = context_after(earlier_reports(earlier, of=of, before=month), agency=agency, period=month)
    # A month read from the report itself is not what it was addressed to.
    context = replace(context, period=month if period else None)
    return _Looked(name, form, catalogue, check(body, media_type=media_type, context=context, catalogue=catalogue, form=form))


def stated_period(body: bytes, media_type: str) -> str:
    """The month the report itself names; it decides form and rules. Raises PeriodUnreadable."""
    stated = _stated(body, media_type, "period")
    try:
        return str(period_of(str(stated)))
    except PeriodUnreadable as error:
        hint = "Say the month with --period, or write it into the report as YYYY-MM."
        raise PeriodUnreadable(f"the report names no month: {stated}", hint=hint) from error


def stated_agency(body: bytes, media_type: str) -> str | None:
    """The body the report itself names, None where it names none."""
    stated = _stated(body, media_type, "agency")
    return None if stated is None else str(stated)


def _stated(body: bytes, media_type: str, name: str) -> Sent:
    rows = read_unclassified(body, media_type=media_type).sections.get("report", ())
    return rows[0].values.get(name) if rows else None


def earlier_reports(names: Sequence[str], *, of: str | None, before: str) -> list[Former]:
    """Accepted reports from their files, all of one body and one of a month. Raises EarlierUnusable."""
    found: dict[str, Former] = {}
    for name in names:
        former = earlier_report(name, of=of, before=before)
        if former.period in found:
            first = found[former.period].origin
            raise EarlierUnusable(f"{first} and {name} are both of {former.period}", hint="Give the one that is in force.")
        found[former.period] = former
    return list(found.values())


def earlier_report(name: str, *, of: str | None, before: str) -> Former:
    """One accepted report from its file, ``of`` a body where it is known whose. Raises EarlierUnusable."""
    body, media_type = read_file(name), media_type_of(name)
    month = stated_period(body, media_type)
    report, observations = understand(read_unclassified(body, media_type=media_type), form_for(month))
    if report is None:
        raise EarlierUnusable(f"{name}: {len(observations)} faults", hint=f"See them with: bangdiem check {name}")
    if of is not None and report.agency != of:
        raise EarlierUnusable(f"{name} is of {report.agency}, not of {of}", hint=f"Give accepted reports of {of}.")
    if month >= before:
        raise EarlierUnusable(f"{name} is of {month}, not before {before}", hint="Give accepted reports of earlier months.")
    return Former(month, name, report)


def document_of(looked: _Looked) -> dict[str, Any]:
    """What the check found, and by which form and rules."""
    checked = looked.checked
    return {
        "file": looked.name,
        "form": looked.form.id,
        "catalogue": {"id": looked.catalogue.id, "digest": looked.catalogue.digest},
        "digest": checked.digest,
        "file_digest": checked.file_digest,
        "summary": asdict(checked.summary),
        "unchecked": checked.unchecked,
        "not_applicable": [asdict(each) for each in checked.not_applicable],
        "findings": [asdict(finding) for finding in checked.findings],
    }


def show_json(looked: _Looked) -> None:
    """Everything on standard output, for machines."""
    sys.stdout.write(json.dumps(document_of(looked), ensure_ascii=False, indent=1) + "\n")


def show_csv(looked: _Looked) -> None:
    """All findings on standard output, for spreadsheets."""
    sys.stdout.buffer.write(as_csv(looked.checked.findings))
    sys.stdout.buffer.flush()


def show(looked: _Looked) -> None:
    """All findings as a table in Vietnamese, what they come to, and the digests by which the file is known."""
    checked = looked.checked
    terminal = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else NO_TERMINAL_WIDTH)
    if len(checked.findings) > LONGEST_TABLE:
        sys.stdout.writelines(f"{_line(finding)}\n" for finding in checked.findings)
    elif checked.findings:
        terminal.print(_table(checked.findings))
    for line in _closing(looked):
        terminal.print(line, markup=False, soft_wrap=True)


def _table(findings: tuple[Finding, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Mức độ", "Vị trí", "Quy tắc", "Nội dung", "Cần làm"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        table.add_row(Text(SEVERITIES[finding.severity], style=STYLES[finding.severity]), *map(Text, _words(finding)))
    return table


def _line(finding: Finding) -> str:
    return " | ".join((SEVERITIES[finding.severity], *_words(finding)))


def _words(finding: Finding) -> Iterator[str]:
    for words in (finding.cell or finding.pointer, finding.rule, finding.message_vi, finding.hint_vi):
        yield _plain(words)


def _plain(words: str) -> str:
    """Words of others are shown, too, so nothing of them may move the cursor."""
    return words if words.isprintable() else "".join(letter if letter.isprintable() else " " for letter in words)


def _closing(looked: _Looked) -> Iterator[str]:
    checked = looked.checked
    total = checked.summary
    yield f"{looked.name}: phải sửa {total.fatal}, sửa hoặc xác nhận {total.confirm}, lưu ý {total.notice}"
    for rule in total.rules:
        yield f"  {rule.rule}: {rule.count}"
    if checked.unchecked:
        yield f"Chưa kiểm tra được ở đây (thiếu thông tin): {', '.join(Counter(checked.unchecked))}"
    for idle in checked.not_applicable:
        yield f"{idle.rule}: {idle.message_vi} ({', '.join(map(_plain, idle.rows))})"
    yield f"Quy tắc: {looked.catalogue.id} {looked.catalogue.digest}"
    yield f"Mã băm nội dung: {checked.digest or 'chưa có, vì còn ô không đọc được'}"
    yield f"Mã băm tệp: {checked.file_digest}"
