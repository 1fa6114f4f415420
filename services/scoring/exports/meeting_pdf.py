"""The document for the Government's meeting as PDF/A-3b, with the published JSON in it (XPT-06).

Pure: the same documents give the same bytes. Words and figures reach the template as JSON, never as markup, so a name prints as
it is written.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from services.scoring.exports.meeting_contents import ALONE, Around, contents
from shared.canonical import canonical_bytes, sha256_hex
from shared.law.scheme import Scheme
from shared.public_pages.view import Said

SECONDS: Final = 120
# Lies in the document beside the published JSON: of which publication it is, and the root of its month bundle.
ROOT_FILE: Final = "ma-goc.json"
_HERE: Final = Path(__file__).parent
# What typst's own fonts can show, by ranges that they hold whole; of another character a PDF/A cannot be made. It prints as a
# square, and the JSON inside has it as it is.
_UNSHOWN: Final = re.compile(
    "[^\n\t\u0020-\u007e\u00a0-\u036f\u0370-\u0484\u0487-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u2040\u2070-\u209c"
    "\u20a0-\u20bf\u2190-\u22ff\u25a0-\u25ff]"
)
_SQUARE: Final = "\u25a1"


class NotTypeset(RuntimeError):
    """The setter refused its input; a fault of the template, and nothing that a caller could mend."""


def meeting_pdf(document: Mapping[str, Any], scheme: Scheme, said: Said, around: Around = ALONE) -> bytes:
    """``document`` is the published sheet of all bodies, ``scheme`` the law it was scored by, ``said`` how points came about,
    ``around`` what it tells beside. Not signed yet. Its date is the instant of publication. Takes a second of another process.
    Raises NotTypeset, and FileNotFoundError for a decision whose table is not kept here."""
    at = int(datetime.fromisoformat(document["published_at"]).timestamp())
    return typeset(template(), inputs_of(document, scheme, said, around), at=at)


def inputs_of(document: Mapping[str, Any], scheme: Scheme, said: Said, around: Around = ALONE) -> dict[str, str]:
    """What the template reads: ``contents`` as JSON, and the ``publication`` and the ``root`` with the names of their files."""
    published = canonical_bytes(dict(document))
    found = contents(document, published, scheme, said, around)
    about = {"publication": document["publication"], "digest": sha256_hex(published), "root": around.root}
    return {
        "root": canonical_bytes(about).decode("utf-8"),
        "root_file": ROOT_FILE,
        "contents": json.dumps(_shown(found), ensure_ascii=False),
        "publication": published.decode("utf-8"),
        "file": f"bang-diem-{document['period']}-v{document['version']}.json",
    }


def _shown(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _shown(each) for name, each in found.items()}
    if isinstance(found, list | tuple):
        return [_shown(each) for each in found]
    return _UNSHOWN.sub(_SQUARE, found) if isinstance(found, str) else found


def typeset(template: str, inputs: Mapping[str, str], *, at: int) -> bytes:
    """``inputs`` by name, ``at`` in seconds since 1970. Raises NotTypeset."""
    given = {"template": template, "inputs": inputs, "timestamp": at}
    words = [sys.executable, "-P", str(_HERE / "typesetting.py")]
    done = subprocess.run(words, input=json.dumps(given).encode(), capture_output=True, check=False, timeout=SECONDS)  # noqa: S603 - our own program
    if done.returncode:
        raise NotTypeset(done.stderr.decode("utf-8", "replace")[-1000:])
    return done.stdout


@cache
def template() -> str:
    """In typst's language."""
    return (_HERE / "meeting.typ").read_text("utf-8")
