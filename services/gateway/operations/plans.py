"""Use cases about score plans: what a run would change is asked for and read, and a run is asked for by it (OPS-01; ADR 34)."""

from __future__ import annotations

from collections.abc import Sequence

from services.gateway.operations.commands import request_command
from services.gateway.operations.comparing import computed_of, difference_now, pins_in_force
from services.gateway.operations.store import plans as stored
from services.gateway.operations.store.plans import PlanOnRecord
from shared.audit import Actor
from shared.database import Connection, Database
from shared.errors import NotFound
from shared.jobs import Queue
from shared.period import Period
from shared.plans.difference import Difference
from shared.plans.pins import Changed, changed, pins_of, refuse_stale


async def request_run(database: Database, *, queue: Queue, actor: Actor, plan_id: str, reason: str) -> str:
    """A run by a plan: the command's id. Raises NotFound, ReasonMissing, and PlanStale where the plan's inputs are otherwise
    now; the job asks once more."""
    plan, otherwise = await find_plan(database, plan_id)
    refuse_stale(otherwise, plan_id)
    arguments = {"period": plan.period, "plan": plan_id}
    return await request_command(
        database, queue=queue, actor=actor, kind="score", period=plan.period, arguments=arguments, reason=reason
    )


async def find_plan(database: Database, plan_id: str) -> tuple[PlanOnRecord, Sequence[Changed]]:
    """With what is otherwise since; a plan is of use while nothing is. Raises NotFound."""
    async with database.read() as connection:
        plan = await stored.find_plan(connection, plan_id)
        if plan is None:
            raise NotFound(f"no score plan has the id {plan_id}")
        return plan, await _otherwise(connection, plan)


async def _otherwise(connection: Connection, plan: PlanOnRecord) -> list[Changed]:
    now = await pins_in_force(connection, Period.parse(plan.period))
    return changed(pins_of(plan.inputs, plan.scheme_digest, plan.engine_version), now)


async def difference_of_run(database: Database, run_id: str) -> Difference:
    """What publishing it would change, for the terminal. Raises NotFound or NotExplained."""
    async with database.read() as connection:
        run, _, sheet = await computed_of(connection, run_id)
        return await difference_now(connection, run, sheet)
