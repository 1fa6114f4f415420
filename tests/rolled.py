"""A quarter or year in the database, of months that nobody published: for tests that need one there, not how it came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from services.gateway.publication.roll_ups import Release, draft_of, published_csv, published_document
from shared.canonical import canonical_bytes, sha256_hex
from shared.ids import new_id
from shared.period import Span

NOTICE = "minh họa"
LATER = datetime(2099, 1, 1, tzinfo=UTC)


def insert_roll_up(superuser_url: str, span: str, *, agencies: tuple[str, ...] = ("G06", "H38"), published: bool) -> str:
    """Its id, with a line a body and, of the first one, an agreement. Triggers do not look."""
    asked = Span.parse(span)
    months = [
        {"period": str(each), "version": 1, "publication_id": new_id("pub"), "digest": sha256_hex(str(each).encode())}
        for each in asked.months
    ]
    draft = draft_of(asked, months, [_sheet(agencies) for _ in months])
    roll_up_id = new_id("rup")
    with psycopg.connect(superuser_url) as at:
        at.execute("SET session_replication_role = replica")
        for table, row in _rows(roll_up_id, draft.digest, draft.lines, months, span):
            _insert(at, table, row)
        if published:
            release = Release(
                roll_up=roll_up_id,
                version=1,
                published_at=datetime.now(UTC),
                check_until=LATER,
                reason=NOTICE,
                verdicts={agencies[0]: "agrees"},
            )
            document = published_document(asked, draft, release)
            body, table_of = canonical_bytes(document), published_csv(document)
            out = {"span": span, "version": 1, "json": body, "csv": table_of, "digest": sha256_hex(body)}
            said = {
                "csv_digest": sha256_hex(table_of),
                "actor": "key:p",
                "reason": NOTICE,
                "published_at": release.published_at,
            }
            _insert(at, "control.roll_up_publication", {"roll_up_id": roll_up_id, **out, **said})
    return roll_up_id


def _sheet(agencies: tuple[str, ...]) -> bytes:
    told = {"name_vi": NOTICE, "name_en": NOTICE, "kind": "ministry", "missing": []}
    lines = [
        {"agency": each, "total": 70 + place, "total_exact": f"{139 + 2 * place}/2"} for place, each in enumerate(agencies)
    ]
    return json.dumps({"agencies": [{**told, **line, "rank": 1} for line in lines]}).encode()


def _rows(roll_up_id: str, digest: str, lines: Any, months: Any, span: str) -> Iterator[tuple[str, dict[str, Any]]]:
    about = {"roll_up_id": roll_up_id, "span": span, "months": Jsonb(months), "body_count": len(lines), "digest": digest}
    yield "control.roll_up", {**about, "check_until": LATER, "actor": "key:o", "reason": NOTICE}
    for line in lines:
        yield "control.roll_up_line", {"roll_up_id": roll_up_id, "agency": line["agency"], "line": Jsonb(line)}
    check = {"check_id": new_id("rchk"), "roll_up_id": roll_up_id, "agency": lines[0]["agency"]}
    yield "control.roll_up_check", {**check, "verdict": "agrees", "actor": "key:s"}


def _insert(at: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> None:
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    at.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))  # type: ignore[arg-type]
