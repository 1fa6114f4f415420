"""Facts of the other services, written as their roles: demo figures, marked as such, scored by the real engine."""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.beside import NOTHING_BESIDE, Beside, what_stands_beside
from services.scoring.exports.bundle import month_root
from services.scoring.publication_key import PublicationKey
from services.scoring.publish import record_certificate
from services.scoring.readings import readings_of
from services.scoring.records import Computed
from services.scoring.renderings import render_all, with_bundle, with_meeting
from services.scoring.sheet_document import document_of
from services.scoring.store import insert_readings
from shared import audit
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Database
from shared.ids import new_id
from shared.inputs import Inputs, Snapshot
from shared.law.document import render
from shared.law.readings import Readings
from shared.law.restored import restored
from shared.law.revisions import Law
from shared.law.scheme import legal_cutoff, legal_report_deadline, scheme_for
from shared.law.sheet import ENGINE_VERSION, AgencyInput, score
from shared.period import Period
from shared.plans.difference import difference_of
from shared.plans.published import former_version
from shared.registry_store import load_registry
from shared.tables.ingest import changed_completion, finding, pull, pull_outcome, snapshot
from shared.tables.revisions import scheme_shadow
from shared.tables.scoring import publication, rendering, run, score_plan

Under = Callable[[Readings], Awaitable[dict[str, Any] | None]]

# Of a difference that nobody looked at.
SEEN = sha256_hex(b"")
NOTICE = "số liệu minh họa để kiểm thử (demo data)"
_numbers = itertools.count(1)
# By body, measures.
Figures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Published:
    """What was published: the bytes of the whole sheet and of one agency."""

    publication_id: str
    run_id: str
    version: int
    json: bytes
    csv: bytes
    digest: str


