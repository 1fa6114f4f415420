"""Findings of the latest check as the pages show them: all of them, where each stands, and what is still to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from services.gateway.eform.own_api import Refused
from services.gateway.eform.reports.desk import View, every

SEVERITIES: Final = ("fatal", "confirm", "notice")
_UNKNOWN: Final = frozenset({"validation-outdated", "content-missing", "not-allowed", "not-found"})

Finding = dict[str, Any]


async def findings_of(view: View) -> list[Finding] | None:
    """All findings, each with ``confirmed``, ``to_do`` and ``at``; None while nothing was sent or a job still checks."""
    if view.submission["content"] is None or view.submission["validation"] is None:
        return None
    try:
        answer = await view.page.api.ask("GET", f"{view.place.one}/findings", query={"format": "ndjson"})
    except Refused as refused:
        if refused.slug in _UNKNOWN:
            return None
        raise
    found = [msgspec.json.decode(line) for line in answer.body.splitlines() if line]
    confirmed = set()
    if any(each["severity"] == "confirm" for each in found):
        confirmed = {each["finding_key"] for each in await every(view.page, f"{view.place.one}/confirmations")}
    return [_shown(each, confirmed) for each in found]


def counts_of(findings: Sequence[Finding]) -> dict[str, int]:
    """How many of each severity, and ``to_do``: those that stand in the way of handing over."""
    found = Counter(each["severity"] for each in findings)
    return {**{name: found[name] for name in SEVERITIES}, "to_do": sum(1 for each in findings if each["to_do"])}


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


def _shown(finding: Mapping[str, Any], confirmed: set[str]) -> Finding:
    is_confirmed = finding["key"] in confirmed
    to_do = finding["severity"] == "fatal" or (finding["severity"] == "confirm" and not is_confirmed)
    words = {name: finding.get(name) for name in ("expected_en", "client_ref", "cell", "seen", "expected")}
    return {**finding, **words, "confirmed": is_confirmed, "to_do": to_do, "at": path_of(finding["pointer"])}
