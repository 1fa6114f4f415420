"""Attendance, speeches and closings as forms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from services.gateway.pages.evidence import said, whole
from services.gateway.pages.posted import Posted
from shared.errors import Fault, InputInvalid

ROLES: Final = ("head", "acting_head", "deputy", "officer")
MODES: Final = ("in_person", "online")
# Each box of the attendance form: how many people of a role came in a mode.
BOXES: Final = tuple((role, mode) for role in ROLES for mode in MODES)
_MOST = 50


def is_stated(posted: Posted, of: str = "") -> bool:
    """Whether anything was said of who came."""
    return posted.ticked(f"nobody{of}") or any(posted.text(f"{role}-{mode}{of}") for role, mode in BOXES)


def attendees(posted: Posted, of: str = "") -> list[dict[str, str]]:
    """Who came, by the boxes whose names end in ``of``. Raises InputInvalid: nobody is never assumed."""
    counts = {box: posted.text(f"{box[0]}-{box[1]}{of}") for box in BOXES}
    wrong = [text for text in counts.values() if text and not (re.fullmatch("[0-9]{1,2}", text) and int(text) <= _MOST)]
    if wrong:
        raise _unclear(
            Fault("/attendees", "is not a number of people", seen=wrong[0], expected=f"a whole number from 0 to {_MOST}")
        )
    people = [{"role": role, "mode": mode} for (role, mode), text in counts.items() for _ in range(int(text or 0))]
    said_nobody = posted.ticked(f"nobody{of}")
    if people and said_nobody:
        words = Fault("/attendees", "says both that somebody and that nobody came", expected="people, or a tick at nobody came")
        raise _unclear(words)
    if not people and not said_nobody:
        raise _unclear(Fault("/attendees", "says nothing of who came", expected="people, or a tick at nobody came"))
    return people


def attendance_of(posted: Posted) -> dict[str, Any]:
    return {"attendees": attendees(posted)}


def typed_attendance(content: Mapping[str, Any]) -> Posted:
    counts = Counter((each["role"], each["mode"]) for each in content["attendees"])
    values = {f"{role}-{mode}": [str(count)] for (role, mode), count in counts.items()}
    return Posted(values if counts else {"nobody": ["yes"]})


def speech_of(posted: Posted) -> dict[str, Any]:
    """A mark is a choice of two, so that an untouched form says neither."""
    mark = {"yes": True, "no": False}.get(posted.text("qualifying"))
    kept = said(posted, "speech_kind", "speaker_role", "note")
    return kept if mark is None else {**kept, "qualifying": mark}


def typed_speech(content: Mapping[str, Any]) -> Posted:
    values = {name: [str(content[name])] for name in ("speech_kind", "speaker_role")}
    return Posted({**values, "qualifying": ["yes" if content["qualifying"] else "no"], "note": [content["note"] or ""]})


def closing_of(posted: Posted) -> dict[str, Any]:
    return dict(whole(posted, "meetings"))


def typed_closing(content: Mapping[str, Any]) -> Posted:
    return Posted({"meetings": [str(content["meetings"])]})


def _unclear(fault: Fault) -> InputInvalid:
    return InputInvalid("who came is not clear", faults=[fault])