@dataclass(frozen=True)
class Seeds:
    """Writes as scoring and ingest on one database."""

    url: str

    async def run(
        self,
        period: str = "2026-01",
        *,
        actor: str = "local:demo",
        reports: Snapshot | None = None,
        system57: str | None = None,
        figures: Figures = MappingProxyType({}),
    ) -> dict[str, Any]:
        """A run of the whole registry; every call has other figures. ``reports`` is the snapshot of reports it rests on, and
        ``system57`` the id of that source's; an invented one else. ``figures`` by body stand in place of invented ones."""
        database = Database(self.url, role="scoring")
        try:
            async with database.transaction() as connection:
                registry = await load_registry(connection, Period.parse(period).last_day)
                row = _run_row(period, actor, tuple(registry.agencies.values()), reports, system57, figures)
                await connection.execute(run.insert().values(**row))
                await audit.record(connection, actor, "score.compute", row["run_id"], reason=NOTICE)
        finally:
            await database.close()
        return row

    async def publish(
        self,
        period: str = "2026-01",
        *,
        version: int,
        actor: str = "local:demo",
        reports: Snapshot | None = None,
        at: datetime | None = None,
        meeting: bool = False,
        bundled: bool = False,
        months: bool = False,
        key: PublicationKey | None = None,
        release_at: datetime | None = None,
        figures: Figures = MappingProxyType({}),
    ) -> Published:
        """A run and its publication, as the scoring service writes them; the document for the meeting, which takes a second and
        is signed with a ``key``, all in one file, and what pages tell of other months only where they are asked for."""
        row = await self.run(period, actor=actor, reports=reports, figures=figures)
        header = {
            "publication_id": new_id("pub"),
            "period": period,
            "version": version,
            "run_id": row["run_id"],
            "publisher": "local:second",
            "reason": NOTICE,
            "published_at": at or datetime.now(UTC),
            "release_at": release_at,
        }
        computed = Computed(run_id=row["run_id"], sheet=row["sheet"], result_digest=row["result_digest"])
        scheme = scheme_for(Period.parse(period))
        beside = await self._beside(period, row["run_id"]) if months else NOTHING_BESIDE
        renderings = list(render_all(computed, header, scheme, beside=beside))
        if meeting:
            renderings = await with_meeting(header, renderings, scheme, await self._beside(period, row["run_id"]), key)
        if bundled:
            certificate = None if key is None else key.fingerprint
            header |= {"root": month_root(renderings, scheme), "certificate": certificate}
            renderings = with_bundle(header, renderings, scheme, certificate)
        header["digest"] = renderings[0]["digest"]
        await self.insert_publication(header, renderings, key)
        whole, table = renderings[0], renderings[1]
        return Published(header["publication_id"], row["run_id"], version, whole["body"], table["body"], whole["digest"])

    async def _beside(self, period: str, run_id: str) -> Beside:
        database = Database(self.url, role="scoring")
        try:
            async with database.read() as connection:
                return await what_stands_beside(connection, Period.parse(period), run_id)
        finally:
            await database.close()

    async def score_plan(self, period: str = "2026-01") -> str:
        """Of a run of other figures, against what is published, as the scoring service writes it; no run is stored."""
        database, plan_id = Database(self.url, role="scoring"), new_id("splan")
        async with database.transaction() as connection:
            registry = await load_registry(connection, Period.parse(period).last_day)
            row = _run_row(period, "key:o", tuple(registry.agencies.values()))
            former = await former_version(connection, Period.parse(period))
            difference = difference_of(former, restored(json.loads(row["sheet"])), row["result_digest"])
            score = {"agency": "G06", "indicator": "A1", "because": ["own"]}
            stood = None if former is None else {"run_id": former.run_id, "version": former.version}
            stale = [] if stood is None else [{**stood, "changed": [], "scores": [score]}]
            same = ("period", "actor", "reason", "inputs", "inputs_digest", "scheme", "scheme_digest", "engine_version")
            values = {name: row[name] for name in (*same, "result_digest", "provisional", "agrees")}
            values |= {"against": former and former.publication_id, "difference": difference.bytes, "digest": difference.digest}
            await connection.execute(score_plan.insert().values(**values, plan_id=plan_id, stale=stale))
            await audit.record(connection, "key:o", "score.plan", plan_id, reason=NOTICE)
        await database.close()
        return plan_id

    async def shadow_run(self, revision_id: str, *, agrees: bool = True) -> str:
        """As the scoring service writes it: one month, one body that moves."""
        digest, shadow_id = "sha256:" + "a" * 64, new_id("shd")
        moved = {"before": 71, "after": 72}
        still = {name: {"before": each, "after": each} for name, each in (("grade", "B"), ("rank", 1), ("missing", []))}
        exact = {"total_exact": {"before": "71", "after": "72"}, "shown_total": {"before": "71.00", "after": "72.00"}}
        body = {"agency": "G06", "name_vi": NOTICE, "total": moved, **exact, **still}
        month = {
            "period": "2026-01", "inputs_digest": digest, "revision_before": None, "before": digest, "after": digest,
            "agrees": agrees, "body_count": 56, "changed_totals": 1, "changed_grades": 0, "changed_ranks": 0, "changed": [body],
        }  # fmt: skip
        values = {"shadow_id": shadow_id, "revision_id": revision_id, "periods": ["2026-01"], "impact": {"months": [month]}}
        database = Database(self.url, role="scoring")
        async with database.transaction() as connection:
            given = {**values, "digest": digest, "agrees": agrees, "actor": "key:o", "reason": NOTICE}
            await connection.execute(scheme_shadow.insert().values(**given))
            await audit.record(connection, "key:o", "scheme.shadow", shadow_id, reason=NOTICE)
        await database.close()
        return shadow_id

    async def insert_publication(
        self, header: dict[str, Any], renderings: Sequence[dict[str, Any]], key: PublicationKey | None = None
    ) -> None:
        database = Database(self.url, role="scoring")
        try:
            async with database.transaction() as connection:
                if key is not None:
                    await record_certificate(connection, key)
                await connection.execute(publication.insert().values(**{"plan_digest": SEEN, **header}))
                await connection.execute(rendering.insert(), list(renderings))
                await audit.record(connection, "local:second", "score.publish", header["publication_id"], reason=NOTICE)
        finally:
            await database.close()

    async def keep_readings(self, made: Published, under: Under | None = None) -> None:
        """The readings of a published run, as scoring keeps them; without ``under`` by the real engine, from figures alone."""
        document = json.loads(made.json)
        scheme = scheme_for(Period.parse(document["period"]))
        kept = await readings_of(Law(scheme), document, under or _from_figures(document))
        database = Database(self.url, role="scoring")
        try:
            async with database.transaction() as connection:
                await insert_readings(connection, [each.values(made.run_id) for each in kept])
                await audit.record(connection, "local:demo", "score.compute", made.run_id, reason=NOTICE)
        finally:
            await database.close()

    async def freeze(
        self,
        source: str = "system57",
        period: str = "2026-01",
        *,
        version: int = 1,
        supersedes: str | None = None,
        as_of: datetime | None = None,
        evidence: Mapping[str, Any] = MappingProxyType({}),
        rows: Mapping[str, Sequence[dict[str, Any]]] = MappingProxyType({}),
    ) -> str:
        """A pull, a warning about it and a snapshot with these rows; returns the snapshot's id."""
        database = Database(self.url, role="ingest")
        pull_id, snapshot_id = new_id("pull"), f"snap_{next(_numbers):064x}"
        now = datetime.now(UTC)
        second = {"reason": NOTICE, "requested_by": "local:first", "approver": "local:second"} if supersedes else {}
        header = {"snapshot_id": snapshot_id, "source": source, "period": period, "version": version, "pull_id": pull_id}
        known = {"as_of": as_of or now, "captured_at": now, "row_count": 0, "root": sha256_hex(b""), "origin": "official_file"}
        try:
            async with database.transaction() as connection:
                await connection.execute(pull.insert().values(**_pull(pull_id, source, period, now)))
                outcome = {"pull_id": pull_id, "state": "complete", "row_count": 0, "root": sha256_hex(b"")}
                await connection.execute(pull_outcome.insert().values(**outcome))
                await connection.execute(finding.insert().values(**_finding(pull_id, source, period)))
                await connection.execute(
                    snapshot.insert().values(
                        **header, **known, **second, supersedes=supersedes, clock_skew_seconds="0.25",
                        manifest=canonical_bytes({"source": source, "notice": NOTICE, "datasets": []}),
                        evidence={"notices": [NOTICE], **evidence},
                    )
                )  # fmt: skip
                pk = await connection.scalar(select(snapshot.c.pk).where(snapshot.c.snapshot_id == snapshot_id))
                for dataset, lines in rows.items():
                    await _write_rows(connection, dataset, int(pk or 0), lines)
                await audit.record(connection, "local:demo", "snapshot.freeze", snapshot_id, reason=NOTICE)
        finally:
            await database.close()
        return snapshot_id

    async def looked(
        self,
        period: str,
        changes: Sequence[Mapping[str, Any]],
        *,
        snapshot: str,
        as_of: datetime,
        unread: Sequence[str] = (),
    ) -> str:
        """A second look of System 57's month that found these completions changed, and could not read a task of the bodies
        ``unread``; returns the pull's id."""
        database = Database(self.url, role="ingest")
        try:
            async with database.transaction() as connection:
                pull_id = await insert_look(connection, period, changes, snapshot=snapshot, as_of=as_of)
                for agency in unread:
                    told = {"code": "ING-ROW-ASIDE", "detail": {"agency": agency, "dataset": "task_assignments"}}
                    await connection.execute(finding.insert().values(**_finding(pull_id, "system57", period) | told))
                await audit.record(connection, "local:demo", "pull.complete", pull_id, reason=NOTICE)
        finally:
            await database.close()
        return pull_id

    async def counted(self, figures: Mapping[str, int], period: str = "2026-01", *, version: int, **words: Any) -> str:
        """A snapshot of the national database's month: of each body the records of one invented database."""
        named = {"database": "CSDL-MH", "database_name": "Cơ sở dữ liệu minh họa", "listed": True}
        lines = [{"agency_code": code, **named, "new_records": count} for code, count in sorted(figures.items())]
        return await self.freeze("national_database", period, version=version, rows={"database_growth": lines}, **words)


