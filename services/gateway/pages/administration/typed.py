"""What was typed, as the API's documents say it. Pure; whatever cannot be is left for the API to refuse."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.gateway.pages.days import read_day
from services.gateway.pages.own_api import Refused
from services.gateway.pages.posted import Posted

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]*-----END CERTIFICATE-----")
# The tag of an ASN.1 sequence; and the largest certificate that the API takes, before base64 adds its third.
_DER, _LARGEST_DER, _SHOWN = b"\x30", 12_000, 80


def said(posted: Posted, *names: str) -> dict[str, Any]:
    """Fields by name; one left empty is left out, so that the API tells that it is missing."""
    return {name: posted.text(name) for name in names if posted.given(name) is not None}


def end_of(text: str) -> str:
    """The instant at which a day ends in Vietnam, its last hour included; what is no day stays as it was typed."""
    try:
        return f"{(date.fromisoformat(read_day(text)) + timedelta(days=1)).isoformat()}T00:00:00+07:00"
    except (ValueError, OverflowError):
        return text


def start_of(text: str) -> str:
    """The instant at which a day begins in Vietnam; what is no day stays as it was typed."""
    try:
        return f"{date.fromisoformat(read_day(text)).isoformat()}T00:00:00+07:00"
    except ValueError:
        return text


def lines(text: str) -> list[str] | None:
    """One item a line; None where nothing was typed, which is no limit."""
    return [line.strip() for line in text.splitlines() if line.strip()] or None


def whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else text


def with_certificate(posted: Posted) -> Posted:
    """A certificate chosen as a file stands in the field as PEM, so that nobody has to choose it a second time.

    Of the file nothing else is taken: people export their private key beside the certificate more often than they know.
    """
    chosen = posted.files.get("certificate_file")
    if chosen is None:
        return posted
    return replace(posted, values={**posted.values, "certificate": [pem_of(chosen[2])]})


def pem_of(content: bytes) -> str:
    """The certificates of a PEM file, or the DER one as PEM; of any other file its first characters, to be told by."""
    found = _CERTIFICATE.findall(content.decode("ascii", "replace").replace("\r\n", "\n"))
    if found:
        return "\n".join(found)
    if content[:1] == _DER and len(content) <= _LARGEST_DER:
        return ssl.DER_cert_to_PEM_cert(content).strip()
    return "" if b"PRIVATE KEY" in content else content[:_SHOWN].decode("ascii", "replace")


def gathered(refused: Refused, places: Iterable[str]) -> Refused:
    """The faults of a list's items stand at the list's one field; its number of the line is told with it."""
    for fault in refused.problem.get("errors", []):
        for place in places:
            if fault["pointer"].startswith(f"{place}/"):
                fault["pointer"] = place
    return refused
