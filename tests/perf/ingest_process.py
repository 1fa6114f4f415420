"""One freeze of System 57 over real HTTP in a process of its own, so that its memory can be watched.

``python -m tests.perf.ingest_process PORT_FILE`` with DATABASE_URL set; writes one JSON object: seconds and rows.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from services.ingest.freeze import freeze
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings, SourceSettings
from shared.database import Database
from shared.timer import now
from tests.perf.frozen import SOURCE
from tests.perf.pages import PAGE_SIZE, PERIOD


def settings(described: dict[str, Any]) -> IngestSettings:
    """As an operator would set them: client credentials, and the source's key, so that every page's signature is checked."""
    found = described["sources"]["system57"]
    return IngestSettings(
        system57=SourceSettings.model_validate(
            {
                "base_url": found["base_url"],
                "token_url": found["token_url"],
                "client_id": found["client_id"],
                "client_secret": found["client_secret"],
                "public_jwk": json.dumps(found["jwk"]),
                "page_size": PAGE_SIZE,
            }
        )
    )


async def main(described: dict[str, Any]) -> None:
    database = Database(os.environ["DATABASE_URL"], role="ingest")
    given = settings(described)
    started = time.perf_counter()
    header = await freeze(Runtime(database, given, now), SOURCE, PERIOD, actor="bench")
    seconds = time.perf_counter() - started
    await database.close()
    json.dump({"seconds": seconds, "rows": header.row_count}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
