"""Use case: follow a frozen snapshot by another version. Never an edit, never without a reason and a second person (SNP-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.ingest.contract.source import Source, Window
from services.ingest.freeze import captured, take
from services.ingest.official_files.formats import stated_as_of
from services.ingest.official_files.import_file import GivenFile, Official, begin_file, take_file
from services.ingest.pull.collect import begin, failed, lock_name, new_pull
from services.ingest.pull.errors import refuse_unruled
from services.ingest.runtime import Runtime
from services.ingest.snapshot import store
from services.ingest.snapshot.commit import NotFrozen, Supersession
from services.ingest.snapshot.composing import TakenRow, Taking, commit_composed
from services.ingest.snapshot.records import FrozenSnapshot
from shared.calendar import refuse_as_of_outside
from shared.errors import Conflict, DomainError, Fault, InputInvalid, SamePerson
from shared.holds.late_completions import open_changes, refuse_passing_over
from shared.people import same_person
from shared.period import Period


class NothingToTake(Conflict):
    """No change that this look found is open: they were taken in, left out, or a later look says otherwise."""

    slug = "nothing-to-take"
    title_vi = "Không còn dòng nào chờ đưa vào bản chốt"
    title_en = "Nothing to take in"


class ByFileOnly(Conflict):
    """A month of reports that came by official file is not replaced by what was handed in beside it."""

    slug = "by-file-only"
    title_vi = "Kỳ này được chốt theo văn bản; bản thay thế cũng phải theo văn bản"
    title_en = "The period came by official file; so must its next version"


async def supersede(
    runtime: Runtime,
    source: Source,
    period: Period,
    *,
    requested_by: str,
    approver: str,
    reason: str,
    as_of: datetime | None = None,
    command_id: str | None = None,
    files: Sequence[GivenFile] = (),
    document_number: str | None = None,
) -> FrozenSnapshot:
    """The header of version n + 1, from the network as of ``as_of`` (default now) or from official files.

    Of reports it takes what counts now: those in time, and late ones that a decision or an extension lets count. Raises
    PeriodUnruled, InputInvalid without a reason or as of an instant out of bounds, SamePerson, NotFrozen, ByFileOnly,
    ChangesOpen, Unchanged when the rows are the predecessor's, SourceProblem.
    """
    refuse_unruled(period)
    _refuse(reason, files=files, document_number=document_number)
    await _require_two(runtime, requested_by, approver)
    known_at = as_of or stated_as_of([(file.name, file.body) for file in files]) or runtime.clock()
    window = Window(period, known_at, runtime.settings.of(source.name).page_size)
    async with runtime.database.exclusive(lock_name(source, window)):
        async with runtime.database.read() as connection:
            before = await store.latest_snapshot(connection, source=source.name, period=period)
            await refuse_passing_over(connection, period, source.name)
        if before is None:
            raise NotFrozen(f"{source.name} {period} has no snapshot yet", hint="Freeze it first.")
        if as_of is not None:
            async with runtime.database.read() as connection:
                bounds = {"frozen": before.as_of, "now": runtime.clock()}
                await refuse_as_of_outside(connection, period, source.name, as_of, **bounds)
        _refuse_reports_passed_over(source, before, files)
        after = Supersession(before, requested_by=requested_by, approver=approver, reason=reason)
        pull = new_pull(source, window, purpose="supersede", actor=approver, command_id=command_id)
        if not files:
            return await take(runtime, await begin(runtime, pull), after)
        official = Official(tuple(files), document_number=document_number or "", reason=reason, author=requested_by)
        return await take_file(runtime, await begin_file(runtime, pull, official), official, after)


async def take_in(
    runtime: Runtime,
    source: Source,
    period: Period,
    *,
    look: str,
    requested_by: str,
    approver: str,
    reason: str,
    command_id: str | None = None,
) -> FrozenSnapshot:
    """The header of version n + 1: the frozen rows, and of the second look ``look`` those alone that it found changed and that
    nobody left out (scheme §2). Nothing is asked of the source: what is taken is what people were shown.

    Raises PeriodUnruled, InputInvalid without a reason, SamePerson, NotFrozen, NothingToTake.
    """
    refuse_unruled(period)
    _refuse(reason, files=(), document_number=None)
    await _require_two(runtime, requested_by, approver)
    async with runtime.database.read() as connection:
        changes = [
            each for each in await open_changes(connection, period) if (each.source, each.pull_id) == (source.name, look)
        ]
    if not changes:
        raise NothingToTake(f"{source.name} {period}: nothing that {look} found is open", hint="See what holds the month now.")
    window = Window(period, changes[0].known_at, runtime.settings.of(source.name).page_size)
    async with runtime.database.exclusive(lock_name(source, window)):
        async with runtime.database.read() as connection:
            before = await store.latest_snapshot(connection, source=source.name, period=period)
        if before is None:
            raise NotFrozen(f"{source.name} {period} has no snapshot yet", hint="Freeze it first.")
        if before.snapshot_id != changes[0].snapshot_id:
            raise NothingToTake(f"{look} was compared with {changes[0].snapshot_id}", hint="See what holds the month now.")
        after = Supersession(before, requested_by=requested_by, approver=approver, reason=reason)
        asked = new_pull(source, window, purpose="supersede", actor=approver, command_id=command_id)
        pull = await begin(runtime, replace(asked, resumes=look))
        try:
            rows = [TakenRow(each.task_id, each.agency, each.kind) for each in changes]
            capture = await captured(runtime, pull, after)
            return await commit_composed(runtime, capture, Taking(look, window.as_of, rows))
        except DomainError as problem:
            await failed(runtime, pull, problem)
            raise


async def _require_two(runtime: Runtime, requested_by: str, approver: str) -> None:
    async with runtime.database.read() as connection:
        if await same_person(connection, requested_by, approver):
            raise SamePerson(f"{approver} asked for this version and cannot approve it", hint="Have another person approve it.")


def _refuse(reason: str, *, files: Sequence[GivenFile], document_number: str | None) -> None:
    if not reason.strip():
        raise InputInvalid("a superseding snapshot needs a reason", faults=[Fault("reason", "empty")])
    if files and not (document_number or "").strip():
        raise InputInvalid("an official file needs its document number", faults=[Fault("document_number", "empty")])


def _refuse_reports_passed_over(source: Source, before: FrozenSnapshot, files: Sequence[GivenFile]) -> None:
    """The file speaks of bodies that never handed in a report here; they would vanish without a word."""
    if source.origin == "intake" and before.origin == "official_file" and not files:
        hint = "Supersede it by an official file that holds the reports handed in as well."
        raise ByFileOnly(f"{before.snapshot_id} came by official file", hint=hint)
