"""Findings of the latest check as the pages show them: all of them, where each stands, and what is still to be done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from services.gateway.pages.own_api import Refused
from services.gateway.pages.reports.desk import View, every
from services.gateway.pages.reports.found_words import worded
from services.gateway.reports.form.form import Form
from shared.writing import day

SEVERITIES: Final = ("fatal", "confirm", "notice")
_UNKNOWN: Final = frozenset({"validation-outdated", "content-missing", "not-allowed", "not-found"})
_DAY: Final = re.compile(r"(?<![\w-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])")

Finding = dict[str, Any]


async def findings_of(view: View, **choice: str) -> list[Finding] | None:
    """Findings, all or those of the API's ``severity``, ``section`` or ``open``, each with ``confirmed``, ``to_do`` and
    ``at``; None while nothing was sent or a job still checks."""
    if view.submission["content"] is None or view.submission["validation"] is None:
        return None
    try:
        answer = await view.page.api.ask("GET", f"{view.place.one}/findings", query={**choice, "format": "ndjson"})
    except Refused as refused:
        if refused.slug in _UNKNOWN:
            return None
        raise
    found = [msgspec.json.decode(line) for line in answer.body.splitlines() if line]
    confirmed = set()
    if any(each["severity"] == "confirm" for each in found):
        confirmed = {each["finding_key"] for each in await every(view.page, f"{view.place.one}/confirmations")}
    return [_shown(view, each, confirmed) for each in found]


def counts_of(findings: Sequence[Finding]) -> dict[str, int]:
    """How many of each severity; of those to confirm how many are ``confirmed``; ``to_do`` stand in the way of handing over."""
    found = Counter(each["severity"] for each in findings)
    told = {"to_do": sum(1 for each in findings if each["to_do"])}
    told["confirmed"] = sum(1 for each in findings if each["severity"] == "confirm" and each["confirmed"])
    return {**{name: found[name] for name in SEVERITIES}, **told}


async def untried_of(view: View) -> list[dict[str, Any]]:
    """What rules had nothing to compare with in the latest check, in their words, with the rows' names."""
    latest = view.submission["validation"]
    if latest is None:
        return []
    check = await view.page.api.get(f"{view.place.one}/validations/{latest['validation_id']}")
    return list(check["summary"]["not_applicable"])


def below(findings: Sequence[Finding], pointer: str) -> list[Finding]:
    """Those at a place or under it."""
    return [each for each in findings if each["pointer"] == pointer or each["pointer"].startswith(f"{pointer}/")]


def path_of(pointer: str) -> str | None:
    """Below the submission's page: where the thing that a pointer names is changed. None for what stands nowhere."""
    section, ordinal, field = [*pointer.removeprefix("/").split("/"), "", ""][:3]
    if not section:
        return None
    if ordinal.isdecimal():
        anchor = f"#f-{section}-{ordinal}-{field}" if field else ""
        return f"/content/{section}/rows/{ordinal}{anchor}"
    return f"/content/{section}" + (f"#f-{section}-{ordinal}" if ordinal else "")


def place_words(form: Form, pointer: str, language: str) -> str | None:
    """The place in the form's own words, rows counted from 1; None where the form has no such place."""
    name, ordinal, field = [*pointer.removeprefix("/").split("/"), "", ""][:3]
    section = next((each for each in form.sections if each.name == name), None)
    if section is None:
        return None
    if section.rows == "one":
        ordinal, field = "", ordinal
    row = [("dòng " if language == "vi" else "row ") + str(int(ordinal) + 1)] if ordinal.isdecimal() else []
    labels = [getattr(each.label, language) for each in section.fields if each.name == field]
    return ", ".join([getattr(section.label, language), *row, *labels])


def written_days(text: str | None) -> str | None:
    """Days as Vietnam writes them, where the text has them as YYYY-MM-DD."""
    return None if text is None else _DAY.sub(lambda found: day(found[0]), text)


def _shown(view: View, finding: Mapping[str, Any], confirmed: set[str]) -> Finding:
    is_confirmed = finding["key"] in confirmed
    to_do = finding["severity"] == "fatal" or (finding["severity"] == "confirm" and not is_confirmed)
    said = worded(view.form, finding)
    words = {name: written_days(said.get(name)) for name in ("message_vi", "message_en", "seen", "expected", "expected_en")}
    words |= {name: finding.get(name) for name in ("client_ref", "cell")}
    place = place_words(view.form, finding["pointer"], view.page.language)
    told = {"confirmed": is_confirmed, "to_do": to_do, "at": path_of(finding["pointer"]), "place": place}
    return {**said, **words, **told}
