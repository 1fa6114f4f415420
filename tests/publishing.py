"""Publishing as a person does who has just read what it would change."""

from __future__ import annotations

from typing import Any

from services.scoring import store
from services.scoring.publish import difference_now
from services.scoring.publish import publish as publish_as_seen
from shared.database import Database


async def publish(db: Database, run_id: str, **words: Any) -> dict[str, Any]:
    """``words`` are those of `services.scoring.publish.publish` without the plan; where the engines differ there is none."""
    async with db.read() as connection:
        run = await store.find_run(connection, run_id)
        plan = (await difference_now(connection, run)).digest if run is not None and run.agrees else None
    return await publish_as_seen(db, run_id, plan=plan, **words)
