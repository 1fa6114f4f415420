"""One dataset's pages, in order, into rows: everything that can be checked without the world is checked here.

A reading holds one page at a time and a few sums, whatever the number of rows. It stops at the first page that breaks the
contract; spellings no body is known by are gathered, so that all of them can be listed at once (ING-09). A row that cannot be
true is put aside and is none of the rows (services.ingest.contract.checks); totals and counts are over all that was delivered.
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

from services.ingest.contract.aside import Misfit, RowFault, RowPutAside, put_aside, values_of
from services.ingest.contract.rows import Block, NullCharacter, Values, as_sent, columns_of, leaves
from services.ingest.contract.source import (
    Control,
    ControlMismatch,
    Head,
    Page,
    RowsOutOfOrder,
    Source,
    Summary,
    Window,
    WrongAnswer,
)
from shared.canonical import MerkleAccumulator
from shared.datasets.declaration import Dataset, Kind
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
        self.aside: list[RowPutAside] = []
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
        """The page's rows as they are to be stored. Raises WrongAnswer, RowsOutOfOrder, ControlMismatch."""
        check_head(self._dataset, page.head, contract=self._contract, window=self._window)
        self._same_control(page.head.control)
        self._pages += 1
        self._page_rows = page.named
        if page.head.notice is not None:
            self._notices.add(normalize("NFC", page.head.notice))
        delivered, rows, sent = page.delivered, page.rows, as_sent(self._dataset, page.rows)
        self._in_order(page, sent)
        self._add_up(page, sent)
        columns, faults = self._columns(rows, sent)
        if faults or page.misfits:
            self._put_aside(page, faults)
            kept = [number for number in range(len(rows)) if number not in faults]
            rows = [rows[number] for number in kept]
            sent = as_sent(self._dataset, rows)
            columns = columns_of(self._dataset, sent)
            page = replace(page, rows=rows, numbers=[page.number(number) for number in kept])
        block = self._each_body_once(page, self._resolved(page, sent["agency"], columns))
        self._tree.extend(leaves(self._dataset, block))
        self._served += delivered
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
            aside=tuple(self.aside),
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

    def _in_order(self, page: Page, sent: Mapping[str, Values]) -> None:
        """Strictly ascending by key and spelling: a repeated or misplaced row is seen without keeping the others."""
        columns = [sent[name] for name in (*self._dataset.key, "agency")]
        carried = [] if self._last is None else [self._last]
        one, two = tee(chain(carried, zip(*columns, strict=True)))
        if not all(map(lt, one, islice(two, 1, None))):
            self._refuse_order(page, [*carried, *zip(*columns, strict=True)], carried=len(carried))
        if columns[-1]:
            self._last = tuple(column[-1] for column in columns)

    def _refuse_order(self, page: Page, keys: Sequence[tuple[Any, ...]], *, carried: int) -> None:
        number = next(n for n, (one, two) in enumerate(pairwise(keys)) if not one < two)
        one, two = keys[number], keys[number + 1]
        said = "repeated row" if one == two else "row out of order"
        place = self._place(page.number(number + 1 - carried))
        fault = Fault(place, said, seen=_key(two), expected=f"after {_key(one)}")
        raise RowsOutOfOrder(f"{place}: {said} {fault.seen}", faults=[fault])

    def _columns(self, rows: Sequence[Any], sent: Mapping[str, Values]) -> tuple[list[Values], dict[int, list[RowFault]]]:
        """The columns, and what is wrong with rows by their number in ``rows``; the columns hold only where nothing is."""
        faults: dict[int, list[RowFault]] = {}
        for number, name, check, seen, expected in self._dataset.faults(rows):
            faults.setdefault(number, []).append(RowFault(name, check, seen, expected))
        month = self._window.period
        for name in self._dataset.in_month:
            for number, day in enumerate(sent[name]):
                if not month.first_day <= day < month.next_first_day:
                    found = RowFault(name, "outside_month", day.isoformat(), f"a day of {month}")
                    faults.setdefault(number, []).append(found)
        try:
            return columns_of(self._dataset, sent), faults
        except NullCharacter:
            for column in self._dataset.columns:
                for number, value in enumerate(sent[column.name]) if column.kind is Kind.TEXT else ():
                    if value is not None and "\0" in value:
                        found = RowFault(column.name, "null_character", "U+0000", "text that can be kept")
                        faults.setdefault(number, []).append(found)
            return [], faults

    def _put_aside(self, page: Page, faults: Mapping[int, Sequence[RowFault]]) -> None:
        """Rows that cannot be true and rows that do not fit, in their order on the page."""
        found = [(page.number(number), values_of(page.rows[number]), found) for number, found in faults.items()]
        found += [(each.number, dict(each.values), self._told(each)) for each in page.misfits]
        for number, values, wrong in sorted(found, key=lambda one: one[0]):
            codes, rule = self._codes(values["agency"], number)
            place = self._place(number)
            self.aside += [put_aside(self._dataset.name, code, place, values=values, faults=wrong) for code in codes]
            if rule is None:
                self._named.update(codes)

    def _told(self, misfit: Misfit) -> Sequence[RowFault]:
        """Of a row that is classified, or does not say that it is none, no text is kept or shown either (A-15)."""
        silent = self._dataset.withheld if misfit.values.get("classified") is not False else ()
        text = [name for name in silent if misfit.values.get(name) is not None]
        kept = [fault for fault in misfit.faults if fault.field not in text]
        return [*kept, *(RowFault(name, "classified_text", "text of a classified task", "null") for name in text)]

    def _add_up(self, page: Page, sent: Mapping[str, Values]) -> None:
        """Over all rows delivered: what the source stated of them does not know which of them we could use."""
        for name in self._sums:
            values = chain(sent[name], (each.values[name] for each in page.misfits))
            self._sums[name] += sum((Decimal(value) for value in values if value is not None), Decimal(0))

    def _resolved(self, page: Page, agencies: Sequence[str], columns: list[Values]) -> Block:
        """Codes for spellings; a collective phrase becomes one row a body, marked with its rule."""
        first: dict[str, int] = {}
        for row, spelling in enumerate(agencies):
            first.setdefault(spelling, row)
        found = {spelling: self._codes(spelling, page.number(row)) for spelling, row in first.items()}
        self._one_spelling &= self._known_so(found)
        if all(len(codes) == 1 and rule is None for codes, rule in found.values()):
            codes = [found[spelling][0][0] for spelling in agencies]
            self._named.update(codes)
            return Block(codes, [None] * len(codes), columns)
        codes = [code for spelling in agencies for code in found[spelling][0]]
        rules = [found[spelling][1] for spelling in agencies for _ in found[spelling][0]]
        places = [row for row, spelling in enumerate(agencies) for _ in found[spelling][0]]
        self._named.update(code for code, rule in zip(codes, rules, strict=True) if rule is None)
        return Block(codes, rules, [list(map(column.__getitem__, places)) for column in columns], places)

    def _known_so(self, found: Mapping[str, tuple[tuple[str, ...], str | None]]) -> bool:
        """Whether each body came under one spelling of its own so far; then the rows' order already says each came once."""
        return all(
            rule is None and self._spelling.setdefault(code, spelling) == spelling
            for spelling, (codes, rule) in found.items()
            for code in codes
        )

    def _codes(self, spelling: str, number: int) -> tuple[tuple[str, ...], str | None]:
        try:
            found = self._registry.resolve(spelling)
        except Unmapped:
            if spelling not in self.unmapped:
                place = f"{self._place(number)}/agency"
                on = "" if self._page_rows else f", first on page {self._pages}"
                self.unmapped[spelling] = Fault(
                    place, f"unknown body{on}", seen=spelling, expected="a spelling of the registry"
                )
            return (), None
        return found.codes, found.rule_id

    def _place(self, number: int) -> str:
        """A row of the page in hand by its place on it: counted from 0 over all pages, or as its file names it."""
        row = f"rows/{self._served + number}" if self._page_rows is None else self._page_rows(number)
        return f"{self._dataset.name}/{row}"

    def _remember(self, codes: Sequence[str], columns: Sequence[Values]) -> None:
        if not self._dataset.key:
            for code, *values in zip(codes, *columns, strict=True):
                self._stated[code] = dict(zip(self._dataset.names, values, strict=True))

    def _each_body_once(self, page: Page, block: Block) -> Block:
        """Two spellings of one body, or a body beside its own group, would give it one row twice: the second is put aside."""
        names = self._dataset.names
        columns = [*(block.columns[names.index(name)] for name in self._dataset.key), block.codes]
        if block.codes and not self._one_spelling and (twice := self._twice(columns)):
            for at in twice:
                row = at if block.origins is None else block.origins[at]
                fault = RowFault("agency", "row_twice", block.codes[at], "one row a body")
                values, place = values_of(page.rows[row]), self._place(page.number(row))
                self.aside.append(put_aside(self._dataset.name, block.codes[at], place, values=values, faults=[fault]))
            block = block.without(twice)
            columns = [*(block.columns[names.index(name)] for name in self._dataset.key), block.codes]
        if block.codes:
            self._group = _last_group(columns, self._group)
            self._remember(block.codes, block.columns)
        return block

    def _twice(self, columns: Sequence[Values]) -> list[int]:
        """Numbers of rows whose key and body came before, on this page or in the last rows of the one before."""
        first = tuple(column[0] for column in columns[:-1])
        carried = [key for key in self._group if key[:-1] == first]
        # Joined to text, in which U+0000 was put aside before: a set of tuples would be walked by the collector of cycles.
        distinct = set(map("\0".join, chain((map(str, key) for key in carried), zip(*map(_texts, columns), strict=True))))
        if len(distinct) == len(columns[-1]) + len(carried):
            return []
        seen, found = set(carried), []
        for number, key in enumerate(zip(*columns, strict=True)):
            if key in seen:
                found.append(number)
            seen.add(key)
        return found


