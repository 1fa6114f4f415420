"""The families of errors. Code raises them (or a subclass beside it); only shared.problems knows what HTTP makes of them.

DomainError
  InputInvalid      the caller's words or file break a rule; lists every fault
  NotFound          no such thing for this caller
  Conflict          the thing's state does not allow it now
  NotAllowed        the caller may not do this
  Unauthenticated   no or no valid credentials
  PreconditionFailed
  SourceProblem     a source system's answer cannot be used; nothing of it entered the records
  Unavailable       something we need is not there at the moment
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Fault:
    """One thing wrong, and where: a JSON pointer, cell, row or measure; what was seen, expected, and what to do."""

    place: str
    message: str
    seen: str | None = None
    expected: str | None = None
    hint: str | None = None
    rule: str | None = None

    def as_dict(self) -> dict[str, str]:
        pairs = {"pointer": self.place, "detail": self.message, "seen": self.seen, "expected": self.expected}
        return {k: v for k, v in {**pairs, "hint": self.hint, "rule_id": self.rule}.items() if v is not None}


class DomainError(Exception):
    """``slug`` names the problem type for ever; titles are what an official reads."""

    slug: ClassVar[str] = "internal"
    title_vi: ClassVar[str] = "Lỗi"
    title_en: ClassVar[str] = "Error"

    def __init__(self, detail: str, *, faults: Sequence[Fault] = (), hint: str | None = None, **context: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)
        self.hint = hint
        self.context = context

    def as_dict(self) -> dict[str, Any]:
        """The error as plain data, for a job's outcome, a finding or a problem document."""
        fields: dict[str, Any] = {"type": self.slug, "title": self.title_vi, "detail": self.detail}
        if self.hint:
            fields["hint"] = self.hint
        if self.faults:
            fields["errors"] = [fault.as_dict() for fault in self.faults]
        return {**fields, **self.context}


class InputInvalid(DomainError):
    slug = "input-invalid"
    title_vi = "Dữ liệu đầu vào không hợp lệ"
    title_en = "Invalid input"


class NotFound(DomainError):
    slug = "not-found"
    title_vi = "Không tìm thấy"
    title_en = "Not found"


class Conflict(DomainError):
    slug = "conflict"
    title_vi = "Trạng thái hiện tại không cho phép"
    title_en = "State does not allow this"


class NotAllowed(DomainError):
    slug = "not-allowed"
    title_vi = "Không có quyền thực hiện"
    title_en = "Not allowed"


class SamePerson(NotAllowed):
    """Two people are needed: nobody publishes their own run or approves their own request (RSC-11, APR-03)."""

    slug = "same-person"
    title_vi = "Cần người thứ hai"
    title_en = "A second person is needed"


class Unauthenticated(DomainError):
    slug = "unauthenticated"
    title_vi = "Chưa xác thực"
    title_en = "Not authenticated"


class VersionStands(Conflict):
    """A former version was to stand again that is the month's latest: nothing has to be undone."""

    slug = "nothing-to-restore"
    title_vi = "Phiên bản này đang là phiên bản mới nhất"
    title_en = "The version is the latest one"


class PreconditionFailed(DomainError):
    slug = "precondition-failed"
    title_vi = "Điều kiện tiên quyết không thỏa mãn"
    title_en = "Precondition failed"


class SourceProblem(DomainError):
    slug = "source-problem"
    title_vi = "Nguồn dữ liệu trả lời không dùng được"
    title_en = "Source answer unusable"


class Unavailable(DomainError):
    slug = "unavailable"
    title_vi = "Tạm thời không phục vụ được"
    title_en = "Temporarily unavailable"
