"""Cause, remedy and example of every problem type, as people wrote them in problems/*.yaml. Pure but for reading the files.

The register (services.gateway.messages.problem_types) takes them in when it is made, so that nothing is read here at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from shared.law.law_file import read_law_file

FOLDER = Path(__file__).with_name("problems")


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Data):
    """One or two plain sentences in each language."""

    vi: str
    en: str


class Explanation(_Data):
    """``example`` is the detail of such a problem; ``fault`` the place, words and expectation of one of its errors."""

    cause: Words
    remedy: Words
    example: str | None = None
    fault: tuple[str, str, str] | None = None


NOTHING = Explanation(cause=Words(vi="", en=""), remedy=Words(vi="", en=""))


def explanations() -> Mapping[str, Explanation]:
    """By slug. Raises ValueError for a slug explained twice, ValidationError for what is no explanation."""
    found: dict[str, Explanation] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for slug, content in read_law_file(path).items():
            if slug in found:
                raise ValueError(f"{path.name}: {slug} is explained twice")
            found[slug] = Explanation.model_validate(content)
    return found
