"""Use case: the Ministry of Public Security's word on a reported C1 figure (C-2, C-3; QĐ 4585 appendix §3 C1).

It may come after the deadline: whether a figure is late is judged by the report. A word that comes after the freeze takes
effect by a superseding version.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.gateway.access.tenancy import OFFICE, require_other_body, transaction
from services.gateway.http.words import require_reason
from services.gateway.reports.classification.markers import refuse_classified_words
from services.gateway.reports.store import reviews as stored
from services.gateway.reports.store.records import Review
from shared.audit import Actor, record
from shared.calendar import enter_gate
from shared.database import Database, insert_record
from shared.errors import Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.period import Period
from shared.tables.intake import records_review


async def review_records(
    database: Database,
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    agency: str,
    period: Period,
    sequence: int,
    reported: str,
    new_records: int,
    verdict: str,
    reason: str,
    document: str | None,
) -> Review:
    """``reported`` is the database, ``new_records`` the figure as the reviewer read it.

    Raises OwnBody, NotFound when there is no such accepted report or it does not report the database, InputInvalid when it
    reports another figure, ReasonMissing, Classified: a refusal's reason is published with the month.
    """
    reason = require_reason(reason)
    refuse_classified_words([("/reason", reason), ("/document", document or "")])
    require_other_body(actor, agency)
    about = {"agency": agency, "period": str(period), "database": reported}
    async with transaction(database, actor) as connection:
        # A freeze waits for everybody inside: the word's instant is read after the gate.
        await enter_gate(connection, period)
        at = clock()
        found = await stored.find_figure(connection, sequence=sequence, **about)
        if found is None:
            raise NotFound(f"report {sequence} of {agency} for {period} was not accepted or does not report {reported}")
        if found.new_records != new_records:
            fault = Fault("/new_records", "is not what was reported", seen=str(new_records), expected=str(found.new_records))
            raise InputInvalid("the word would be on another figure", faults=[fault])
        review_id = new_id("rev")
        word = {"submission_id": found.submission_id, "new_records": new_records, "verdict": verdict}
        given = {"reason": reason, "document": document, "reviewer": actor.id, "reviewer_agency": actor.agency or OFFICE}
        written = await insert_record(
            connection, records_review, Review, {"review_id": review_id, **about, **word, **given, "reviewed_at": at}
        )
        detail = {**about, **word, "document": document}
        await record(connection, actor.id, "records_review.record", review_id, reason=reason, detail=detail)
    return written
