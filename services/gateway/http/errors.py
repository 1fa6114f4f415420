"""What the gateway refuses, in the words of the domain."""

from __future__ import annotations

from shared.errors import Conflict, InputInvalid, NotFound


class PeriodUnknown(NotFound):
    """No scored month: written wrongly, before the first scheme, or not begun yet."""

    slug = "period-unknown"
    title_vi = "Kỳ chấm điểm không tồn tại"
    title_en = "No such period"


class NotYetPublished(NotFound):
    """The month is scored under a scheme, but no sheet of it has been published so far."""

    slug = "not-yet-published"
    title_vi = "Kết quả của kỳ này chưa được công bố"
    title_en = "Not yet published"


class VersionUnknown(NotFound):
    """The month is published, but never had this version."""

    slug = "version-unknown"
    title_vi = "Không có phiên bản này"
    title_en = "No such version"


class PageNotPublished(NotFound):
    """The version was published before there were pages; what was published is never added to. It stands as JSON and CSV."""

    slug = "page-not-published"
    title_vi = "Phiên bản này được công bố khi chưa có trang"
    title_en = "Published without a page"


class AgencyUnknown(NotFound):
    """No scored body has this code on that day."""

    slug = "agency-unknown"
    title_vi = "Cơ quan không có trong danh mục"
    title_en = "No such agency"


class ReadingNotInRegister(NotFound):
    """The scheme's register has no such reading, or the reading no such alternative."""

    slug = "reading-unknown"
    title_vi = "Không có cách hiểu này"
    title_en = "No such reading"


class ReadingNotComputed(NotFound):
    """The alternative is known, and the version's frozen rows do not suffice to compute it."""

    slug = "reading-not-computed"
    title_vi = "Cách hiểu này không được tính"
    title_en = "Reading not computed"


class ReasonMissing(InputInvalid):
    """A person acts, so the reason must be given; it is kept in the audit row (AUD-11)."""

    slug = "reason-missing"
    title_vi = "Thiếu lý do thực hiện"
    title_en = "Reason missing"


class RoleUnknown(InputInvalid):
    """A key may only be given roles that exist."""

    slug = "role-unknown"
    title_vi = "Vai trò không tồn tại"
    title_en = "No such role"


class MonthFrozen(Conflict):
    """The source's month is frozen: no date opens it again, only a superseding version corrects it."""

    slug = "month-frozen"
    title_vi = "Số liệu của kỳ này đã được chốt"
    title_en = "The month is frozen"


class AlreadyApproved(Conflict):
    """The request was approved before; it is approved once."""

    slug = "already-approved"
    title_vi = "Yêu cầu đã được phê duyệt"
    title_en = "Already approved"


class DecisionEnded(Conflict):
    """The proposal was refused, or taken back by who asked; whoever still wants it asks anew."""

    slug = "decision-ended"
    title_vi = "Đề nghị đã bị từ chối hoặc đã được rút lại"
    title_en = "The proposal was ended"


class TimeTakenBack(Conflict):
    """A calendar row never moves a deadline to before an instant that passed or before a receipt that counted (SNP-04)."""

    slug = "time-taken-back"
    title_vi = "Không được rút lại thời hạn đã cho"
    title_en = "Time that was given is not taken back"


class AlreadyPublished(Conflict):
    """The run was published before; a correction is a new run."""

    slug = "already-published"
    title_vi = "Lần chấm điểm này đã được công bố"
    title_en = "Run already published"


class MeasureNotMissing(Conflict):
    """A ruling supplies a missing measure; for this one the latest run has a figure from a source (G-12)."""

    slug = "measure-not-missing"
    title_vi = "Số liệu này không thiếu"
    title_en = "Measure is not missing"


class AlreadyExempted(Conflict):
    """A row in force says already that the indicator does not apply to this body in some of these months (G-15)."""

    slug = "already-exempted"
    title_vi = "Đã có quyết định không áp dụng chỉ số này"
    title_en = "Already exempted"


class AlreadyRevoked(Conflict):
    """The key was revoked before; a revocation is for ever."""

    slug = "already-revoked"
    title_vi = "Khóa đã bị thu hồi"
    title_en = "Key already revoked"


class NotLatestSnapshot(Conflict):
    """Only the latest version of a source's month can be superseded."""

    slug = "not-latest-snapshot"
    title_vi = "Không phải phiên bản mới nhất của dữ liệu đã chốt"
    title_en = "Not the latest snapshot"
