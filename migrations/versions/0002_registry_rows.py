"""The 56 bodies of QĐ 4585, their spellings, the collective phrases, and the days off known in November 2026.

Rows lie in migrations/data/0002_*.csv, frozen with this migration; later facts are later rows, entered through the product.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DATA = Path(__file__).parents[1] / "data"
FIRST_DAY = "2025-03-01"


def read(name: str) -> list[dict[str, Any]]:
    with (DATA / f"0002_{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(lines)]


def upgrade() -> None:
    bind = op.get_bind()
    bind.execute(
        text("INSERT INTO audit.entry (actor, action, object, reason) VALUES (:actor, 'registry.load', 'registry', :reason)"),
        {"actor": "migration:0002", "reason": "Danh mục 56 cơ quan được chấm điểm (QĐ 4585/QĐ-BKHCN phụ lục mục 1.b)"},
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


def downgrade() -> None:
    """Only an empty product can go back: the guards are lifted for the owner inside this one transaction."""
    for table in ("registry.agency", "registry.alias", "registry.collective", "control.calendar_day"):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(f"DELETE FROM {table}")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
