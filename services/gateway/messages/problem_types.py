"""The register of problem types: one entry per slug, made from every error class of the product and its explanation.

A service does not import another one, so the register is a file made beforehand from all of them
(`python -m services.gateway.generate`), and a test refuses a class that is not in it.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from services.gateway.messages.explaining import NOTHING, Explanation, explanations
from shared.errors import DomainError
from shared.problems import Language, kinds, status_of

REGISTER = Path(__file__).with_suffix(".json")
PACKAGES = ("shared", "services")

# Families whose docstring would be the tree of all errors, or nothing.
_MEANINGS = {
    "internal": "A fault of ours. Nothing is told but the request's id; with it the log says what happened.",
    "input-invalid": "What was sent breaks a rule; `errors` names every fault, its place, what was expected and what to do.",
    "not-found": "There is no such thing, or not for this caller.",
    "conflict": "The thing's present state does not allow it.",
    "not-allowed": "The caller's key may not do this.",
    "unauthenticated": "There is no API key, or one that is unknown, expired or revoked.",
    "precondition-failed": "The thing has changed since the caller last saw it.",
    "source-problem": "A source system's answer cannot be used; nothing of it entered the records.",
    "unavailable": "Something this service needs is not there at the moment; `Retry-After` says when to ask again.",
}


@dataclass(frozen=True)
class ProblemType:
    """``meaning`` is in English and for programmers; titles, cause and remedy are what a problem document carries.

    ``example`` is the detail of such a problem, ``fault`` the place, words and expectation of one of its errors.
    """

    slug: str
    status: int
    title_vi: str
    title_en: str
    meaning: str
    cause_vi: str = ""
    cause_en: str = ""
    remedy_vi: str = ""
    remedy_en: str = ""
    example: str | None = None
    fault: Sequence[str] | None = None

    def title(self, language: Language) -> str:
        return self.title_vi if language == "vi" else self.title_en

    def cause(self, language: Language) -> str:
        """Why it is so, in a sentence or two."""
        return self.cause_vi if language == "vi" else self.cause_en

    def remedy(self, language: Language) -> str:
        """What the reader does about it."""
        return self.remedy_vi if language == "vi" else self.remedy_en


@cache
def register() -> tuple[ProblemType, ...]:
    """By slug."""
    return tuple(ProblemType(**entry) for entry in json.loads(REGISTER.read_text("utf-8")))


@cache
def by_slug() -> Mapping[str, ProblemType]:
    return {each.slug: each for each in register()}


def collect() -> tuple[ProblemType, ...]:
    """From all error classes of the product, after importing every module of it. For the generator and its test."""
    for name in _modules():
        importlib.import_module(name)
    ours = [kind for kind in kinds() if kind.__module__.split(".")[0] in PACKAGES]
    ordered = sorted((kind for kind in ours if "slug" in vars(kind)), key=lambda kind: (kind.__module__, kind.__name__))
    found, explained = unique(_type_of(kind) for kind in ordered), explanations()
    return tuple(_explained(each, explained.get(each.slug, NOTHING)) for each in found)


def unique(types: Iterable[ProblemType]) -> tuple[ProblemType, ...]:
    """Sorted by slug. One type may be raised by classes of several services, which cannot share one; it has one status.

    The first class gives titles and meaning. Raises ValueError when a slug has two statuses.
    """
    found: dict[str, ProblemType] = {}
    for each in types:
        former = found.setdefault(each.slug, each)
        if former.status != each.status:
            raise ValueError(f"the slug {each.slug} names two problems: {former.title_vi!r} and {each.title_vi!r}")
    return tuple(found[slug] for slug in sorted(found))


def as_json(types: Sequence[ProblemType]) -> str:
    return json.dumps([asdict(each) for each in types], ensure_ascii=False, indent=1) + "\n"


def _type_of(kind: type[DomainError]) -> ProblemType:
    own = inspect.cleandoc(kind.__doc__ or "") if kind.__doc__ and kind.slug not in _MEANINGS else ""
    meaning = _MEANINGS.get(kind.slug) or " ".join(own.split()) or f"{kind.title_en}."
    return ProblemType(kind.slug, status_of(kind), kind.title_vi, kind.title_en, meaning)


def _explained(each: ProblemType, words: Explanation) -> ProblemType:
    return replace(
        each,
        cause_vi=words.cause.vi,
        cause_en=words.cause.en,
        remedy_vi=words.remedy.vi,
        remedy_en=words.remedy.en,
        example=words.example,
        fault=words.fault and list(words.fault),
    )


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                yield module.name
