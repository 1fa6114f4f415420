"""What a person of some roles finds here: links of the menu, and the work of a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.gateway.http.runtime import runtime
from shared.period import Period

if TYPE_CHECKING:
    from services.gateway.pages.page import Page


@dataclass(frozen=True)
class Link:
    """``path`` is below the pages' root."""

    path: str
    vi: str
    en: str
    current: bool = False


# Who reads the registers of the Government Office.
REGISTERS = ("officer", "reader", "operator", "publisher", "auditor")
READERS = ("reader", "operator", "publisher", "auditor")
BONUS = (*REGISTERS, "assessor")
REVIEWS = ("records_reviewer", "reader", "operator", "publisher", "auditor")
# Who looks at people, keys and mandates.
ADMINISTRATORS = ("agency_admin", "system_administrator", "auditor")
INSIDE = ("agency_drafter", "agency_approver", "agency_signer", "agency_admin", "agency_unit")
FEEDBACK = ("reader", "operator", "publisher", "auditor", "officer", "assessor")
USAGE = ("auditor", "system_administrator")
_ANNEX = ("Nhiệm vụ được giao (phụ lục)", "Tasks (annex)")
_BOARD = ("Cảnh báo theo quy tắc", "Findings by rule")
# Who reads what reports are found fault with, of all bodies.
FINDINGS = ("operator", "auditor")
REPORTERS = ("agency_drafter", "agency_approver", "agency_signer", "agency_admin")


@dataclass(frozen=True)
class Offer:
    """A link for people with one of these roles and none of ``unless``; ``{agency}`` is their body."""

    roles: tuple[str, ...]
    path: str
    vi: str
    en: str
    unless: tuple[str, ...] = ()


# Who reads explanations, rows and differences: their own body's, or everybody's.
SCORES = (*REPORTERS, *READERS)

MENU = (
    Offer(READERS, "/waiting-requests", "Chờ người thứ hai", "Second person"),
    Offer(SCORES, "/scores", "Điểm", "Scores"),
    Offer(READERS, "/roll-ups", "Quý, năm", "Quarters"),
    Offer(REGISTERS, "/meetings", "Sổ họp", "Meetings"),
    Offer(BONUS, "/initiatives", "Sáng kiến", "Initiatives"),
    Offer(REVIEWS, "/records-reviews", "Rà soát số liệu", "Records reviews"),
    Offer(REPORTERS, "/agencies/{agency}/initiatives", "Sáng kiến", "Initiatives"),
    Offer(ADMINISTRATORS, "/administration", "Quản trị", "Administration"),
    Offer(REPORTERS, "/agencies/{agency}/mandates", "Ủy quyền ký số", "Mandates", unless=ADMINISTRATORS),
    Offer(INSIDE, "/agencies/{agency}/units", "Đơn vị", "Units"),
    Offer(REPORTERS, "/agencies/{agency}/feedback", "Phản hồi", "Feedback"),
    Offer(FEEDBACK, "/feedback", "Phản hồi", "Feedback", unless=REPORTERS),
    Offer(USAGE, "/usage", "Sử dụng", "Usage"),
)


def menu_of(page: Page) -> list[Link]:
    """The menu of the page's person, the link of where they are marked."""
    offered = [each for each in MENU if page.has(*each.roles) and not page.has(*each.unless)]
    found = [("", "Trang đầu", "Home"), *((each.path.format(agency=page.actor.agency), each.vi, each.en) for each in offered)]
    return [Link(path, vi, en, _is_here(page, path)) for path, vi, en in found]


def work_of(page: Page, period: str, *, published: bool) -> list[Link]:
    """What the person may do about a month."""
    found = []
    agency = page.actor.agency
    if published and page.has(*SCORES):
        found.append(Link(f"{f'/agencies/{agency}' if agency else ''}/periods/{period}/scores", "Điểm", "Scores"))
    if page.has(*READERS):
        found.append(Link(f"/operations?period={period}", "Bảng vận hành", "Operations"))
        found.append(Link(f"/periods/{period}/publishing", "Chấm điểm, công bố", "Scoring and publishing"))
    if page.has(*REPORTERS):
        found.append(Link(f"/agencies/{agency}/periods/{period}/submissions", "Báo cáo", "Reports"))
        found.append(Link(f"/agencies/{agency}/periods/{period}/register", "Dự họp, điểm khuyến khích", "Meetings and bonus"))
        found.append(Link(f"/agencies/{agency}/periods/{period}/self-scores", "Điểm tự đánh giá", "Self-score"))
    if page.has(*INSIDE):
        found.append(Link(f"/agencies/{agency}/periods/{period}/sections", "Chỉ số của các đơn vị", "Units' indicators"))
    if page.has(*REGISTERS):
        found.append(Link(f"/meetings?period={period}", "Sổ họp", "Meetings"))
    if page.has(*BONUS):
        found.append(Link(f"/initiatives?period={period}", "Sáng kiến", "Initiatives"))
    if page.has(*READERS):
        found.append(Link(f"/periods/{period}/reporting", "Nộp báo cáo", "Reporting"))
    if page.has(*REVIEWS):
        found.append(Link(f"/records-reviews?period={period}", "Rà soát số liệu", "Records reviews"))
    return [*found, *_seen_whole(page, period, published=published)]


def _seen_whole(page: Page, period: str, *, published: bool) -> list[Link]:
    """What of a month that is over is read as a whole: a body its own, national readers all."""
    if Period.parse(period) >= Period.holding(runtime(page.request).clock()):
        return []
    if page.has(*REPORTERS):
        own = f"/agencies/{page.actor.agency}/periods/{period}"
        return [Link(f"{own}/task-annex", *_ANNEX), Link(f"{own}/finding-board", *_BOARD)]
    found = []
    if page.has(*READERS):
        found.append(Link(f"/periods/{period}/task-annex", *_ANNEX))
    if page.has(*FINDINGS):
        found.append(Link(f"/periods/{period}/finding-board", *_BOARD))
    if published and page.has(*READERS):
        # Told of frozen rows: before the publication the operators' board leads there, once something is frozen.
        found.append(Link(f"/periods/{period}/quality-report", "Chất lượng dữ liệu", "Data quality"))
        found.append(Link(f"/periods/{period}/commendations", "Đề nghị tuyên dương", "Commendations"))
        found.append(Link(f"/periods/{period}/session-report", "Báo cáo phục vụ phiên họp", "Report for the session"))
    return found


def _is_here(page: Page, path: str) -> bool:
    here = page.request.url.path.removeprefix("/e-form")
    return here == path if path == "" else here == path or here.startswith(f"{path}/")
