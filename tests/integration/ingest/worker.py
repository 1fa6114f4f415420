"""One freezing worker as a real process: ``python -m tests.integration.ingest.worker APP_URL SANDBOX_JSON SOURCE PERIOD``.

Prints the snapshot's id, or the slug of the problem it met.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from services.ingest.freeze import freeze
from services.ingest.sources import source_named
from shared.errors import DomainError
from shared.period import Period
from tests.contract.stand_ins import StandIns, bench


async def main(stand_ins: StandIns, app_url: str, source: str, period: str) -> str:
    ingest = bench(app_url, "", stand_ins.settings(timeout_seconds=60))
    try:
        made = await freeze(ingest.runtime, source_named(source), Period.parse(period), actor="service:test")
        return str(made.snapshot_id)
    except DomainError as problem:
        return problem.slug
    finally:
        await ingest.runtime.database.close()
        stand_ins.client.close()


if __name__ == "__main__":
    url, described, asked, month = sys.argv[1:]
    found = StandIns(json.loads(Path(described).read_text("utf-8")))
    sys.stdout.write(asyncio.run(main(found, url, asked, month)) + "\n")
