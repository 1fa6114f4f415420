"""What people call the systems that figures come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from shared.problems import Language

NAMES: Final = Path(__file__).with_suffix(".json")


def source_name(code: str, language: Language) -> str:
    """The source's name; its code where it is none of ours."""
    known = source_names().get(code)
    return known[language] if known else code


@cache
def source_names() -> Mapping[str, Mapping[Language, str]]:
    found: dict[str, dict[Language, str]] = json.loads(NAMES.read_text("utf-8"))
    return found
