"""Checks of words: titles that repeat, are too short or look like a trial; codes that differ by spelling only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import normalize

from services.gateway.reports.form.report import Observation, Report
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.rule_types import Rule

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")


def title_repeated(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """Two codes under one title; each but the first is named."""
    named = ((task.task_code, task.title, squeezed(task.title)) for task in report.registered_tasks)
    return repeated(rule, "registered_tasks", "title", named)


def database_name_repeated(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    named = ((row.database, row.database_name, squeezed(row.database_name)) for row in report.reported_databases)
    return repeated(rule, "reported_databases", "database_name", named)


def code_similar(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """Codes that are one code once case, blanks and signs are left out, so perhaps one task registered twice."""
    named = ((task.task_code, task.task_code, "".join(words_of(task.task_code))) for task in report.registered_tasks)
    return repeated(rule, "registered_tasks", "task_code", named)


def title_short(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    least = rule.number("letters")
    for ordinal, task in enumerate(report.registered_tasks):
        if len(task.title) < least:
            words = {"least": str(least)}
            yield Observation(rule.id, "registered_tasks", ordinal, "title", task.title, None, task.task_code, words)


def title_trial(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """Titles made of trial words only: "Nhiệm vụ test 2", but not "Nghiên cứu thử nghiệm giống lúa"."""
    for ordinal, task in enumerate(report.registered_tasks):
        if is_trial(task.title, rule.list_of("trial"), rule.list_of("beside")):
            yield Observation(rule.id, "registered_tasks", ordinal, "title", task.title, identity=task.task_code)


def narrative_trial(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    for ordinal, row in enumerate(report.narratives):
        if is_trial(row.text, rule.list_of("trial"), rule.list_of("beside")):
            identity = f"{row.section}/{row.visibility}"
            yield Observation(rule.id, "narratives", ordinal, "text", row.text, identity=identity)


def is_trial(text: str, trial: tuple[str, ...], beside: tuple[str, ...]) -> bool:
    """Whether text has a trial word and, numbers aside, nothing but trial words and words that may stand beside them."""
    words = {word for word in words_of(text) if not _DIGITS.fullmatch(word)}
    trials = _word_set(trial)
    return not words.isdisjoint(trials) and words <= trials | _word_set(beside)


@lru_cache(maxsize=64)
def _word_set(phrases: tuple[str, ...]) -> frozenset[str]:
    """The words of a rule's parameter, not taken apart anew for every title."""
    return frozenset(word for phrase in phrases for word in words_of(phrase))


def words_of(text: str) -> list[str]:
    return _WORD.findall(normalize("NFKC", text).casefold())


def squeezed(text: str) -> str:
    """Text whose case, signs and blanks do not matter; accents do."""
    return " ".join(words_of(text))


def repeated(rule: Rule, section: str, field: str, named: Iterable[tuple[str, str, str]]) -> Iterator[Observation]:
    """``named`` gives per row its key, the value seen and what it is compared by; an empty comparison is none."""
    first: dict[str, str] = {}
    for ordinal, (identity, seen, compared) in enumerate(named):
        earlier = first.setdefault(compared, identity) if compared else identity
        if earlier != identity:
            yield Observation(rule.id, section, ordinal, field, seen, None, identity, {"other": earlier})
