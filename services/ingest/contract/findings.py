"""What ingest tells people about a pull: the rule catalogue (code, severity, words) and findings made from it.

fatal: the pull is of no use; warning: a person should look before publication; notice: for the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from services.ingest.contract.aside import RowPutAside
from services.ingest.contract.names import COLUMNS, DATASETS, in_vietnamese
from shared.errors import DomainError
from shared.writing import decimal_comma, moment

Severity = Literal["fatal", "warning", "notice"]
_DECIMAL: Final = re.compile(r"[0-9]+\.[0-9]+")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.+")


@dataclass(frozen=True)
class Rule:
    """One kind of finding. Messages are templates over the finding's detail."""

    code: str
    severity: Severity
    message_vi: str
    message_en: str


@dataclass(frozen=True)
class Finding:
    """One thing found in one pull; ``detail`` is plain JSON and fills the rule's templates."""

    rule: Rule
    detail: Mapping[str, Any]

    def as_row(self) -> dict[str, Any]:
        """The columns of ingest.finding that come from the finding itself."""
        return {
            "code": self.rule.code,
            "severity": self.rule.severity,
            "message_vi": self.rule.message_vi.format_map({name: _said(name, value) for name, value in self.detail.items()}),
            "message_en": self.rule.message_en.format_map(self.detail),
            "detail": dict(self.detail),
        }


