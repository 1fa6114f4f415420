"""How official files are written: one JSON object, or one CSV table per dataset and a manifest (docs/contracts.md §4).

Rows may stand in any order: they are put into the contract's order before they are checked, so that a file has one root
however it was sorted. Every fault of every file is listed at once, each with its row and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from pathlib import PurePath
from typing import Any, Generic, TypeVar

import msgspec

from services.ingest.contract.aside import Misfit, RowFault
from services.ingest.contract.checks import of_one_row
from services.ingest.contract.drift import SortedRows, check_of, shown, value_fault
from services.ingest.contract.envelope import ControlBody, Notice, control_of, decode, decode_head
from services.ingest.contract.reading import ALIAS, unknown_bodies
from services.ingest.contract.source import Head, Page, Source
from services.ingest.official_files.errors import HINT, refused
from services.ingest.official_files.manifest import MANIFEST, Manifest, is_manifest, manifest_of
from shared.canonical import sha256_hex
from shared.datasets.declaration import NUMERIC, Dataset, Instant, Kind
from shared.errors import DomainError, Fault, SourceProblem
from shared.registry import Unmapped

Rows = TypeVar("Rows")
_DECIMAL = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?")
_HEAD = frozenset({"contract", "period", "as_of"})


class DatasetBody(msgspec.Struct, Generic[Rows], frozen=True, forbid_unknown_fields=True):
    """One dataset of a JSON file."""

    control: ControlBody
    rows: Rows


class FileBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON file: the whole period of one source."""

    contract: str
    period: str
    as_of: Instant
    datasets: dict[str, msgspec.Raw]
    notice: Notice | None = None


@dataclass(frozen=True)
class Parser:
    """Which file holds which dataset, by digest, and how its bytes become a page. ``manifest`` speaks for the tables."""

    source: Source
    files: Mapping[str, Sequence[tuple[str, str]]]
    manifest: Manifest | None

    def digests(self, dataset: Dataset) -> list[str]:
        """The digest of the one file that holds the dataset."""
        return [digest for _, digest in self.files[dataset.name]]

    def parse(self, dataset: Dataset, body: bytes) -> Page:
        """Raises PayloadUnreadable, SchemaDrift or FileRefused naming every fault of the dataset."""
        name = next(name for name, digest in self.files[dataset.name] if digest == sha256_hex(body))
        page = self._csv(dataset, name, body) if place_of(name) else self._json(dataset, body)
        order = attrgetter(*dataset.key, "agency")
        numbers = sorted(range(len(page.rows)), key=lambda number: order(page.rows[number]))
        stands: Callable[[int], str] = _table_row if place_of(name) else "rows/{}".format
        # In the file a row is called by where it stands there, whatever place it has in the contract's order.
        places = [page.number(number) for number in numbers]
        return Page(page.head, [page.rows[number] for number in numbers], named=stands, misfits=page.misfits, numbers=places)

    def place(self, place: str) -> str:
        """A place of a dataset as a place of the file that holds it; places of files stay as they are."""
        dataset, *rest = place.split("/")
        if dataset not in self.files:
            return place
        name, about = self.files[dataset][0][0], rest[0] if rest else ""
        if place_of(name) is None:
            return "/".join([name, *rest] if about in _HEAD else [name, "datasets", dataset, *rest])
        if about == "control":
            return "/".join([MANIFEST, "datasets", dataset, *rest[1:]])
        return "/".join([MANIFEST if about in _HEAD else name, *rest])

    def refusal(self, problem: DomainError) -> DomainError:
        """What a check of the rows found, said of the files: places name them, and the hint is for who wrote them."""
        faults = [replace(fault, place=self.place(fault.place), hint=HINT) for fault in problem.faults]
        if isinstance(problem, Unmapped):
            return unknown_bodies(faults, hint="Write the body's code in the file and import it again, " + ALIAS)
        if isinstance(problem, SourceProblem):
            return refused(faults or [Fault("files", problem.detail)])
        return problem

    def _json(self, dataset: Dataset, body: bytes) -> Page:
        whole = decode_head(body, lambda _: FileBody, place=dataset.name)
        found = decode(
            bytes(whole.datasets[dataset.name]),
            _shape,
            dataset.row,
            place=f"{dataset.name}/rows",
            found=lambda found: found.rows,
        )
        control = control_of(found.whole.control, dataset.name)
        head = Head(whole.contract, dataset.name, whole.period, whole.as_of, None, control, None, whole.notice)
        return Page(head, found.rows, misfits=found.misfits, numbers=found.numbers)

    def _csv(self, dataset: Dataset, name: str, body: bytes) -> Page:
        if self.manifest is None:
            raise LookupError(f"{name} without its manifest")
        table = read_csv(dataset, name, body)
        return Page(self.manifest.head(dataset), table.rows, misfits=table.misfits, numbers=table.numbers)


def _table_row(number: int) -> str:
    return f"row {number + 2}"


def parser_of(source: Source, files: Sequence[tuple[str, bytes]]) -> Parser:
    """The parser of some named files. Raises FileRefused listing all that is wrong with all of them."""
    found: dict[str, list[tuple[str, str]]] = {dataset.name: [] for dataset in source.datasets}
    faults: list[Fault] = []
    for name, body in files:
        for dataset in _datasets_in(source, name, body, faults) if not is_manifest(name) else ():
            found[dataset].append((name, sha256_hex(body)))
    tables = [dataset for dataset, named in found.items() if any(place_of(name) for name, _ in named)]
    manifest = manifest_of(files, tables, faults)
    for dataset, named in found.items():
        if len(named) != 1:
            seen = ", ".join(name for name, _ in named) or "no file"
            faults.append(Fault(dataset, "every dataset comes exactly once", seen=seen, expected="one file", hint=HINT))
    parser = Parser(source, found, manifest)
    if not faults:
        contents = {sha256_hex(body): body for _, body in files}
        faults = [fault for each in source.datasets for fault in _faults(parser, each, contents)]
    if faults:
        raise refused(faults)
    return parser