def _texts(values: Sequence[Any]) -> Sequence[str]:
    """The values as text: as they are where the first is text, for a column holds one type and most keys are text."""
    return values if isinstance(values[0], str) else [str(value) for value in values]


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


def contradictions(source: Source, summaries: Mapping[str, Summary]) -> list[RowPutAside]:
    """What only the whole period shows of single bodies: rows naming a body itself against the number the source states for it,
    and datasets that contradict each other. A body whose stating row was put aside has lost more already.

    Rows a collective rule gave to a body are not counted: the source does not count them either.
    """
    found: list[RowPutAside] = []
    for rule in source.stated:
        stated, named = summaries[rule.dataset].stated, summaries[rule.counts].named
        lost = {each.agency for each in summaries[rule.dataset].aside}
        for code in sorted({*stated, *named} - lost):
            theirs = stated[code][rule.column] if code in stated else None
            ours = named.get(code, 0)
            if theirs != ours:
                expected = "not stated" if theirs is None else str(theirs)
                fault = RowFault(rule.column, "rows_stated", str(ours), expected)
                found.append(RowPutAside(rule.counts, code, f"{rule.dataset}/{code}/{rule.column}", (fault,)))
    return [*found, *source.impossible(summaries)]


def _plain(value: Decimal | None) -> str:
    return "not given" if value is None else format(value, "f")


def _key(values: Sequence[Any]) -> str:
    return "/".join(map(str, values))