async def insert_look(
    connection: AsyncConnection, period: str, changes: Sequence[Mapping[str, Any]], *, snapshot: str, as_of: datetime
) -> str:
    """The facts of a second look of System 57 that came to its end; returns the pull's id."""
    pull_id = new_id("pull")
    asked = {**_pull(pull_id, "system57", period, as_of), "purpose": "second_look"}
    await connection.execute(pull.insert().values(**asked))
    outcome = {"pull_id": pull_id, "state": "complete", "row_count": 0, "root": sha256_hex(b"")}
    await connection.execute(pull_outcome.insert().values(**outcome))
    place = {"pull_id": pull_id, "source": "system57", "period": period, "snapshot_id": snapshot}
    if changes:
        await connection.execute(changed_completion.insert(), [{**place, **each} for each in changes])
    return pull_id


async def _write_rows(connection: AsyncConnection, dataset: str, pk: int, lines: Sequence[dict[str, Any]]) -> None:
    words = {"dataset": dataset, "pk": pk}
    part = await connection.scalar(text("SELECT ingest.open_rows(:dataset, :pk)"), words)
    for ordinal, line in enumerate(lines):
        names = ("ordinal", *line)
        places = ", ".join(f":{name}" for name in names)
        statement = f"INSERT INTO ingest.{part} ({', '.join(names)}) VALUES ({places})"
        await connection.execute(text(statement), {"ordinal": ordinal, **line})
    await connection.execute(text("SELECT ingest.seal_rows(:dataset, :pk)"), words)