# What the source or the rows had wrong stands in the detail, in English: the gateway words it for who reads it.
PULL_FAILED = Rule("ING-FAILED", "fatal", "Không lấy được dữ liệu: {title}", "The pull failed ({type}): {detail}")
CLOCK_SKEW = Rule(
    "ING-CLOCK",
    "warning",
    "Đồng hồ của nguồn lệch {seconds} giây so với hệ thống (ngưỡng {limit} giây)",
    "The source's clock is {seconds} s off ours (limit {limit} s)",
)
PORTAL_SUM = Rule(
    "ING-PORTAL-SUM",
    "warning",
    "{agency}: tổng sáu nhóm là {groups}, nguồn ghi {total} (lệch quá {tolerance})",
    "{agency}: the six groups sum to {groups}, the source states {total} (more than {tolerance} apart)",
)
ROW_COUNT_JUMP = Rule(
    "ING-ROWS-JUMP",
    "warning",
    "{dataset}: {now} dòng, kỳ trước {before} dòng",
    "{dataset}: {now} rows, the previous period had {before}",
)
VALUE_JUMP = Rule(
    "ING-VALUE-JUMP",
    "warning",
    "{agency}, {dataset}, {column}: {now}, chênh từ {factor} lần trở lên so với trung vị {median}"
    " của {months} kỳ đã chốt ({window})",
    "{agency}, {dataset}.{column}: {now}, {factor} times or more from {median}, the median of {months} periods ({window})",
)
RECORDED_LATE = Rule(
    "ING-RECORDED-LATE",
    "warning",
    "{count} nhiệm vụ hoàn thành trong kỳ {late_period} chỉ được ghi nhận sau khi chốt; đề nghị lập bản chốt thay thế kỳ đó",
    "{count} tasks completed inside {late_period} were recorded only after its freeze; a superseding version is proposed",
)
TAKEN_BACK = Rule(
    "ING-TAKEN-BACK",
    "warning",
    "{count} nhiệm vụ được tính là hoàn thành trong bản chốt kỳ {counted_period} nay bị trả lại hoặc không còn là hoàn thành;"
    " đề nghị lập bản chốt thay thế kỳ đó",
    "{count} completions that the snapshot of {counted_period} counts were sent back or are no longer there;"
    " a superseding version is proposed",
)
QUARANTINED = Rule(
    "ING-QUARANTINE",
    "notice",
    "{dataset}: {count} dòng đến sau khi chốt được để riêng, không dùng để chấm điểm",
    "{dataset}: {count} rows came after the freeze and went to quarantine",
)
ROW_ASIDE = Rule(
    "ING-ROW-ASIDE",
    "warning",
    "{agency}: dòng {place} ({dataset}) được để riêng, trường {field} là {seen}, phải là {expected};"
    " chỉ tiêu liên quan của cơ quan này còn thiếu số liệu",
    "{agency}: row {place} was put aside, {field} is {seen}, expected {expected}; the body's measures of {dataset} are missing",
)
REPORTS_SILENT = Rule(
    "ING-REPORTS-SILENT",
    "warning",
    "{count}/{all} cơ quan không có báo cáo được tính trong kỳ",
    "{count} of {all} bodies have no report that counts in this period",
)
REPORT_LATE = Rule(
    "ING-REPORT-LATE",
    "notice",
    "{agency}: báo cáo số {sequence} nộp lúc {submitted_at}, sau hạn {deadline}, không có trong bản chốt",
    "{agency}: report {sequence} was handed in at {submitted_at}, not before its deadline {deadline}; the snapshot lacks it",
)
REPORTS_PROPOSED = Rule(
    "ING-REPORTS-PROPOSED",
    "warning",
    "{reports} báo cáo được tính và {words} ý kiến rà soát số liệu C1 có sau bản chốt; đề nghị lập bản chốt thay thế kỳ này",
    "{reports} reports that count and {words} words on C1 figures came after the freeze; a superseding version is proposed",
)
REGISTERS_OPEN = Rule(
    "ING-REGISTERS-OPEN",
    "warning",
    "Sổ theo dõi của kỳ chưa được khóa đủ ({meetings} cuộc họp trong sổ, số đã khóa: {stated}); E1, E2 và điểm khuyến khích"
    " còn thiếu số liệu",
    "The period's register is not closed as it stands ({meetings} meetings, closed with {stated}): E1, E2, bonus are missing",
)
REGISTERS_INCOMPLETE = Rule(
    "ING-REGISTERS-INCOMPLETE",
    "warning",
    "{count} cơ quan được triệu tập nhưng chưa ghi nhận việc tham dự; số liệu của các cơ quan này còn thiếu",
    "{count} bodies were summoned and nobody recorded whether they came; their figures are missing",
)
REGISTERS_STRAY = Rule(
    "ING-REGISTERS-STRAY",
    "notice",
    "{count} nội dung không được tính vì cuộc họp đã rút hoặc không còn triệu tập cơ quan đó",
    "{count} entries do not count: their meeting was withdrawn, or no longer summons the body",
)
REGISTERS_PROPOSED = Rule(
    "ING-REGISTERS-PROPOSED",
    "warning",
    "{changed} nội dung trong sổ và {decided} sáng kiến thay đổi sau bản chốt; đề nghị lập bản chốt thay thế kỳ này",
    "{changed} entries and {decided} initiatives changed after the freeze; a superseding version is proposed",
)
WORDS_PROPOSED = Rule(
    "ING-WORDS-PROPOSED",
    "warning",
    "{words} ý kiến rà soát số liệu C1 có sau hạn của kỳ; đề nghị lập bản chốt thay thế các ý kiến của kỳ này",
    "{words} words on C1 figures came after their deadline; a superseding version of the words is proposed",
)
RULES = (
    PULL_FAILED, CLOCK_SKEW, PORTAL_SUM, ROW_COUNT_JUMP, VALUE_JUMP, RECORDED_LATE, TAKEN_BACK, QUARANTINED, ROW_ASIDE,
    REPORTS_SILENT, REPORT_LATE, REPORTS_PROPOSED, REGISTERS_OPEN, REGISTERS_INCOMPLETE, REGISTERS_STRAY, REGISTERS_PROPOSED,
    WORDS_PROPOSED,
)  # fmt: skip


def rows_aside(found: Iterable[RowPutAside]) -> list[Finding]:
    """A finding for every fault of every row that was put aside: body, row, field, value, and what was expected."""
    return [
        Finding(
            ROW_ASIDE,
            {"agency": one.agency, "dataset": one.dataset, "place": one.place, "digest": one.digest, **asdict(fault)},
        )
        for one in found
        for fault in one.faults
    ]


def failure(problem: DomainError) -> Finding:
    """The finding of a pull that ended in a problem."""
    return Finding(PULL_FAILED, problem.as_dict())


def _said(name: str, value: object) -> object:
    """A value as a Vietnamese sentence holds it: datasets and columns by name, a decimal comma, Vietnam's time."""
    if name in ("seen", "expected"):
        value = in_vietnamese(str(value))
    if name in ("dataset", "column"):
        return (DATASETS if name == "dataset" else COLUMNS).get(str(value), value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return decimal_comma(value)
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return value
    # The finding of a pull that failed holds whatever went wrong, and must be written whatever that looks like.
    with suppress(ValueError):
        return moment(value)
    return value
