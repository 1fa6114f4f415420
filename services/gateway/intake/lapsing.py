"""Which change lets an agreement lapse: rules, automatic figures, earlier reports, the report's own cells (APR-09). Pure.

Every change has its place, what stood there when the report was agreed to, and what stands there now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.gateway.intake.cell_values import shown
from services.gateway.intake.context import AutomaticFigure
from services.gateway.intake.form import Form, FormSection
from services.gateway.intake.report import SentReport, SentRow

What = Literal["rules", "figure", "earlier_report", "content"]
# A reason names so many changes and counts the others; the answer's list is as long.
NAMED: Final = 10
# Words may be private to the body (INT-16); a step's reason is read by whoever reads the step.
_WORDS: Final = "narratives"
_NOTHING: Final = "chưa có"
_THERE: Final = "có"


@dataclass(frozen=True)
class Change:
    """``place`` is a database, a month, or a JSON pointer by the row's own name; ``cause`` the id of the fact that changed
    it, where it is one of its own; ``was`` and ``now`` are None where nothing stood or stands there, and for words."""

    what: What
    place: str
    was: str | None
    now: str | None
    cause: str | None = None


def figures_changed(was: Mapping[str, AutomaticFigure], now: Mapping[str, AutomaticFigure]) -> list[Change]:
    """Per database the figure that the source counted for the body, where it is another one."""
    changes = []
    for database in sorted({*was, *now}):
        before, after = was.get(database), now.get(database)
        figures = [_figure(before), _figure(after)]
        if figures[0] != figures[1]:
            changes.append(Change("figure", database, figures[0], figures[1], after.snapshot_id if after else None))
    return changes


def earlier_changed(was: Iterable[Mapping[str, str]], now: Iterable[Mapping[str, str]]) -> list[Change]:
    """Per earlier month the digest of the report in force, where it is another one."""
    before, after = ({each["period"]: each for each in side} for side in (was, now))
    changes = []
    for period in sorted({*before, *after}):
        digests = [side[period]["digest"] if period in side else None for side in (before, after)]
        if digests[0] != digests[1]:
            cause = after[period]["submission_id"] if period in after else None
            changes.append(Change("earlier_report", period, digests[0], digests[1], cause))
    return changes


def content_changed(was: SentReport, now: SentReport, form: Form) -> list[Change]:
    """Every cell that is another one, rows told apart by their key; a row that came or went is one change."""
    return [each for section in form.sections for each in _section_changed(was, now, section)]


def reason_of(changes: Sequence[Change]) -> str:
    """Why the agreement lapsed, as the step keeps it for officials to read."""
    named = "; ".join(_told(each) for each in changes[:NAMED])
    left = len(changes) - NAMED
    return f"{named}; và {left} thay đổi khác" if left > 0 else named


def _figure(found: AutomaticFigure | None) -> str | None:
    return None if found is None or found.new_records is None else str(found.new_records)


def _told(change: Change) -> str:
    was, now = change.was or _NOTHING, change.now or _NOTHING
    if change.what == "rules":
        return f"danh mục quy tắc {change.place} thay cho danh mục khi đồng ý: mã băm từ {was} thành {now}"
    if change.what == "figure":
        return f"số liệu tự động của {change.place} đổi từ {was} thành {now}"
    if change.what == "earlier_report":
        return f"báo cáo đang có hiệu lực của kỳ {change.place} đã khác: mã băm từ {was} thành {now}"
    if change.was is None and change.now is None:
        return f"nội dung đã sửa ở {change.place}"
    return f"nội dung đã sửa ở {change.place}: từ {was} thành {now}"


def _section_changed(was: SentReport, now: SentReport, section: FormSection) -> list[Change]:
    before, after = (_by_key(each.sections.get(section.name, ()), section) for each in (was, now))
    changes = []
    for key in dict.fromkeys((*before, *after)):
        place = "/".join(("", section.name, *(part.replace("~", "~0").replace("/", "~1") for part in key)))
        if key not in before:
            changes.append(Change("content", place, None, _THERE))
        elif key not in after:
            changes.append(Change("content", place, _THERE, None))
        else:
            changes += _row_changed(before[key], after[key], section, place)
    return changes


def _row_changed(before: SentRow, after: SentRow, section: FormSection, place: str) -> list[Change]:
    cells = [(field.name, before.values.get(field.name), after.values.get(field.name)) for field in section.fields]
    # A count sent as text is the same count.
    others = [each for each in cells if (each[1] is None) != (each[2] is None) or str(each[1]) != str(each[2])]
    if section.name == _WORDS:
        return [Change("content", f"{place}/{name}", None, None) for name, _, _ in others]
    return [Change("content", f"{place}/{name}", shown(was), shown(now)) for name, was, now in others]


def _by_key(rows: Sequence[SentRow], section: FormSection) -> dict[tuple[str, ...], SentRow]:
    """Rows by their key's values; of rows with one key, which no report keeps, the later ones by their number."""
    found: dict[tuple[str, ...], SentRow] = {}
    for number, row in enumerate(rows):
        key = tuple(str(row.values.get(name)) for name in section.key)
        found[(*key, f"#{number}") if key in found else key] = row
    return found