def _from_figures(document: dict[str, Any]) -> Under:
    sheet = restored(document).sheet

    async def under(readings: Readings) -> dict[str, Any] | None:
        if readings.row_rules(sheet.scheme):
            return None
        return render(score(sheet.scheme, sheet.period, sheet.agencies, readings=readings))

    return under


def _run_row(
    period: str,
    actor: str,
    bodies: tuple[Any, ...],
    reports: Snapshot | None = None,
    system57: str | None = None,
    figures: Figures = MappingProxyType({}),
) -> dict[str, Any]:
    month, number = Period.parse(period), next(_numbers)
    scheme = scheme_for(month)
    cutoff = legal_cutoff(month).astimezone(UTC)
    frozen = Snapshot(1, system57 or f"snap_{number:064x}", "system57", 1, "official_file", cutoff)
    inputs = Inputs(
        period=month,
        cutoff=legal_cutoff(month) + timedelta(microseconds=number),
        deadline=legal_report_deadline(month),
        agencies=bodies,
        snapshots={"system57": frozen} | ({} if reports is None else {"agency_report": reports}),
        rulings=[],
        exemptions=[],
    )
    given = [
        AgencyInput(
            code=body.code, kind=body.kind, measures={**_measures(scheme.measures, at + number), **figures.get(body.code, {})}
        )
        for at, body in enumerate(bodies)
    ]
    document = document_of(score(scheme, month, given), inputs)
    sheet = canonical_bytes(document)
    return {
        "run_id": new_id("run"),
        "period": period,
        "actor": actor,
        "reason": NOTICE,
        "inputs": inputs.bytes(),
        "inputs_digest": inputs.digest(),
        "scheme": scheme.id,
        "scheme_digest": scheme.digest,
        "engine_version": ENGINE_VERSION,
        "sheet": sheet,
        "result_digest": sha256_hex(sheet),
        "provisional": document["provisional"],
        "agrees": True,
    }


def _measures(names: Any, number: int) -> dict[str, Any]:
    """Figures that obey the law's cross-checks; the denominators are the larger ones."""
    large = {"period_tasks", "registered_tasks", "meetings_summoned", "kpis_required", "allocated_vnd"}
    figures: dict[str, Any] = {name: 20 + number if name in large else number % 7 for name in names}
    return {**figures, "bonus_points": number % 6, "transparency": Fraction(number % 180, 10)}


def _pull(pull_id: str, source: str, period: str, now: datetime) -> dict[str, Any]:
    values = {"pull_id": pull_id, "source": source, "period": period, "purpose": "freeze", "origin": "official_file"}
    return {**values, "contract": f"{source}/1.0", "as_of": now, "actor": "local:demo"}


def _finding(pull_id: str, source: str, period: str) -> dict[str, Any]:
    words = {"code": "demo", "severity": "warning", "message_vi": NOTICE, "message_en": "demo data", "detail": {}}
    return {"pull_id": pull_id, "source": source, "period": period, **words}
