"""The Government Office's registers: a month is written from the registers themselves (services.ingest.from_intake); one that
nobody entered there comes by official file (docs/adr/0012)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.ingest.contract.aside import RowFault, RowPutAside
from services.ingest.contract.source import Source, Stated, Summary
from shared.datasets import government_office


def unheard(summaries: Mapping[str, Summary]) -> Iterator[RowPutAside]:
    """E-8: nobody speaks at a meeting to which the body was not summoned."""
    for code, values in sorted(summaries["registers"].stated.items()):
        if values["speeches"] and not values["summonses"]:
            fault = RowFault("speeches", "speech_without_meeting", str(values["speeches"]), "0 without a meeting")
            yield RowPutAside("speeches", code, f"registers/{code}/speeches", (fault,))


SOURCE = Source(
    name="government_office",
    contract=government_office.CONTRACT,
    title_vi="Sổ theo dõi của Văn phòng Chính phủ",
    datasets=government_office.DATASETS,
    origin="intake",
    impossible=unheard,
    stated=(
        Stated("registers", "summonses", counts="summonses"),
        Stated("registers", "speeches", counts="speeches"),
        Stated("registers", "initiatives", counts="initiatives"),
    ),
)
