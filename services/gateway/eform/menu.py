"""What a person of some roles finds here: links of the menu, and the work of a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.gateway.eform.page import Page


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
REPORTERS = ("agency_drafter", "agency_approver", "agency_signer", "agency_admin")


def menu_of(page: Page) -> list[Link]:
    """The menu of the page's person, the link of where they are marked."""
    found = [Link("", "Trang đầu", "Home")]
    if page.has(*REGISTERS):
        found.append(Link("/meetings", "Sổ họp", "Meetings"))
    if page.has(*BONUS):
        found.append(Link("/initiatives", "Sáng kiến", "Initiatives"))
    if page.has(*REVIEWS):
        found.append(Link("/records-reviews", "Rà soát số liệu", "Records reviews"))
    if page.has(*REPORTERS):
        found.append(Link(f"/agencies/{page.actor.agency}/initiatives", "Sáng kiến", "Initiatives"))
    if page.has(*ADMINISTRATORS):
        found.append(Link("/administration", "Quản trị", "Administration"))
    elif page.has(*REPORTERS):
        found.append(Link(f"/agencies/{page.actor.agency}/mandates", "Thẩm quyền ký", "Mandates"))
    if page.has(*INSIDE):
        found.append(Link(f"/agencies/{page.actor.agency}/units", "Đơn vị", "Units"))
    return [Link(each.path, each.vi, each.en, _is_here(page, each.path)) for each in found]


def work_of(page: Page, period: str) -> list[Link]:
    """What the person may do about a month."""
    found = []
    agency = page.actor.agency
    if page.has(*REPORTERS):
        found.append(Link(f"/agencies/{agency}/periods/{period}/submissions", "Báo cáo", "Reports"))
        found.append(Link(f"/agencies/{agency}/periods/{period}/register", "Dự họp, điểm thưởng", "Meetings and bonus"))
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
    return found


def _is_here(page: Page, path: str) -> bool:
    here = page.request.url.path.removeprefix("/e-form")
    return here == path if path == "" else here == path or here.startswith(f"{path}/")
