"""``manifest.json``, which stands beside CSV tables and says what they cannot: contract, period, instant, control totals.

Without it a table of the wrong month looks like one of the right month (docs/contracts.md §4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePath

import msgspec

from services.ingest.contract.envelope import ControlBody, Notice, control_of, decode_head
from services.ingest.contract.source import Head
from shared.datasets.declaration import Dataset, Instant
from shared.errors import DomainError, Fault

MANIFEST = "manifest.json"
_FORM = (
    '{"contract": "…", "period": "YYYY-MM", "as_of": "…+07:00", "notice": "…" (optional),'
    ' "datasets": {"<dataset>": {"rows": N, "sums": {"<column>": "…"}}}}'
)
_HINT = f"Put one {MANIFEST} beside the tables and import them together: {_FORM}."


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is stated of all tables of one import."""

    contract: str
    period: str
    as_of: Instant
    datasets: dict[str, ControlBody]
    notice: Notice | None = None

    def head(self, dataset: Dataset) -> Head:
        """What a JSON file would say around the rows of the dataset. Raises SchemaDrift for sums that are no decimals."""
        control = control_of(self.datasets[dataset.name], f"{MANIFEST}/datasets/{dataset.name}")
        return Head(self.contract, dataset.name, self.period, self.as_of, None, control, None, self.notice)


def is_manifest(name: str) -> bool:
    """Whether a file's name says that it is one."""
    return PurePath(name).name.lower() == MANIFEST


def manifest_of(files: Sequence[tuple[str, bytes]], tables: Collection[str], faults: list[Fault]) -> Manifest | None:
    """The one manifest of some tables, named by dataset. What is wrong with it, or its absence, is added to ``faults``."""
    given = [body for name, body in files if is_manifest(name)]
    if len(given) != (1 if tables else 0):
        expected = f"one {MANIFEST}" if tables else f"no {MANIFEST} without a CSV table"
        message = "tables come with what is stated of them" if tables else "it states nothing of the files given"
        hint = _HINT if tables else "Leave it out, or name a JSON file of rows otherwise."
        faults.append(Fault(MANIFEST, message, seen=f"{len(given)} of this name", expected=expected, hint=hint))
    if not given or not tables:
        return None
    try:
        manifest: Manifest = decode_head(given[0], lambda _: Manifest, place=MANIFEST)
    except DomainError as problem:
        faults.extend(Fault(each.place, each.message, each.seen, each.expected, _HINT) for each in problem.faults)
        return None
    faults.extend(_unlike(manifest, tables))
    return manifest


def _unlike(manifest: Manifest, tables: Collection[str]) -> Iterator[Fault]:
    for name in sorted({*manifest.datasets} ^ {*tables}):
        said, seen = ("table without its totals", "absent") if name in tables else ("totals without a table", "stated")
        expected = "the datasets of the tables: " + ", ".join(sorted(tables))
        yield Fault(f"{MANIFEST}/datasets/{name}", said, seen=seen, expected=expected, hint=_HINT)
