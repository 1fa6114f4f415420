"""A second look of System 57 at a month of ``rows.Month``, what it holds, and how two people settle that: in one transaction.

What the look finds otherwise, the product finds; nothing is told here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from services.ingest.contract.source import Window
from services.ingest.snapshot.completions import ChangedCompletion, changed_completions, dataset_of
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.snapshot.store import latest_snapshot
from services.ingest.sources import source_named
from services.scoring.compute import Computed
from services.scoring.store import insert_run
from shared.canonical import sha256_hex
from shared.holds.declaration import Hold
from shared.holds.register import kind_of, open_holds
from shared.ids import new_id
from shared.law.sheet import ENGINE_VERSION
from shared.tables.control import omission, omission_approval
from tests.integration.gateway.seeds import insert_look
from tests.integration.second_engine.rows import DEADLINE, Month, Row, covered, full_row

SYSTEM57 = source_named("system57")
TASKS = "task_assignment"


async def look(month: Month, computed: Computed, said: Sequence[Row]) -> list[ChangedCompletion]:
    """What the source says of the tasks at the report deadline, against the frozen month; kept as ingest keeps it."""
    await month.connection.exec_driver_sql("SET LOCAL ROLE ingest")
    frozen = await _frozen(month, computed)
    dataset = dataset_of(SYSTEM57)
    assert dataset is not None
    await month.connection.exec_driver_sql("CREATE TEMPORARY TABLE said (LIKE ingest.task_assignment) ON COMMIT DROP")
    for ordinal, row in enumerate(said):
        values = full_row(TASKS, 0, ordinal, row)
        marks = ", ".join(f"%({name})s" for name in values)
        await month.connection.exec_driver_sql(f"INSERT INTO said ({', '.join(values)}) VALUES ({marks})", values)
    window = Window(computed.inputs.period, DEADLINE, 1)
    found = await changed_completions(month.connection, dataset, window, "said", frozen)
    changes = [asdict(each) for each in found]
    await insert_look(month.connection, frozen.period, changes, snapshot=frozen.snapshot_id, as_of=DEADLINE)
    return found


async def take_in(
    month: Month, frozen: Sequence[Row], said: Sequence[Row], found: Sequence[ChangedCompletion], *pool: str
) -> None:
    """The next version: the frozen rows, with those of the look for the tasks that it found otherwise, and for no others."""
    taken = {(each.task_id, each.agency) for each in found}
    rows = [row for row in frozen if _key(row) not in taken] + [row for row in said if _key(row) in taken]
    given: dict[str, list[Row]] = {TASKS: rows, "system57_coverage": covered(*pool)}
    await month.freeze("system57", version=2, as_of=DEADLINE, composed=True, **given)  # type: ignore[arg-type]


async def held(month: Month, computed: Computed) -> list[Hold]:
    """What is open of the month once it is scored so; of a case's two or three bodies one always leads by far, which the cases
    are not about."""
    await month.connection.exec_driver_sql("SET LOCAL ROLE scoring")
    await _keep(month, computed)
    found = await open_holds(month.connection, computed.inputs.period)
    return [hold for hold in found if not kind_of(hold.kind).confirms]


async def leave_out(month: Month, holds: Sequence[Hold]) -> None:
    """By decisions of two people, as the gateway writes them."""
    await month.connection.exec_driver_sql("SET LOCAL ROLE gateway")
    for hold in holds:
        decided = {"omission_id": new_id("omit"), "period": str(hold.period), "kind": hold.kind, "hold_id": hold.hold_id}
        words = {"hold": hold.as_document(), "document": "demo", "reason": "demo", "actor": "key:one"}
        await month.connection.execute(omission.insert().values(**decided, **words))
        agreed = {"omission_id": decided["omission_id"], "actor": "key:two", "reason": "demo"}
        await month.connection.execute(omission_approval.insert().values(**agreed))


async def _frozen(month: Month, computed: Computed) -> FrozenSnapshot:
    found = await latest_snapshot(month.connection, source=SYSTEM57.name, period=computed.inputs.period)
    assert found is not None
    return found


async def _keep(month: Month, computed: Computed) -> None:
    inputs, scheme = computed.inputs, computed.scheme
    known = {"period": str(inputs.period), "inputs": inputs.bytes(), "inputs_digest": inputs.digest()}
    law = {"scheme": scheme.id, "scheme_digest": scheme.digest, "engine_version": ENGINE_VERSION}
    made = {"sheet": computed.sheet, "result_digest": sha256_hex(computed.sheet), "agrees": True}
    asked = {"run_id": new_id("run"), "actor": "demo", "reason": "demo", "provisional": computed.document["provisional"]}
    await insert_run(month.connection, {**known, **law, **made, **asked})


def _key(row: Row) -> tuple[str, str]:
    return row["task_id"], row["agency_code"]
