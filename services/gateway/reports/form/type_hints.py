"""How a value is written under each type of field: what the hint of an unreadable cell says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.gateway.reports.form.form import Label

_TEXT: Final = Label(
    vi='Gửi dưới dạng văn bản; trong JSON đặt trong ngoặc kép, ví dụ "7".',
    en='Send it as text; in JSON a string in quotation marks, such as "7".',
)
# By the form's name of the type; a choice has a rule of its own.
TYPE_HINTS: Final[Mapping[str, Label]] = {
    "date": Label(
        vi="Viết năm-tháng-ngày, tháng và ngày đủ hai chữ số, ví dụ 2026-01-05; ngày phải có trong lịch và không kèm giờ.",
        en="Write YYYY-MM-DD, two digits for month and day; the day must exist, and no time follows it.",
    ),
    "count": Label(
        vi="Chỉ viết chữ số, ví dụ 1250: không có dấu cộng hay trừ, dấu phân cách, phần thập phân hay chữ.",
        en="Write digits only, such as 1250: no sign, separators, decimals or words.",
    ),
    "text": _TEXT,
    "code": _TEXT,
}
