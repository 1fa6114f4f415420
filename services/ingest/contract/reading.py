"""One dataset's pages, in order, into rows: everything that can be checked without the world is checked here.

A reading holds one page at a time and a few sums, whatever the number of rows. It stops at the first page that breaks the
contract; spellings no body is known by are gathered, so that all of them can be listed at once (ING-09).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain, islice, pairwise, tee
from operator import lt
from typing import Any
from unicodedata import normalize

from services.ingest.contract.rows import Block, NullCharacter, Values, as_sent, columns_of, leaves
from services.ingest.contract.source import (
    Control,
    ControlMismatch,
    CoverageMismatch,
    Head,
    Page,
    RowsOutOfOrder,
    RowsRefused,
    Source,
    Summary,
    Window,
    WrongAnswer,
)
from shared.canonical import MerkleAccumulator
from shared.datasets.declaration import Dataset
from shared.errors import Fault
from shared.period import in_vietnam
from shared.registry import Registry, Unmapped

_LISTED = 200
ALIAS = "or have the alias entered, with its document, by a migration of the registry."


class Reading:
    """Takes the pages of one dataset; ``finish`` gives the Summary. ``contract`` and ``window`` are what was asked."""

    def __init__(self, dataset: Dataset, *, contract: str, window: Window, registry: Registry) -> None:
        self.unmapped: dict[str, Fault] = {}
        self.row_count = 0
        self._pages = 0
        self._page_rows: Callable[[int], str] | None = None
        self._dataset = dataset
        self._contract = contract
        self._window = window
        self._registry = registry
        self._tree = MerkleAccumulator()
        self._served = 0
        self._sums: dict[str, Decimal] = dict.fromkeys(dataset.sums, Decimal(0))
        self._named: Counter[str] = Counter()
        self._stated: dict[str, Mapping[str, Any]] = {}
        self._control: Control | None = None
        self._notices: set[str] = set()
        self._last: tuple[Any, ...] | None = None
        self._group: set[tuple[Any, ...]] = set()
        self._spelling: dict[str, str] = {}
        self._one_spelling = True

    def accept(self, page: Page) -> Block:
        """The page's rows as they are to be stored. Raises WrongAnswer, RowsOutOfOrder, RowsRefused, ControlMismatch."""
        check_head(self._dataset, page.head, contract=self._contract, window=self._window)
        self._same_control(page.head.control)
        self._pages += 1
        self._page_rows = page.named
        if page.head.notice is not None:
            self._notices.add(normalize("NFC", page.head.notice))
        sent = as_sent(self._dataset, page.rows)
        self._in_order(sent)
        self._possible(page.rows)
        columns = self._columns(sent)
        self._add_up(columns)
        block = self._resolved(sent["agency"], columns)
        self._each_body_once(block)
        self._tree.extend(leaves(self._dataset, block))
        self._served += len(page.rows)
        self.row_count += len(block.codes)
        return block

    def finish(self) -> Summary:
        """Counts and sums against the source's own (SNP-11), both shown. Raises ControlMismatch."""
        if self._control is None:
            raise ControlMismatch(f"{self._dataset.name}: no page was read")
        faults = [
            Fault(f"{self._dataset.name}/control/{name}", "control total differs", seen=ours, expected=theirs)
            for name, ours, theirs in self._totals(self._control)
            if ours != theirs
        ]
        if faults:
            first = faults[0]
            raise ControlMismatch(
                f"{first.place}: the source states {first.expected}, its rows give {first.seen}", faults=faults
            )
        return Summary(
            self._dataset,
            self.row_count,
            self._tree.root(),
            self._control,
            named=dict(self._named),
            stated=dict(self._stated),
            notices=frozenset(self._notices),
        )

    def _totals(self, control: Control) -> list[tuple[str, str, str]]:
        found = [("rows", str(self._served), str(control.rows))]
        for name in sorted({*self._sums, *control.sums}):
            ours = self._sums.get(name)
            theirs = control.sums.get(name)
            if ours is None or theirs is None or ours != theirs:
                found.append((f"sums/{name}", _plain(ours), _plain(theirs)))
        return found

    def _same_control(self, control: Control) -> None:
        if self._control is None:
            self._control = control
        if control != self._control:
            raise ControlMismatch(
                f"{self._dataset.name}: control totals changed from one page to the next",
                hint="The source changed while it was read; pull again.",
            )

    def _in_order(self, sent: Mapping[str, Values]) -> None:
        """Strictly ascending by key and spelling: a repeated or misplaced row is seen without keeping the others."""
        columns = [sent[name] for name in (*self._dataset.key, "agency")]
        carried = [] if self._last is None else [self._last]
        one, two = tee(chain(carried, zip(*columns, strict=True)))
        if not all(map(lt, one, islice(two, 1, None))):
            self._refuse_order([*carried, *zip(*columns, strict=True)], carried=len(carried))
        if columns[-1]:
            self._last = tuple(column[-1] for column in columns)

    def _refuse_order(self, keys: Sequence[tuple[Any, ...]], *, carried: int) -> None:
        number = next(n for n, (one, two) in enumerate(pairwise(keys)) if not one < two)
        one, two = keys[number], keys[number + 1]
        said = "repeated row" if one == two else "row out of order"
        place = self._place(number + 1 - carried)
        fault = Fault(place, said, seen=_key(two), expected=f"after {_key(one)}")
        raise RowsOutOfOrder(f"{place}: {said} {fault.seen}", faults=[fault])

    def _possible(self, rows: Sequence[Any]) -> None:
        faults = [
            Fault(f"{self._place(number)}/{name}", "impossible value", seen=seen, expected=expected)
            for number, name, seen, expected in self._dataset.faults(rows)
        ]
        if faults:
            raise RowsRefused(f"{faults[0].place}: seen {faults[0].seen}, expected {faults[0].expected}", faults=faults)

    def _columns(self, sent: Mapping[str, Values]) -> list[Values]:
        try:
            return columns_of(self._dataset, sent)
        except NullCharacter as error:
            fault = Fault(f"{self._dataset.name}/{error}", "text holds U+0000", expected="text that can be kept")
            raise RowsRefused(f"{fault.place}: text holds U+0000", faults=[fault]) from error

    def _add_up(self, columns: Sequence[Values]) -> None:
        for name in self._sums:
            column = columns[self._dataset.names.index(name)]
            self._sums[name] += sum(value for value in column if value is not None)

    def _resolved(self, agencies: Sequence[str], columns: list[Values]) -> Block:
        """Codes for spellings; a collective phrase becomes one row a body, marked with its rule."""
        found = {spelling: self._codes(spelling, agencies) for spelling in set(agencies)}
        self._one_spelling &= self._known_so(found)
        if all(len(codes) == 1 and rule is None for codes, rule in found.values()):
            codes = [found[spelling][0][0] for spelling in agencies]
            self._named.update(codes)
            self._remember(codes, columns)
            return Block(codes, [None] * len(codes), columns)
        codes = [code for spelling in agencies for code in found[spelling][0]]
        rules = [found[spelling][1] for spelling in agencies for _ in found[spelling][0]]
        places = [row for row, spelling in enumerate(agencies) for _ in found[spelling][0]]
        self._named.update(code for code, rule in zip(codes, rules, strict=True) if rule is None)
        expanded = [list(map(column.__getitem__, places)) for column in columns]
        self._remember(codes, expanded)
        return Block(codes, rules, expanded)

    def _known_so(self, found: Mapping[str, tuple[tuple[str, ...], str | None]]) -> bool:
        """Whether each body came under one spelling of its own so far; then the rows' order already says each came once."""
        return all(
            rule is None and self._spelling.setdefault(code, spelling) == spelling
            for spelling, (codes, rule) in found.items()
            for code in codes
        )

    def _codes(self, spelling: str, agencies: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
        try:
            found = self._registry.resolve(spelling)
        except Unmapped:
            if spelling not in self.unmapped:
                place = f"{self._place(agencies.index(spelling))}/agency"
                on = "" if self._page_rows else f", first on page {self._pages}"
                self.unmapped[spelling] = Fault(
                    place, f"unknown body{on}", seen=spelling, expected="a spelling of the registry"
                )
            return (), None
        return found.codes, found.rule_id

    def _place(self, number: int) -> str:
        """A row of the page in hand: counted from 0 over all pages, or as its file names it."""
        row = f"rows/{self._served + number}" if self._page_rows is None else self._page_rows(number)
        return f"{self._dataset.name}/{row}"

    def _remember(self, codes: Sequence[str], columns: Sequence[Values]) -> None:
        if not self._dataset.key:
            for code, *values in zip(codes, *columns, strict=True):
                self._stated[code] = dict(zip(self._dataset.names, values, strict=True))

    def _each_body_once(self, block: Block) -> None:
        """Two spellings of one body, or a body beside its own group, would give it one row twice."""
        names = self._dataset.names
        columns = [*(block.columns[names.index(name)] for name in self._dataset.key), block.codes]
        if not block.codes:
            return
        if not self._one_spelling:
            self._refuse_twice(columns)
        self._group = _last_group(columns, self._group)

    def _refuse_twice(self, columns: Sequence[Values]) -> None:
        first = tuple(column[0] for column in columns[:-1])
        carried = [key for key in self._group if key[:-1] == first]
        # Keys are text, in which U+0000 was refused before.
        distinct = set(map("\0".join, chain(carried, zip(*columns, strict=True))))
        if len(distinct) != len(columns[-1]) + len(carried):
            counted = Counter(chain(carried, zip(*columns, strict=True)))
            twice = next(key for key, count in counted.items() if count > 1)
            place = f"{self._dataset.name}/{'/'.join(map(str, twice))}"
            fault = Fault(place, "one body has this row twice, under two spellings or beside its group", seen=twice[-1])
            raise RowsOutOfOrder(f"{place}: {fault.message}", faults=[fault])


def _last_group(columns: Sequence[Values], carried: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Keys of the page's last rows that share all but the body with the very last; the next page may go on with them."""
    last = tuple(column[-1] for column in columns)[:-1]
    group: set[tuple[Any, ...]] = set()
    for key in zip(*map(reversed, columns), strict=True):
        if key[:-1] != last:
            return group
        group.add(key)
    return group | {key for key in carried if key[:-1] == last}


def check_head(dataset: Dataset, head: Head, *, contract: str, window: Window) -> None:
    """The answer must speak of what was asked. Raises WrongAnswer naming every difference."""
    asked = {
        "contract": (head.contract, contract),
        "dataset": (head.dataset, dataset.name),
        "period": (head.period, str(window.period)),
    }
    faults = [
        Fault(f"{dataset.name}/{name}", "not what was asked", seen=seen, expected=expected)
        for name, (seen, expected) in asked.items()
        if seen != expected
    ]
    if head.as_of != window.as_of:
        seen, expected = in_vietnam(head.as_of), in_vietnam(window.as_of)
        faults.append(Fault(f"{dataset.name}/as_of", "not what was asked", seen=seen, expected=expected))
    if faults:
        first = faults[0]
        raise WrongAnswer(f"{first.place}: asked {first.expected}, answered {first.seen}", faults=faults)


def refuse_unmapped(unmapped: Mapping[str, Mapping[str, Fault]]) -> None:
    """Raises Unmapped listing every spelling of every dataset, with the first row it stands in."""
    faults = [fault for spellings in unmapped.values() for _, fault in sorted(spellings.items())]
    if faults:
        raise unknown_bodies(faults, hint="Ask the source to write the body's code, " + ALIAS)


def unknown_bodies(faults: Sequence[Fault], *, hint: str) -> Unmapped:
    """The error of spellings nobody is known by; its words place the first and name them all."""
    names = ", ".join(dict.fromkeys(repr(fault.seen) for fault in faults[:_LISTED]))
    words = f"{faults[0].place}: {faults[0].message}; no scored body is known as {names}"
    return Unmapped(words, faults=[replace(fault, hint=hint) for fault in faults], hint=hint)


def check_coverage(source: Source, summaries: Mapping[str, Summary]) -> None:
    """Rows naming a body itself against the number the source states for it. Raises CoverageMismatch, both numbers shown.

    Rows a collective rule gave to a body are not counted: the source does not count them either.
    """
    faults: list[Fault] = []
    for rule in source.stated:
        stated, named = summaries[rule.dataset].stated, summaries[rule.counts].named
        for code in sorted({*stated, *named}):
            theirs = stated[code][rule.column] if code in stated else None
            ours = named.get(code, 0)
            if theirs != ours:
                place = f"{rule.dataset}/{code}/{rule.column}"
                expected = "not stated" if theirs is None else str(theirs)
                faults.append(Fault(place, f"rows of {rule.counts} differ", seen=str(ours), expected=expected))
    if faults:
        first = faults[0]
        raise CoverageMismatch(f"{first.place}: stated {first.expected}, found {first.seen}", faults=faults)


def _plain(value: Decimal | None) -> str:
    return "not given" if value is None else format(value, "f")


def _key(values: Sequence[Any]) -> str:
    return "/".join(map(str, values))
