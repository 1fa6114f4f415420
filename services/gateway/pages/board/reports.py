"""A body's reports as its board tells of them, and what each of its people has to do about them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.board.words import Tag, Task
from services.gateway.pages.page_words import Words, month_words

_STATES: Final[Mapping[str, Tag]] = {
    "draft": Tag(("bản nháp", "draft")),
    "in_review": Tag(("chờ duyệt", "in review"), "warn"),
    "approved": Tag(("đã duyệt, chờ ký", "approved, to be signed"), "warn"),
}
TURNS: Final[Mapping[str, Words]] = {
    "agency_drafter": ("người soạn báo cáo", "the drafter"),
    "agency_approver": ("người duyệt báo cáo", "the approver"),
    "agency_signer": ("người ký báo cáo", "the signer"),
}


@dataclass(frozen=True)
class Report:
    """A submission that is not done yet. ``whole``: it states every section; else ``unstated`` are those that it does not, with
    their labels. ``open_count`` of findings stand in the way, None while nothing is checked; ``returned`` is why it was
    rejected last."""

    period: str
    sequence: int
    path: str
    state: str
    test: bool
    holder: str
    allowed: Collection[str]
    lapsed: bool
    has_content: bool
    whole: bool
    checked: bool
    step: int
    unstated: Sequence[tuple[str, Words]] = ()
    open_count: int | None = None
    returned: str | None = None

    @property
    def tag(self) -> Tag:
        return _STATES[self.state]

    @property
    def name(self) -> Words:
        vi, en = ("báo cáo thử", "test report") if self.test else ("báo cáo", "report")
        month_vi, month_en = month_words(self.period)
        return f"{vi} số {self.sequence}, {month_vi}", f"{en} {self.sequence} of {month_en}"


def report_of(found: Mapping[str, Any]) -> Report:
    """From the API's document of a submission that somebody's turn it is."""
    content = found["content"]
    path = f"/agencies/{found['agency']}/periods/{found['period']}/submissions/{found['sequence']}"
    return Report(
        found["period"], found["sequence"], path, found["state"], found["test"], found["holder"],
        frozenset(found["allowed_actions"]), found["lapse"] is not None, content is not None,
        content is not None and content["section_digests"] is not None, found["validation"] is not None, found["step"],
    )  # fmt: skip


def tasks_of(reports: Sequence[Report], roles: Collection[str]) -> list[Task]:
    """What waits for a person of these roles, in the order of the reports."""
    return [task for each in reports for task in _tasks(each) if each.holder in roles]


def _tasks(report: Report) -> Iterator[Task]:
    if report.state == "draft":
        yield from _drafting(report)
    elif report.state == "in_review":
        yield _agreeing(report, "approve", "approvals", ("Duyệt", "Approve"))
    elif not report.test:
        yield _agreeing(report, "sign", "signatures", ("Ký", "Sign"))


def _agreeing(report: Report, action: str, below: str, verb: Words) -> Task:
    vi, en = report.name
    if action in report.allowed:
        return Task((f"{verb[0]} {vi}", f"{verb[1]} {en}"), f"{report.path}/{below}", "warn")
    return Task(
        (
            f"{vi[:1].upper()}{vi[1:]} chờ một người khác: bạn đã tham gia làm báo cáo này",
            f"{en[:1].upper()}{en[1:]} waits for somebody else: you had a hand in it before",
        ),
        report.path,
    )


def _drafting(report: Report) -> Iterator[Task]:
    vi, en = report.name
    if report.lapsed:
        told = f"Xem vì sao {vi} cần được duyệt lại", f"See why {en} needs approval again"
        yield Task(told, report.path, "warn")
    elif report.returned is not None:
        yield Task(
            (f"Sửa {vi}, bị trả lại: {report.returned}", f"Change {en}, rejected: {report.returned}"), report.path, "bad"
        )
    if not report.has_content:
        yield Task((f"Nhập nội dung hoặc tải tệp của {vi}", f"Enter {en} or upload its file"), f"{report.path}/content")
    for section, label in report.unstated:
        words = f"Khai phần “{label[0]}” của {vi}", f"State the section “{label[1]}” of {en}"
        yield Task(words, f"{report.path}/content/{section}")
    yield from _finishing(report)


def _finishing(report: Report) -> Iterator[Task]:
    vi, en = report.name
    if report.has_content and not report.checked:
        yield Task((f"Đợi kiểm tra xong {vi}", f"Wait until {en} is checked"), report.path)
    elif report.open_count:
        words = (
            f"Sửa hoặc xác nhận {report.open_count} lỗi, cảnh báo của {vi}",
            f"Mend or confirm {report.open_count} findings of {en}",
        )
        yield Task(words, f"{report.path}/findings?severity=to_do", "bad")
    elif report.open_count == 0:
        yield Task((f"Chuyển duyệt {vi}", f"Hand over {en}"), f"{report.path}/handovers", "warn")
