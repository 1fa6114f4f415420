"""Schemas and tables, the moves of each workflow, the queue's tables, the 56 bodies, the days off known in November 2026.

Tables lie in migrations/baseline, rows of the registry and the calendar in migrations/data/0001_*.csv: both are frozen with
this migration. Later tables and columns are later migrations; later facts are later rows, entered through the product.
"""

from __future__ import annotations

import csv
from typing import Any

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from migrations.sql import ROOT, refuse_downgrade, run, run_file

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Each file after those that its foreign keys name.
TABLES = (
    "schemas", "audit", "registry", "access", "operations", "deadlines", "snapshots", "scoring", "queue", "reports",
    "registers", "signatures", "units", "feedback", "events",
)  # fmt: skip
FIRST_DAY = "2025-03-01"


def upgrade() -> None:
    for name in TABLES:
        run_file(ROOT / "baseline" / f"{name}.sql")
    run("SET LOCAL search_path = queue")
    run(SchemaManager.get_schema())
    run("SET LOCAL search_path = public")
    load_registry()


def load_registry() -> None:
    bind = op.get_bind()
    bind.execute(
        text("INSERT INTO audit.entry (actor, action, object, reason) VALUES (:actor, 'registry.load', 'registry', :reason)"),
        {"actor": "migration:0001", "reason": "Danh mục 56 cơ quan được chấm điểm (QĐ 4585/QĐ-BKHCN phụ lục mục 1.b)"},
    )
    bind.execute(
        text(
            "INSERT INTO registry.agency (code, valid_from, revision, valid_to, kind, name_vi, name_en, nso_code,"
            " head_title_vi, head_title_en, document) VALUES (:code, CAST(:valid_from AS date), 1, CAST(:valid_to AS date),"
            " :kind, :name_vi, :name_en, :nso_code, :head_title_vi, :head_title_en, :document)"
        ),
        read("agencies"),
    )
    bind.execute(
        text(
            "INSERT INTO registry.alias (spelling_key, valid_from, revision, code, spelling, document)"
            f" VALUES (:spelling_key, DATE '{FIRST_DAY}', 1, :code, :spelling, :document)"
        ),
        read("aliases"),
    )
    bind.execute(
        text(
            "INSERT INTO registry.collective (rule_id, phrase_key, phrase, kinds, valid_from, document)"
            f" VALUES (:rule_id, :phrase_key, :phrase, string_to_array(:kinds, '|'), DATE '{FIRST_DAY}', :document)"
        ),
        read("collectives"),
    )
    bind.execute(
        text("INSERT INTO control.calendar_day (day, revision, kind, reason) VALUES (CAST(:date AS date), 1, :kind, :reason)"),
        read("calendar_days"),
    )


def read(name: str) -> list[dict[str, Any]]:
    with (ROOT / "data" / f"0001_{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(lines)]


def downgrade() -> None:
    refuse_downgrade()
