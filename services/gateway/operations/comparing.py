"""What stands beside a run: what publishing it would change, and which of its inputs are otherwise now (OPS-01, RSC-07)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from services.gateway.operations.store import plans as stored
from services.gateway.publication.sheets import find_computed, read_back
from services.gateway.publication.store import published
from services.gateway.publication.store.records import Run
from shared.database import Connection
from shared.inputs_store import inputs_in_force
from shared.law.restored import Restored
from shared.law_store import load_law
from shared.period import Period
from shared.plans.difference import Difference, difference_of
from shared.plans.pins import Changed, Pins, changed, pins_now, pins_of
from shared.plans.published import former_version


async def computed_of(connection: Connection, run_id: str) -> tuple[Run, bytes, Restored]:
    """A run, the bytes of its sheet, and the sheet scored anew from its own figures. Raises NotFound, and NotExplained for a
    run of a scheme that is not held here."""
    await published.preview(connection)
    run, sheet = await find_computed(connection, run_id)
    return run, sheet, (await read_back(connection, run, sheet)).restored


async def difference_now(connection: Connection, run: Run, sheet: Restored) -> Difference:
    """What publishing the run would change in what is published of its month now, under an embargo or not."""
    await published.preview(connection)
    former = await former_version(connection, Period.parse(run.period))
    return await asyncio.to_thread(difference_of, former, sheet, run.result_digest)


async def pins_in_force(connection: Connection, period: Period) -> Pins:
    """What a run of the month would be computed from now."""
    law = await load_law(connection, period)
    return pins_now(await inputs_in_force(connection, period), law.digest)


async def stale_runs(connection: Connection, run_ids: Sequence[str]) -> Mapping[str, Sequence[Changed]]:
    """By run what is otherwise now; nothing where the month would be computed from the very same."""
    found = await stored.bases_of(connection, run_ids)
    now = {each: await pins_in_force(connection, Period.parse(each)) for each in sorted({basis.period for basis in found})}
    return {
        basis.run_id: changed(pins_of(basis.inputs, basis.scheme_digest, basis.engine_version), now[basis.period])
        for basis in found
    }
