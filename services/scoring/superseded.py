"""What superseding versions of the snapshots behind a sheet changed, as the published table tells it (ADR 28, 29).

Two people decided each of them: completions of a second look taken in alone, a row put aside that the source gave again, a word
that came after the words were frozen. And of every row put aside what was wrong with it, and what became of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, Literal

from services.scoring import store
from services.scoring.records import Aside, TakenIn, Version
from shared.database import Connection
from shared.datasets import DATASETS
from shared.holds.register import kind_of
from shared.period import in_vietnam

GIVEN_AGAIN: Final = "given_again"
LATE_WORD: Final = "late_word"
# Of a row put aside scoring reads no key, so it knows its successor only where a body has no other row.
ONE_ROW_A_BODY = frozenset(dataset.name for dataset in DATASETS if not dataset.key)
TWICE = "row_twice"
# Kind → Vietnamese, English. Kinds of holds have titles of their own.
TITLES = {
    GIVEN_AGAIN: ("Dòng để riêng, được nguồn cung cấp lại", "Rows put aside that the source gave again"),
    LATE_WORD: (
        "Ý kiến rà soát số liệu C1 của Bộ Công an, có sau khi chốt",
        "Words of the Ministry of Public Security on C1 figures that came after the freeze",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """What became of ``count`` rows of one body's dataset that ``version`` of the source put aside for what ``checks`` found.
    Version ``by`` gave them again, has no row of the body any more, or puts them aside no more and may have dropped them
    (``no_longer_aside``); None while they stand aside."""

    source: str
    version: int
    dataset: str
    agency: str
    count: int
    checks: tuple[str, ...]
    state: Literal["stands", "given_again", "not_given", "no_longer_aside"]
    by: int | None


@dataclass(frozen=True)
class Superseded:
    """Plain documents, each with the bodies it speaks of."""

    taken_in: Sequence[Mapping[str, Any]] = ()
    rows_put_aside: Sequence[Mapping[str, Any]] = ()


NOTHING_TAKEN = Superseded()


async def superseded(connection: Connection, snapshot_ids: Sequence[str]) -> Superseded:
    """Of the snapshots that a sheet rests on and of the versions before them."""
    versions = {(each.source, each.version): each for each in await store.versions_behind(connection, snapshot_ids)}
    aside = await store.rows_put_aside(connection, [each.pk for each in versions.values()])
    kept = [outcome for lines in _by_body(aside) for outcome in _outcomes(lines, versions)]
    used = {source: version.pk for (source, _), version in versions.items()}
    gone = {(each.dataset, each.agency): used[each.source] for each in kept if each.by is not None}
    with_rows = await store.bodies_with_rows(connection, gone)
    told = [_settled(each, with_rows) for each in kept]
    taken = [
        *await store.taken_in(connection, snapshot_ids),
        *await store.words_taken_in(connection, snapshot_ids),
        *_given_again(told),
    ]
    return Superseded(list(_taken(taken, versions)), list(_put_aside(told, versions)))


def _by_body(found: Sequence[Aside]) -> Iterator[list[Aside]]:
    """``found`` in the order of source, dataset, body, version."""
    for _, lines in groupby(found, key=lambda each: (each.source, each.dataset, each.agency)):
        yield list(lines)


def _outcomes(lines: Sequence[Aside], versions: Mapping[tuple[str, int], Version]) -> Iterator[Outcome]:
    """A row that comes back aside in a later version was not settled by the one between."""
    source = lines[0].source
    last = max(number for name, number in versions if name == source)
    counts = {each.version: each.count for each in lines}
    for each in lines:
        rest = max((counts.get(number, 0) for number in range(each.version + 1, last + 1)), default=0)
        mine = (source, each.version, each.dataset, each.agency)
        if each.version == last:
            yield Outcome(*mine, each.count, tuple(each.checks), "stands", None)
        elif each.count > rest:
            yield Outcome(*mine, each.count - rest, tuple(each.checks), "not_given", each.version + 1)


def _settled(outcome: Outcome, with_rows: frozenset[tuple[str, str]]) -> Outcome:
    if outcome.by is None or (outcome.dataset, outcome.agency) not in with_rows:
        return outcome
    # A row that came twice was one too many: the body's other row is not its successor.
    known = outcome.dataset in ONE_ROW_A_BODY and outcome.count == 1 and TWICE not in outcome.checks
    return replace(outcome, state=GIVEN_AGAIN if known else "no_longer_aside")


def _given_again(told: Iterable[Outcome]) -> list[TakenIn]:
    counted: Counter[tuple[str, int, str]] = Counter()
    for each in told:
        if each.state == GIVEN_AGAIN and each.by is not None:
            counted[each.source, each.by, each.agency] += each.count
    return [
        TakenIn(source=source, version=version, kind=GIVEN_AGAIN, agency=agency, count=count)
        for (source, version, agency), count in counted.items()
    ]


def _taken(found: Sequence[TakenIn], versions: Mapping[tuple[str, int], Version]) -> Iterator[dict[str, Any]]:
    """How many facts of which bodies, by which version of which source's snapshot, and by whose decision."""
    ordered = sorted(found, key=lambda each: (each.source, each.version, each.kind, each.agency))
    for (source, number, code), lines in groupby(ordered, key=lambda each: (each.source, each.version, each.kind)):
        title_vi, title_en = title_of(code)
        said = {"source": source, "version": number, "kind": code, "title_vi": title_vi, "title_en": title_en}
        bodies = [{"agency": each.agency, "count": each.count} for each in lines]
        yield {**said, **_decision(versions[source, number]), "bodies": bodies}


def title_of(code: str) -> tuple[str, str]:
    """Vietnamese and English. Raises KeyError for a kind that nobody named."""
    if code in TITLES:
        return TITLES[code]
    kind = kind_of(code)
    return kind.title_vi, kind.title_en


def _decision(version: Version) -> dict[str, Any]:
    """Who asked, who approved, why and when: of the version that took the facts in."""
    said = {name: getattr(version, name) for name in ("reason", "requested_by", "approver")}
    return {"snapshot": version.snapshot_id, **said, "captured_at": in_vietnam(version.captured_at)}


def _put_aside(told: Sequence[Outcome], versions: Mapping[tuple[str, int], Version]) -> Iterator[dict[str, Any]]:
    """By version and dataset the bodies; of a row no value is told, for it may be what must not be."""
    ordered = sorted(told, key=lambda each: (each.source, each.version, each.dataset, each.agency))
    for (source, number, dataset), lines in groupby(ordered, key=lambda each: (each.source, each.version, each.dataset)):
        place = {"source": source, "version": number, "snapshot": versions[source, number].snapshot_id, "dataset": dataset}
        bodies = [
            {"agency": one.agency, "count": one.count, "checks": list(one.checks), "state": one.state, "by_version": one.by}
            for one in lines
        ]
        yield {**place, "bodies": bodies}
