"""Official files for tests; all figures are made up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from services.ingest.official_files.import_file import GivenFile, import_file
from services.ingest.sources import source_named
from shared.law.scheme import packaged_schemes
from shared.period import Period
from tests.contract.stand_ins import Bench

DOCUMENT = {"document_number": "12/TB-DEMO", "reason": "Nguồn ngừng hoạt động (thử nghiệm)", "author": "Cán bộ thử nghiệm"}


async def ndxp_file(ingest: Bench, period: Period, volumes: Sequence[tuple[str, int]]) -> Any:
    """Freeze NDXP's period from a table of (agency, transactions)."""
    files = ndxp_table(period, volumes)
    return await import_file(ingest.runtime, source_named("ndxp"), period, files=files, actor="local:test", **DOCUMENT)


def ndxp_table(period: Period, /, volumes: Sequence[tuple[str, int]], **changes: Any) -> list[GivenFile]:
    """A table of (agency, transactions) and its manifest; ``changes`` go to the manifest."""
    lines = ["source_system,agency,transactions,as_provider,as_consumer,failed"]
    lines += [f"NDXP,{agency},{count},,," for agency, count in volumes]
    total = sum(count for _, count in volumes)
    table = GivenFile("exchange_volumes.csv", "\n".join(lines).encode())
    return [table, ndxp_manifest(period, rows=len(volumes), transactions=total, **changes)]


def ndxp_manifest(period: Period, /, *, rows: int, transactions: int, **changes: Any) -> GivenFile:
    sums = {"transactions": str(transactions), "as_provider": "0", "as_consumer": "0", "failed": "0"}
    named = {name: sums[name] for name in source_named("ndxp").datasets[0].sums}
    content = {
        "contract": "ndxp/1.0",
        "period": str(period),
        "as_of": packaged_schemes()[0].cutoff_of(period).isoformat(),
        "datasets": {"exchange_volumes": {"rows": rows, "sums": named}},
    }
    return GivenFile("manifest.json", json.dumps({**content, **changes}, ensure_ascii=False).encode())


def json_file(source: str, contract: str, period: Period, as_of: str, datasets: dict[str, Any]) -> GivenFile:
    content = {"contract": contract, "period": str(period), "as_of": as_of, "notice": "demo", "datasets": datasets}
    return GivenFile(f"{source}-{period}.json", json.dumps(content, ensure_ascii=False).encode())
