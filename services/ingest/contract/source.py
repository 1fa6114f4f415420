"""The port every source is read through: describe a request, parse an answer. Nothing here touches the world.

A source answers one dataset of one period, page by page, as of an instant. ``request`` says what to ask for; ``peek`` reads
what stands around the rows; ``parse`` reads all of it, strictly. Whatever does not fit the contract is a SourceProblem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from services.ingest.contract.aside import Misfit, RowPutAside
from services.ingest.contract.findings import Finding
from shared.datasets.declaration import ContractRow, Dataset
from shared.errors import SourceProblem
from shared.outbound import Ask
from shared.period import Period


class PayloadUnreadable(SourceProblem):
    """Not JSON, or JSON that ends too early."""

    slug = "payload-unreadable"
    title_vi = "Không đọc được dữ liệu nguồn gửi"
    title_en = "Payload cannot be read"


class SchemaDrift(SourceProblem):
    """An unknown, retyped or missing field: the source no longer speaks the contract (ING-02)."""

    slug = "schema-drift"
    title_vi = "Cấu trúc dữ liệu của nguồn không đúng quy ước dữ liệu"
    title_en = "Payload does not follow its contract"


class WrongAnswer(SourceProblem):
    """The answer speaks of another contract, dataset, period or instant than was asked."""

    slug = "wrong-answer"
    title_vi = "Nguồn trả lời không đúng kỳ hoặc tập dữ liệu đã hỏi"
    title_en = "Source answered another question"


class RowsOutOfOrder(SourceProblem):
    """A repeated or misplaced row."""

    slug = "rows-out-of-order"
    title_vi = "Dòng dữ liệu bị lặp hoặc sai thứ tự"
    title_en = "Repeated or misplaced row"


class ControlMismatch(SourceProblem):
    """Counts or sums the source states differ from those of its rows (SNP-11)."""

    slug = "control-mismatch"
    title_vi = "Số tổng đối chiếu không khớp"
    title_en = "Control totals differ"


class AsOfUnavailable(SourceProblem):
    """The source cannot say what it knew at the legal instant; only an official file can close the period."""

    slug = "as-of-unavailable"
    title_vi = "Nguồn không còn trả lời được theo thời điểm chốt; cần văn bản chính thức"
    title_en = "Source cannot answer as of the cutoff; an official file is needed"


class SourceRefused(SourceProblem):
    """The source does not let us in, or does not know what we ask for."""

    slug = "source-refused"
    title_vi = "Nguồn từ chối yêu cầu"
    title_en = "Source refused the request"


class SourceNotConfigured(SourceProblem):
    """No address of the source is set, or it has no interface at all."""

    slug = "source-not-configured"
    title_vi = "Chưa cấu hình kết nối nguồn"
    title_en = "Source not configured"


@dataclass(frozen=True)
class Window:
    """What is asked: a period, known as of an instant (exclusive), in pages of at most so many rows."""

    period: Period
    as_of: datetime
    page_size: int


@dataclass(frozen=True)
class Control:
    """What the source states of the whole dataset: number of rows and sums over the non-null values."""

    rows: int
    sums: Mapping[str, Decimal]


@dataclass(frozen=True)
class Head:
    """What stands around the rows of a page. ``period`` and ``as_of`` are as the source wrote them, parsed.

    ``notice`` is what the source says of its figures, for instance that they are demo data.
    """

    contract: str
    dataset: str
    period: str
    as_of: datetime
    generated_at: datetime | None
    control: Control
    next_page: str | None
    notice: str | None = None


@dataclass(frozen=True)
class Page:
    """One parsed answer. ``named`` says what a row is called where it came from, when its place on the page is not its name.

    ``misfits`` are delivered rows that one body's fault keeps from being rows of the contract; where there are any, ``numbers``
    are the places of the others among all of the page.
    """

    head: Head
    rows: Sequence[ContractRow]
    named: Callable[[int], str] | None = None
    misfits: Sequence[Misfit] = ()
    numbers: Sequence[int] | None = None

    @property
    def delivered(self) -> int:
        """How many rows the page came with."""
        return len(self.rows) + len(self.misfits)

    def number(self, row: int) -> int:
        """The place on the page of one of ``rows``."""
        return row if self.numbers is None else self.numbers[row]


@dataclass(frozen=True)
class Summary:
    """A whole dataset as it was read: rows stored, Merkle root, the source's control, and how many rows name each body itself.

    ``stated`` holds, for datasets of one row a body, the values of every column by agency code; ``notices`` what the pages
    said of their figures, in NFC; ``aside`` the rows that were put aside, which ``control`` and ``named`` count as well.
    """

    dataset: Dataset
    row_count: int
    root: bytes
    control: Control
    named: Mapping[str, int]
    stated: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notices: frozenset[str] = frozenset()
    aside: tuple[RowPutAside, ...] = ()


def no_remarks(summaries: Mapping[str, Summary]) -> Iterator[Finding]:
    """The rule of sources whose datasets leave nothing to remark upon."""
    yield from ()


def nothing_beside(summaries: Mapping[str, Summary]) -> Iterator[RowPutAside]:
    """The rule of sources whose datasets cannot contradict each other in another way than by counts."""
    yield from ()


@dataclass(frozen=True)
class Stated:
    """A column of a coverage dataset in which the source says how many rows of another dataset name each body."""

    dataset: str
    column: str
    counts: str


Parse = Callable[[Dataset, bytes], Page]
# How a period came: asked over the network, by official file, or written by ourselves from accepted reports.
Origin = Literal["network", "official_file", "intake"]


@dataclass(frozen=True)
class Interface:
    """How a source is asked over the network, all pure.

    ``request(dataset, window, page)`` describes one request, ``page`` None being the first; ``peek`` and ``parse`` read
    an answer's bytes and raise PayloadUnreadable or SchemaDrift.
    """

    request: Callable[[Dataset, Window, str | None], Ask]
    peek: Callable[[Dataset, bytes], Head]
    parse: Parse


@dataclass(frozen=True)
class Source:
    """One source system. ``remarks`` looks at a whole period; ``impossible`` says of which bodies its datasets contradict each
    other.

    ``origin`` is how its periods come by themselves; with ``network`` and no ``interface`` they come by official file only.
    """

    name: str
    contract: str
    title_vi: str
    datasets: tuple[Dataset, ...]
    interface: Interface | None = None
    stated: tuple[Stated, ...] = ()
    remarks: Callable[[Mapping[str, Summary]], Iterator[Finding]] = no_remarks
    impossible: Callable[[Mapping[str, Summary]], Iterator[RowPutAside]] = nothing_beside
    origin: Literal["network", "intake"] = "network"

    def dataset(self, name: str) -> Dataset:
        """Raises KeyError for a dataset the source does not have."""
        return next(each for each in self.datasets if each.name == name)
