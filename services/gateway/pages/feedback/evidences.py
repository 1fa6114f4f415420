"""Evidence of a feedback as a form has it: a title with a file's digest, an address, or both. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from services.gateway.pages.evidence import with_digests
from services.gateway.pages.posted import Posted

# How many a form offers at once.
OFFERED: Final = 2
PARTS: Final = ("title", "digest", "link")
_NAME: Final = re.compile(r"evidence\.([0-9])\.(title|digest|link)")


def read(posted: Posted) -> Posted:
    """The form with the digests of the files chosen, and without gaps between its evidence: the API counts what is sent."""
    known = with_digests(posted, *(f"evidence.{number}.digest" for number in range(OFFERED)))
    values = {name: found for name, found in known.values.items() if not _NAME.fullmatch(name)}
    for place, number in enumerate(_given(known)):
        values |= {f"evidence.{place}.{part}": [known.text(f"evidence.{number}.{part}")] for part in PARTS}
    return replace(known, values=values)


def asked(posted: Posted) -> list[dict[str, Any]]:
    """As the API takes it, of a form that was read."""
    return [
        {"title": posted.text(f"evidence.{number}.title")}
        | {part: posted.given(f"evidence.{number}.{part}") for part in ("digest", "link")}
        for number in _given(posted)
    ]


def _given(posted: Posted) -> Iterator[int]:
    return (number for number in range(OFFERED) if any(posted.given(f"evidence.{number}.{part}") for part in PARTS))
