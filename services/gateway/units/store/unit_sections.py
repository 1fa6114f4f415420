"""Sections that units send, returns, assemblies, and what the sources count beside them. Row security holds here too."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.units.store.records import Assembly, FormerSection, FrozenSource, OfficialFigure, Section
from shared.database import every, one
from shared.tables.units import unit_assembly, unit_section

# A section with its return, and the submissions (not reverted) that it went into.
_WHOLE = """
SELECT s.*, b.reason AS returned_reason, b.actor AS returned_by, b.recorded_at AS returned_at,
       coalesce(used.assembled_in, '[]'::jsonb) AS assembled_in
  FROM intake.unit_section AS s
  LEFT JOIN intake.unit_section_return AS b USING (section_id)
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_object('assembly_id', m.assembly_id, 'submission', r.sequence, 'revision', m.revision)
                        ORDER BY m.assembly_id) AS assembled_in
         FROM intake.unit_assembly_section AS p JOIN intake.unit_assembly AS m USING (assembly_id)
         JOIN intake.submission AS r USING (submission_id)
        WHERE p.section_id = s.section_id
          AND NOT EXISTS (SELECT FROM intake.transition AS t
                           WHERE t.submission_id = r.submission_id AND t.to_state = 'reverted')
       ) AS used ON true
 WHERE s.agency = :agency AND s.period = :period
"""
_TYPES = {name: unit_section.c[name].type for name in ("content", "summary", "findings")}
_TYPES |= {"assembled_in": unit_section.c.content.type}
_OF_INDICATOR = text(_WHOLE + " AND s.indicator = :indicator ORDER BY s.version").columns(**_TYPES)
_LATEST = text(
    _WHOLE
    + """ AND NOT EXISTS (SELECT FROM intake.unit_section AS n WHERE n.agency = s.agency AND n.period = s.period
                           AND n.indicator = s.indicator AND n.version > s.version) ORDER BY s.indicator"""
).columns(**_TYPES)
_FORMER = text("""
SELECT s.section_id, s.period, s.version, s.content
  FROM intake.unit_section AS s LEFT JOIN intake.unit_section_return AS b USING (section_id)
 WHERE s.agency = :agency AND s.indicator = :indicator AND s.period < :period AND s.period >= :since AND b.section_id IS NULL
 ORDER BY s.period DESC, s.version DESC LIMIT 1
""").columns(content=unit_section.c.content.type)

_ASSEMBLIES = """
SELECT m.assembly_id, m.submission_id, m.revision, m.agency, m.plan_id, m.left_out, m.reason, m.actor, m.recorded_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                 'section_id', s.section_id, 'indicator', s.indicator, 'unit', s.unit, 'version', s.version,
                 'digest', p.digest, 'late', s.late, 'author', s.actor) ORDER BY s.indicator), '[]'::jsonb)
          FROM intake.unit_assembly_section AS p JOIN intake.unit_section AS s USING (section_id)
         WHERE p.assembly_id = m.assembly_id) AS sections
  FROM intake.unit_assembly AS m WHERE m.submission_id = :submission_id
"""
_SHAPES = {"left_out": unit_assembly.c.left_out.type, "sections": unit_assembly.c.left_out.type}
_ASSEMBLIES_OF = text(_ASSEMBLIES + " AND m.revision > :after ORDER BY m.revision LIMIT :limit").columns(**_SHAPES)
_ASSEMBLY = text(_ASSEMBLIES + " AND m.assembly_id = :assembly_id").columns(**_SHAPES)

_OFFICIAL = text("""
SELECT measure, value, source, snapshot_id, version FROM ingest.official_figures WHERE agency = :agency AND period = :period
""")
_FROZEN = text("""
SELECT DISTINCT ON (source) source, snapshot_id, version FROM ingest.snapshot
 WHERE period = :period ORDER BY source, version DESC
""")


async def sections_of(connection: AsyncConnection, *, agency: str, period: str, indicator: str) -> list[Section]:
    """Every version, the first first."""
    return await every(connection, Section, _OF_INDICATOR, {"agency": agency, "period": period, "indicator": indicator})


async def latest_sections(connection: AsyncConnection, *, agency: str, period: str) -> dict[str, Section]:
    """The last version of each indicator's section, returned ones too."""
    return {line.indicator: line for line in await every(connection, Section, _LATEST, {"agency": agency, "period": period})}


async def former_section(
    connection: AsyncConnection, *, agency: str, indicator: str, period: str, since: str
) -> FormerSection | None:
    """Of the months from ``since`` on and before ``period`` the last that has one."""
    asked = {"agency": agency, "indicator": indicator, "period": period, "since": since}
    return await one(connection, FormerSection, _FORMER, asked)


async def list_assemblies(connection: AsyncConnection, submission_id: str, *, after: int | None, limit: int) -> list[Assembly]:
    """By the revision each made."""
    return await every(
        connection, Assembly, _ASSEMBLIES_OF, {"submission_id": submission_id, "after": after or 0, "limit": limit}
    )


async def find_assembly(connection: AsyncConnection, submission_id: str, assembly_id: str) -> Assembly | None:
    return await one(connection, Assembly, _ASSEMBLY, {"submission_id": submission_id, "assembly_id": assembly_id})


async def official_figures(connection: AsyncConnection, *, agency: str, period: str) -> dict[str, OfficialFigure]:
    """What the sources count of the agency in the latest version of each, by measure."""
    found = await every(connection, OfficialFigure, _OFFICIAL, {"agency": agency, "period": period})
    return {line.measure: line for line in found}


async def frozen_sources(connection: AsyncConnection, period: str) -> dict[str, FrozenSource]:
    """The latest snapshot of each source that is frozen, whatever it says of whom."""
    return {line.source: line for line in await every(connection, FrozenSource, _FROZEN, {"period": period})}
