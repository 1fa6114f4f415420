"""What is refused on the way of a submission, in the words of the domain."""

from __future__ import annotations

from shared.errors import Conflict, NotFound, PreconditionFailed


class SubmissionUnderWay(Conflict):
    """A body has one submission of a month under way at a time; `context.location` is its address."""

    slug = "submission-under-way"
    title_vi = "Đã có một báo cáo đang soạn của kỳ này"
    title_en = "A submission is under way"


class PeriodNotOver(Conflict):
    """A month's report is handed in when the month is over: nobody can sign for what has not happened."""

    slug = "period-not-over"
    title_vi = "Tháng báo cáo chưa kết thúc"
    title_en = "The month is not over"


class ContentLocked(Conflict):
    """Content is changed in a draft only; `context` says in which state the submission is and who holds it (APR-04)."""

    slug = "content-locked"
    title_vi = "Báo cáo đang được khóa"
    title_en = "Content locked"


class FindingsOpen(Conflict):
    """Fatal findings, or findings to confirm that nobody confirmed, stand in the way; `errors` counts them by rule (DQ-02)."""

    slug = "findings-open"
    title_vi = "Còn lỗi, cảnh báo chưa được xử lý"
    title_en = "Findings are open"


class ValidationOutdated(Conflict):
    """The content was not checked under the rules and figures that hold now, or its check is still running."""

    slug = "validation-outdated"
    title_vi = "Cần kiểm tra lại nội dung báo cáo"
    title_en = "The content needs checking again"


class ApprovalLapsed(Conflict):
    """Content, rules or figures are others than those agreed to: the submission is a draft again, `lapse` says why (APR-09)."""

    slug = "approval-lapsed"
    title_vi = "Phê duyệt đã mất hiệu lực"
    title_en = "Approval lapsed"


class TestNotSigned(Conflict):
    """A test submission never counts, so nobody signs it (INT-03)."""

    slug = "test-submission"
    title_vi = "Báo cáo thử không được ký"
    title_en = "A test submission is not signed"


class DigestDiffers(Conflict):
    """The digest that was signed is not the one of the approved report; `context.digest` is."""

    slug = "digest-differs"
    title_vi = "Mã băm được ký không khớp với báo cáo"
    title_en = "The digest signed is not the report's"


class AlreadyConfirmed(Conflict):
    """This finding was confirmed before; a confirmation is kept for ever (DQ-07)."""

    slug = "already-confirmed"
    title_vi = "Cảnh báo đã được xác nhận"
    title_en = "Already confirmed"


class NotToConfirm(Conflict):
    """Only findings of the severity `confirm` are confirmed: fatal ones are corrected, notices need nothing."""

    slug = "not-to-confirm"
    title_vi = "Lỗi, cảnh báo này không thuộc loại xác nhận"
    title_en = "This finding is not confirmed"


class FindingUnknown(NotFound):
    """The latest check has no finding with this key; a key names the value seen, so it goes when the value changes."""

    slug = "finding-unknown"
    title_vi = "Không có lỗi, cảnh báo này"
    title_en = "No such finding"


class ContentMissing(NotFound):
    """Nothing has been sent for this submission yet."""

    slug = "content-missing"
    title_vi = "Báo cáo chưa có nội dung"
    title_en = "No content yet"


class ReportMissing(NotFound):
    """No report of this body and month has been signed."""

    slug = "report-missing"
    title_vi = "Chưa có báo cáo được ký"
    title_en = "No report in force"


class ContentChanged(PreconditionFailed):
    """The content is another than the one named by If-Match: read it again, or put the changes together."""

    slug = "content-changed"
    title_vi = "Nội dung đã được người khác thay đổi"
    title_en = "The content has changed"
