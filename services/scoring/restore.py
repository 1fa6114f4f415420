"""Use case: follow a wrong version by one that says what a former one said, without asking any source again (RSC-13).

Both stay readable. The run is the former version's, so its inputs may have been superseded since: what counts next is scored
anew and published as the version after.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.scoring import store
from services.scoring.beside import what_stands_beside
from services.scoring.following import RESTORED
from services.scoring.publication_key import PublicationKey
from services.scoring.publish import follows_of, header_of, insert, require_another, require_law, summary_of
from services.scoring.records import Publication, Run
from services.scoring.renderings import JSON, Decided, Pack, pack_of, render_all
from services.scoring.superseded import Superseded
from shared import audit
from shared.database import Connection, Database
from shared.embargo import require_release
from shared.errors import NotFound, SamePerson, VersionStands
from shared.law_store import find_law
from shared.people import same_person
from shared.period import Period


async def restore(
    database: Database,
    publication_id: str,
    *,
    requested_by: str,
    approver: str,
    reason: str,
    clock: Callable[[], datetime],
    command_id: str,
    key: PublicationKey | None = None,
) -> dict[str, Any]:
    """Publish what a former version says as the month's next one. The command names both people; ``key`` as in ``publish``.

    Returns publication_id, period, version, digest, root, certificate, new. Raises NotFound, SamePerson, VersionStands,
    EmbargoStands, RunNotPublishable, PublicationKeyUnusable.
    """
    async with database.read() as connection:
        period = (await _find(connection, publication_id)).period
    async with database.exclusive(f"publish:{period}"), database.transaction() as connection:
        earlier = await store.publications_of(connection, period)
        done = next((each for each in earlier if each.command_id == command_id), None)
        if done is not None:
            return summary_of(vars(done), new=False)
        former = await _find(connection, publication_id)
        if former.version == earlier[-1].version:
            raise VersionStands(f"{publication_id} is version {former.version} of {period}, its latest")
        if await same_person(connection, requested_by, approver):
            raise SamePerson(f"{approver} asked for it and cannot approve it", hint="Have another person approve it.")
        await require_release(connection, period, None)
        run = await _run_of(connection, former)
        await require_another(connection, run, approver)
        header = header_of(run, approver, reason, version=len(earlier) + 1, at=clock(), command_id=command_id)
        notice = await follows_of(connection, earlier[-1], run)
        header["restores"] = former.publication_id
        header["follows"] = notice | {"causes": sorted({*notice["causes"], RESTORED})}
        pack = await _pack(connection, run, former, header, key)
        await insert(connection, header, pack, key)
        detail = {name: header[name] for name in ("period", "version", "run_id", "restores", *pack.facts())}
        await audit.record(connection, approver, "score.restore", header["publication_id"], reason=reason, detail=detail)
    return summary_of(header, new=True)


async def _find(connection: Connection, publication_id: str) -> Publication:
    found = await store.find_publication(connection, publication_id)
    if found is None:
        raise NotFound(f"no publication has the id {publication_id}")
    return found


async def _run_of(connection: Connection, former: Publication) -> Run:
    run = await store.find_run(connection, former.run_id)
    if run is None:
        raise LookupError(former.run_id)
    return run


async def _pack(
    connection: Connection, run: Run, former: Publication, header: Mapping[str, Any], key: PublicationKey | None
) -> Pack:
    """By the law of the run, whichever rules now; what was decided stands as the former version has it."""
    law = await find_law(connection, run.scheme, run.scheme_revision)
    if law is None:
        raise LookupError(run.scheme)
    require_law(run, law)
    said = json.loads(await store.published_body(connection, former.publication_id, JSON))
    taken = Superseded(said.get("taken_in", ()), said.get("rows_put_aside", ()))
    restores = {"version": former.version, "publication": former.publication_id}
    decided = Decided(said.get("omissions", ()), taken, said.get("confirmed", ()))
    around = await what_stands_beside(connection, Period.parse(run.period), run.run_id)
    made = render_all(run, header, law.applied, decided, restores, around)
    return await pack_of(header, made, law.applied, around, key)
