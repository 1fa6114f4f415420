"""The register of problem types: one entry per slug, made from every error class of the product.

A service does not import another one, so the register is a file made beforehand from all of them
(`python -m services.gateway.generate`), and a test refuses a class that is not in it.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from shared.errors import DomainError
from shared.problems import kinds, status_of

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
    """``meaning`` is in English; titles are what a problem document carries."""

    slug: str
    status: int
    title_vi: str
    title_en: str
    meaning: str


@cache
def register() -> tuple[ProblemType, ...]:
    """By slug."""
    return tuple(ProblemType(**entry) for entry in json.loads(REGISTER.read_text("utf-8")))


def collect() -> tuple[ProblemType, ...]:
    """From all error classes of the product, after importing every module of it. For the generator and its test."""
    for name in _modules():
        importlib.import_module(name)
    ours = [kind for kind in kinds() if kind.__module__.split(".")[0] in PACKAGES]
    ordered = sorted((kind for kind in ours if "slug" in vars(kind)), key=lambda kind: (kind.__module__, kind.__name__))
    return unique(_type_of(kind) for kind in ordered)


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


def as_page(types: Sequence[ProblemType]) -> str:
    """docs/problems.md."""
    head = (
        "# Problem types\n\nEvery error answer is `application/problem+json` (RFC 9457). Its `type` is one of these, under\n"
        "`<public url>/problems/`, where this page is served too. `instance` is the request's id. From 500 up nothing else\n"
        "is told. Made by `python -m services.gateway.generate`.\n\n"
    )
    return head + "\n".join(
        f"## {each.slug}\n\n{each.status} · {each.title_vi} · {each.title_en}\n\n{each.meaning}\n" for each in types
    )


def _type_of(kind: type[DomainError]) -> ProblemType:
    own = inspect.cleandoc(kind.__doc__ or "") if kind.__doc__ and kind.slug not in _MEANINGS else ""
    meaning = _MEANINGS.get(kind.slug) or " ".join(own.split()) or f"{kind.title_en}."
    return ProblemType(kind.slug, status_of(kind), kind.title_vi, kind.title_en, meaning)


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                yield module.name
