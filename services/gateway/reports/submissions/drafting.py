"""Beginning a submission: the next number of a body's month, pinned to the month's form (INT-01, INT-19)."""

from __future__ import annotations

from services.gateway.http.answers import API
from services.gateway.http.errors import AgencyUnknown
from services.gateway.reports.form.form import form_for
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store.records import Stage
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.refused import SubmissionUnderWay
from services.gateway.reports.submissions.standing import Standing
from services.gateway.reports.submissions.steps import Step, take
from services.gateway.reports.workflow.machine import MACHINE
from shared.audit import record
from shared.ids import new_id
from shared.registry_store import is_registered
from shared.tables.intake import submission


async def begin(desk: Desk, *, test: bool) -> Standing:
    """A new draft. Raises AgencyUnknown, FormUnknown or SubmissionUnderWay; tests stand in nobody's way."""
    agency, period = desk.agency, str(desk.period)
    form = form_for(desk.period)
    async with desk.transaction() as connection:
        await desk.lock(connection)
        if not await is_registered(connection, agency, desk.period.last_day):
            raise AgencyUnknown(f"no scored body has the code {agency!r} in {period}")
        under_way = None if test else await stored.find_open(connection, agency=agency, period=period)
        if under_way is not None:
            sequence = under_way.sequence
            raise SubmissionUnderWay(
                f"submission {sequence} of {period} is {under_way.state}",
                hint="Go on with it, or revert it first.",
                location=f"{API}{desk.path(sequence)}",
            )
        sequence = 1 + await stored.last_sequence(connection, agency=agency, period=period)
        submission_id = new_id("sub")
        values = {"submission_id": submission_id, "agency": agency, "period": period, "sequence": sequence}
        values |= {"form": form.id, "test": test, "created_by": desk.actor.id}
        await stored.insert(connection, submission, values)
        begun = Stage(submission_id=submission_id, agency=agency, state="none", step=0)
        await take(connection, desk, begun, Step("create"), MACHINE.require("create", begun.state))
        detail = {"agency": agency, "period": period, "sequence": sequence, "test": test}
        await record(connection, desk.actor.id, "submission.create", submission_id, detail=detail)
        return await desk.find(connection, sequence)