def stated_as_of(files: Sequence[tuple[str, bytes]]) -> datetime | None:
    """The instant the JSON file, or the manifest of the tables, says it speaks of; None when there is neither."""
    for name, body in files:
        if not place_of(name):
            try:
                found: datetime = decode_head(body, lambda _: FileBody, place=name).as_of
            except SourceProblem as problem:
                raise refused(problem.faults) from problem
            return found
    return None


def place_of(name: str) -> str | None:
    """The dataset a CSV file is named for; None for a JSON file."""
    path = PurePath(name)
    return path.stem if path.suffix.lower() == ".csv" else None


def read_csv(dataset: Dataset, name: str, body: bytes) -> SortedRows:
    """Rows of a UTF-8 table with a header; an empty cell is null. Cells that are one body's fault leave their row out of the
    rows; any other fault refuses the table. Raises FileRefused naming every cell then."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(
            f"{name}/byte {error.start}", "not UTF-8", seen=repr(body[error.start : error.start + 1]), expected="UTF-8"
        )
        raise refused([fault]) from error
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(dataset.row)}
    try:
        header, *lines = list(csv.reader(io.StringIO(text, newline=""), strict=True)) or [[]]
    except csv.Error as error:
        raise refused([Fault(name, str(error))]) from error
    faults = list(_header_faults(name, header, fields))
    done, stops = SortedRows(), bool(faults)
    for number, line in enumerate(lines if not faults else ()):
        values, found, broken = _cells(dataset, fields, header, line, f"{name}/row {number + 2}")
        faults += found
        stops |= broken
        if not found:
            done.rows.append(dataset.row(**values))
            done.numbers.append(number)
        elif not broken:
            wrong = [_row_fault(fault, values[fault.place.rsplit("/", 1)[1]], fields) for fault in found]
            done.misfits.append(Misfit(number, values, tuple(wrong)))
    if stops:
        raise refused(faults)
    return done


def _cells(
    dataset: Dataset, fields: Mapping[str, Any], header: list[str], line: list[str], place: str
) -> tuple[dict[str, Any], list[Fault], bool]:
    """A row's values, what is wrong with its cells, and whether that concerns more than this row."""
    if len(line) != len(header):
        return {}, [Fault(place, "wrong number of cells", seen=str(len(line)), expected=str(len(header)), hint=HINT)], True
    kinds = {column.name: column.kind for column in dataset.columns}
    values, faults, broken = dict[str, Any](), list[Fault](), False
    for column, cell in zip(header, line, strict=True):
        kind = kinds.get(column, Kind.TEXT)
        strict = kind is Kind.TEXT
        fault = value_fault(f"{place}/{column}", cell or None, fields[column], strict=strict)
        if fault is None and cell.casefold() == "null":
            fault, broken = Fault(f"{place}/{column}", "the word null", seen=cell, expected="an empty cell for null"), True
        if fault is None:
            values[column] = msgspec.convert(cell or None, type=fields[column], strict=strict)
            continue
        faults.append(fault)
        values[column] = value = number_of(cell) if kind in NUMERIC else cell or None
        broken |= column == "agency" or not of_one_row(check_of(value, fields[column]))
    return values, faults, broken


def number_of(cell: str) -> Decimal | str | None:
    """The number a cell holds, as it is written; the text itself where it is none, None where it is empty."""
    return Decimal(cell) if _DECIMAL.fullmatch(cell) else cell or None


def _row_fault(fault: Fault, value: Any, fields: Mapping[str, Any]) -> RowFault:
    field = fault.place.rsplit("/", 1)[1]
    return RowFault(field, check_of(value, fields[field]), shown(value), fault.expected or fault.message)


def _header_faults(name: str, header: list[str], fields: Mapping[str, Any]) -> Iterator[Fault]:
    expected = ", ".join(fields)
    for column in fields.keys() - set(header):
        yield Fault(f"{name}/row 1/{column}", "missing column", seen="absent", expected=expected, hint=HINT)
    for column in header:
        if column not in fields or header.count(column) > 1:
            yield Fault(f"{name}/row 1/{column}", "unknown or repeated column", seen=column, expected=expected, hint=HINT)


def _datasets_in(source: Source, name: str, body: bytes, faults: list[Fault]) -> list[str]:
    known = [dataset.name for dataset in source.datasets]
    try:
        table = place_of(name)
        held = [table] if table else list(decode_head(body, lambda _: FileBody, place=name).datasets)
    except DomainError as problem:
        faults.extend(problem.faults or [Fault(name, problem.detail)])
        return []
    faults.extend(
        Fault(f"{name}/{each}", "unknown dataset", seen=each, expected=", ".join(known), hint=HINT)
        for each in held
        if each not in known
    )
    return [each for each in held if each in known]


def _faults(parser: Parser, dataset: Dataset, contents: Mapping[str, bytes]) -> Iterator[Fault]:
    for digest in parser.digests(dataset):
        try:
            parser.parse(dataset, contents[digest])
        except DomainError as problem:
            yield from parser.refusal(problem).faults


def _shape(rows: Any) -> Any:
    return DatasetBody[rows]
