"""Evidence in forms: the digest of a file that was chosen stands in place of the file, which is not kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from services.gateway.pages.posted import Posted

_BARE = re.compile("[0-9A-Fa-f]{64}")


def with_digests(posted: Posted, *names: str) -> Posted:
    """The form with each named digest as the API writes it: of the file chosen beside it, else as it was typed.

    A page that is shown again carries the digest, so nobody has to choose the file a second time.
    """
    values = {name: list(found) for name, found in posted.values.items()}
    for name in names:
        chosen = posted.files.get(f"{name}_file")
        if chosen is not None:
            values[name] = ["sha256:" + hashlib.sha256(chosen[2]).hexdigest()]
        elif _BARE.fullmatch(posted.text(name)):
            values[name] = [f"sha256:{posted.text(name).lower()}"]
    return replace(posted, values=values)


def said(posted: Posted, *names: str) -> dict[str, str]:
    """What was typed, by field; a field left empty is left out, so that the API tells that it is missing."""
    return {name: posted.text(name) for name in names if posted.given(name) is not None}


def whole(posted: Posted, name: str) -> dict[str, int | str]:
    """A number, or what stands in its place for the API to refuse."""
    text = posted.text(name)
    if not text:
        return {}
    return {name: int(text) if re.fullmatch("-?[0-9]{1,15}", text) else text}
