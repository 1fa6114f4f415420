"""The four kinds of register entries as pages know them: where they stand, and their forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.posted import Posted
from services.gateway.pages.registers import content_forms, meeting_form


@dataclass(frozen=True)
class Kind:
    """``said`` reads a form, ``typed`` fills one; ``place`` is the path of the API and of the pages alike."""

    name: str
    place: str
    vi: str
    en: str
    said: Callable[[Posted], dict[str, Any]]
    typed: Callable[[Mapping[str, Any]], Posted]


MEETING: Final = Kind("meeting", "/meetings", "Cuộc họp", "Meeting", meeting_form.content_of, meeting_form.typed)
ATTENDANCE: Final = Kind(
    "attendance", "/attendances", "Dự họp", "Attendance", content_forms.attendance_of, content_forms.typed_attendance
)
SPEECH: Final = Kind(
    "speech",
    "/speeches",
    "Phát biểu, báo cáo chuyên đề",
    "Speech or report",
    content_forms.speech_of,
    content_forms.typed_speech,
)
CLOSING: Final = Kind(
    "closing", "/register-closings", "Khóa sổ tháng", "Closing of the month",
    content_forms.closing_of, content_forms.typed_closing,
)  # fmt: skip
KINDS: Final = (MEETING, ATTENDANCE, SPEECH, CLOSING)
