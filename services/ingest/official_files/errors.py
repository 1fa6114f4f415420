"""How official files are refused: every fault of every file at once, each with its place and what to do; or the whole month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.errors import Conflict, Fault, InputInvalid

HINT = "Correct the file and import it again; nothing of it was taken."


class FileRefused(InputInvalid):
    """Files that do not follow the contract of their source."""

    slug = "official-file-refused"
    title_vi = "Tệp chính thức không hợp lệ"
    title_en = "Official file refused"


class AlreadyFrozen(Conflict):
    """The period has its snapshot; another needs a reason and a second person."""

    slug = "already-frozen"
    title_vi = "Kỳ dữ liệu đã được chốt"
    title_en = "Period is frozen already"


class ReportsHandedIn(Conflict):
    """Bodies have reported the month themselves; a file must not pass them over."""

    slug = "reports-handed-in"
    title_vi = "Các cơ quan đã nộp báo cáo của kỳ này qua hệ thống"
    title_en = "Reports of the period were handed in"


class RegistersBegun(Conflict):
    """The month's meetings or decisions are entered here; a file must not pass them over."""

    slug = "registers-begun"
    title_vi = "Sổ theo dõi của kỳ này đã được nhập trên hệ thống"
    title_en = "The period's registers are kept here"


class WordsGiven(Conflict):
    """The Ministry of Public Security has given words on the month's figures here; a file must not pass them over."""

    slug = "words-given"
    title_vi = "Ý kiến rà soát số liệu của kỳ này đã được ghi nhận trên hệ thống"
    title_en = "Words on the period's figures were given here"


def refused(faults: Sequence[Fault], *, hint: str = HINT) -> FileRefused:
    """The error of one or more faults; its words show the first of them whole."""
    first = faults[0]
    values = [f"{name} {value}" for name, value in (("seen", first.seen), ("expected", first.expected)) if value is not None]
    said = f"{first.place}: {first.message}" + (f" ({', '.join(values)})" if values else "")
    many = f"{len(faults)} faults, the first: " if len(faults) > 1 else ""
    return FileRefused(many + said, faults=[replace(fault, hint=fault.hint or hint) for fault in faults], hint=hint)
