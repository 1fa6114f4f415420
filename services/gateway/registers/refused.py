"""What the registers and the bonus refuse, in the words of the domain."""

from __future__ import annotations

from shared.errors import Conflict, InputInvalid


class MeetingNotInForce(Conflict):
    """Attendance and speeches are entered of a meeting that a second person has confirmed."""

    slug = "meeting-not-in-force"
    title_vi = "Cuộc họp chưa được xác nhận hoặc đã bị rút"
    title_en = "The meeting is not in force"


class NotSummoned(InputInvalid):
    """The meeting did not summon this body, so nothing of the body is entered under it."""

    slug = "not-summoned"
    title_vi = "Cơ quan không được triệu tập dự cuộc họp này"
    title_en = "The meeting did not summon this body"


class EnteredAlready(Conflict):
    """There is one attendance of a body at a meeting and one closing of a month: a change is the entry's next version."""

    slug = "entered-already"
    title_vi = "Nội dung này đã có trong sổ; hãy lập bản sửa"
    title_en = "Entered already; correct it instead"


class EntryMoved(Conflict):
    """The entry has another version by now, or is confirmed already; `context` says at which version it stands."""

    slug = "entry-moved"
    title_vi = "Nội dung trong sổ đã thay đổi"
    title_en = "The entry stands at another version"


class RegisterIncomplete(Conflict):
    """A month is closed with as many meetings as stated, nothing awaiting a second person, and all attendance recorded."""

    slug = "register-incomplete"
    title_vi = "Sổ theo dõi của tháng chưa đầy đủ"
    title_en = "The month's register is not complete"


class InitiativeStepRefused(Conflict):
    """The initiative is not in a state from which this step begins; `context` says in which it is."""

    slug = "initiative-step-refused"
    title_vi = "Trạng thái của sáng kiến không cho phép bước này"
    title_en = "The initiative's state does not allow this step"
