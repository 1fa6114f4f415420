"""What is refused inside an agency, in the words of the domain."""

from __future__ import annotations

from shared.errors import Conflict, NotAllowed, NotFound


class UnitExists(Conflict):
    """The agency has a unit of this code; what changes about it is its next version."""

    slug = "unit-exists"
    title_vi = "Mã đơn vị đã được dùng"
    title_en = "Unit exists already"


class UnitEnded(Conflict):
    """The unit was ended: it takes no people and stands in no new plan."""

    slug = "unit-ended"
    title_vi = "Đơn vị đã ngừng hoạt động"
    title_en = "Unit ended"


class UnitInUse(Conflict):
    """The unit answers for indicators or leads in a plan that holds now or later; approve another plan first."""

    slug = "unit-in-use"
    title_vi = "Đơn vị đang được phân công"
    title_en = "Unit in use"


class MemberAlready(Conflict):
    """This key or person works for the unit already."""

    slug = "unit-member-already"
    title_vi = "Đã là người của đơn vị"
    title_en = "Member of the unit already"


class MembershipOver(Conflict):
    """The membership was ended before."""

    slug = "unit-membership-over"
    title_vi = "Tư cách người của đơn vị đã kết thúc"
    title_en = "Membership over"


class PlanMissing(NotFound):
    """No approved plan of the agency covers this month: nobody has been told to answer for its indicators."""

    slug = "unit-plan-missing"
    title_vi = "Chưa có phân công đơn vị cho kỳ này"
    title_en = "No unit plan for this month"


class UnitlessCaller(NotAllowed):
    """The caller has the role of a unit, but belongs to no unit of the agency; the agency's administrator enters that."""

    slug = "not-in-a-unit"
    title_vi = "Chưa được ghi là người của đơn vị nào"
    title_en = "Not in a unit"


class IndicatorElsewhere(NotAllowed):
    """Another unit answers for the indicator; `context` names it and its contact point."""

    slug = "indicator-of-another-unit"
    title_vi = "Chỉ số này do đơn vị khác phụ trách"
    title_en = "Another unit answers for this indicator"


class NotLeadUnit(NotAllowed):
    """Only people of the lead unit return sections and assemble them; `context` names it."""

    slug = "not-lead-unit"
    title_vi = "Chỉ đơn vị đầu mối tổng hợp được làm việc này"
    title_en = "Not the lead unit"


class SectionMissing(NotFound):
    """The responsible unit has sent nothing about this indicator and month, or not this version."""

    slug = "section-not-sent"
    title_vi = "Đơn vị chưa gửi mục báo cáo này"
    title_en = "Section not sent"


class SectionOvertaken(Conflict):
    """A later version of the section came in; look at that one."""

    slug = "section-overtaken"
    title_vi = "Mục báo cáo đã có bản mới hơn"
    title_en = "Section overtaken"


class SectionReturned(Conflict):
    """This version was returned to its unit before."""

    slug = "section-returned-already"
    title_vi = "Mục báo cáo đã được trả lại"
    title_en = "Section returned already"


class SectionsMissing(Conflict):
    """Sections that feed the report have not been sent, or were returned. `errors` names each unit and its contact point."""

    slug = "sections-missing"
    title_vi = "Còn thiếu mục báo cáo của đơn vị"
    title_en = "Sections are missing"
