"""What was typed, as the API's documents say it. Pure; whatever cannot be is left for the API to refuse."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.gateway.eform.own_api import Refused
from services.gateway.eform.posted import Posted

_PEM = b"-----BEGIN"


def said(posted: Posted, *names: str) -> dict[str, Any]:
    """Fields by name; one left empty is left out, so that the API tells that it is missing."""
    return {name: posted.text(name) for name in names if posted.given(name) is not None}


def end_of(text: str) -> str:
    """The instant at which a day ends in Vietnam, its last hour included; what is no day stays as it was typed."""
    try:
        return f"{(date.fromisoformat(text) + timedelta(days=1)).isoformat()}T00:00:00+07:00"
    except (ValueError, OverflowError):
        return text


def lines(text: str) -> list[str] | None:
    """One item a line; None where nothing was typed, which is no limit."""
    return [line.strip() for line in text.splitlines() if line.strip()] or None


def whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else text


def with_certificate(posted: Posted) -> Posted:
    """A certificate chosen as a file stands in the field as PEM, so that nobody has to choose it a second time."""
    chosen = posted.files.get("certificate_file")
    if chosen is None:
        return posted
    content = chosen[2]
    pem = content.decode("ascii", "replace") if _PEM in content else ssl.DER_cert_to_PEM_cert(content)
    return replace(posted, values={**posted.values, "certificate": [pem.replace("\r\n", "\n").strip()]})


def gathered(refused: Refused, places: Iterable[str]) -> Refused:
    """The faults of a list's items stand at the list's one field; its number of the line is told with it."""
    for fault in refused.problem.get("errors", []):
        for place in places:
            if fault["pointer"].startswith(f"{place}/"):
                fault["pointer"] = place
    return refused
