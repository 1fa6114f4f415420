"""A meeting as a form: whom it summons is a table of all bodies, filled row by row or many at once by buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from services.gateway.pages.days import with_days, written_day
from services.gateway.pages.evidence import said
from services.gateway.pages.posted import Posted

_WORDS: Final = ("held_on", "summoned_by", "chair", "topic", "summons_document")
# Which bodies a button speaks of.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "all": ("ministry", "ministerial_agency", "government_agency", "province"),
    "ministries": ("ministry", "ministerial_agency", "government_agency"),
    "provinces": ("province",),
}


def content_of(posted: Posted) -> dict[str, Any]:
    """What the form says, as the API reads it."""
    return {
        **said(with_days(posted, ("held_on",)), *_WORDS),
        "summons": [_summons(posted, code) for code in posted.texts("summons")],
    }


def typed(content: Mapping[str, Any]) -> Posted:
    """A form filled as a meeting stands."""
    values = {name: [str(content[name])] for name in _WORDS} | {"held_on": [written_day(str(content["held_on"]))]}
    values["summons"] = [each["agency"] for each in content["summons"]]
    for each in content["summons"]:
        values[f"role-{each['agency']}"] = [each["required_role"]]
        values[f"online-{each['agency']}"] = ["yes"] if each["online_allowed"] else []
    return Posted(values)


def rows(bodies: Sequence[Mapping[str, Any]], posted: Posted | None) -> list[dict[str, Any]]:
    """The table: each body, whether it is ticked, and the place in the API's list that a fault would name."""
    chosen = posted.texts("summons") if posted else []
    return [
        {
            **body,
            "ticked": body["code"] in chosen,
            "role": (posted.text(f"role-{body['code']}") if posted else "") or "head",
            "online": posted.ticked(f"online-{body['code']}") if posted else False,
            "place": f"/summons/{chosen.index(body['code'])}" if body["code"] in chosen else "",
        }
        for body in bodies
    ]


def chosen_by_button(posted: Posted, bodies: Iterable[Mapping[str, Any]]) -> Posted | None:
    """The form after a button of the table was pressed; None when it was another button."""
    group = posted.text("choose")
    if not group:
        return None
    if group == "nobody":
        return replace(posted, values={**posted.values, "summons": []})
    codes = [body["code"] for body in bodies if body["kind"] in GROUPS.get(group, ())]
    before = [code for code in posted.texts("summons") if code not in codes]
    values = {**posted.values, "summons": sorted([*before, *codes])}
    for code in codes:
        values[f"role-{code}"] = [posted.text("role-of-many") or "head"]
        values[f"online-{code}"] = ["yes"] if posted.ticked("online-of-many") else []
    return replace(posted, values=values)


def _summons(posted: Posted, code: str) -> dict[str, Any]:
    role = posted.text(f"role-{code}") or "head"
    return {"agency": code, "required_role": role, "online_allowed": posted.ticked(f"online-{code}")}
