"""A small invented sheet as it is published, with every state a score can have; demo figures throughout."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.scoring.beside import Beside
from services.scoring.records import Computed, Former
from services.scoring.renderings import Decided, render_all
from services.scoring.sheet_document import document_of
from services.scoring.superseded import Superseded
from services.scoring.two_sources import Figure
from shared.canonical import canonical_bytes, sha256_hex
from shared.inputs import Exemption, Inputs, Ruling, Snapshot
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.law.scheme import Scheme, legal_cutoff, legal_report_deadline, packaged_schemes
from shared.law.sheet import AgencyInput, score
from shared.measures.frame import SOURCES
from shared.public_pages.months import History
from shared.registry import Agency, Head

NOTICE = "DỮ LIỆU MÔ PHỎNG: số giả định để kiểm thử."
PUBLISHED_AT = datetime(2026, 2, 10, 2, 30, tzinfo=UTC)
PLAIN, GAPS, BARRED, IDLE = "G06", "H38", "G27", "H61"
_BODIES = (
    Agency(PLAIN, "ministry", "Bộ Khoa học và Công nghệ", "Ministry of Science", "Bộ trưởng", "Minister", "Họ Tên Mẫu", None),
    Agency(BARRED, "government_agency", "Viện <Mẫu> & Cộng sự", "Academy", "Chủ tịch Viện", "President", None, None),
    Agency(GAPS, "province", "Ủy ban nhân dân tỉnh Lào Cai", "Lao Cai", "Chủ tịch tỉnh", "Chairman", None, None),
    Agency(IDLE, "province", "Ủy ban nhân dân tỉnh Vĩnh Long", "Vinh Long", "Chủ tịch tỉnh", "Chairman", None, None),
)
# Two heads in one month, the second at its end; of the others nobody was entered.
_HEADS = {
    PLAIN: (
        Head(name="Tên Trước Mẫu", title_vi="Quyền Bộ trưởng", title_en="Acting Minister",
             valid_from=date(2025, 11, 3), valid_to=date(2026, 1, 14)),
        Head(name="Họ Tên Mẫu", title_vi="Bộ trưởng", title_en="Minister", valid_from=date(2026, 1, 15), valid_to=None),
    )
}  # fmt: skip
_FIGURES: dict[str, Any] = {
    "period_tasks": 12, "on_time_tasks": 7, "late_tasks": 2,
    "transparency": Decimal("17.5"), "progress": Decimal("18.25"), "online_services": 20, "satisfaction": 15,
    "digitisation": Decimal("9.06"),
    "digitised_records": 1042413, "exchange_transactions": 3142719,
    "accepted_tasks": 10, "registered_tasks": 22, "disbursed_vnd": 250, "allocated_vnd": 200,
    "meetings_attended": 1, "meetings_summoned": 2, "speeches": 1, "thematic_reports": 0,
    "kpis_updated": 5, "kpis_required": 6, "bonus_points": 3,
}  # fmt: skip


OMITTED = [
    {
        "omission_id": "omit_1", "kind": "recorded_late", "title_vi": "Ghi nhận muộn", "title_en": "Recorded late",
        "source": "system57", "reason": "Chưa đủ hồ sơ (minh họa)", "document": "56/KL-MẪU",
        "bodies": [{"agency": PLAIN, "count": 2, "points": "3.00", "exact": "3"},
                   {"agency": GAPS, "count": 41, "points": None, "exact": None}],
    }
]  # fmt: skip


TAKEN_IN = [
    {
        "source": "ndxp", "version": 2, "kind": "taken_back", "title_vi": "Bị trả lại", "title_en": "Taken back",
        "snapshot": "snap_mau", "reason": "Bổ sung (minh họa)", "requested_by": "key:a", "approver": "key:b",
        "captured_at": "2026-02-09T08:00:00+07:00", "bodies": [{"agency": PLAIN, "count": 3}],
    }
]  # fmt: skip


PUT_ASIDE = [
    {
        "source": "public_service_portal", "version": 1, "snapshot": "snap_mau", "dataset": "service_scores",
        "bodies": [{"agency": IDLE, "count": 1, "checks": ["portal_maximum"], "state": "given_again", "by_version": 2},
                   {"agency": GAPS, "count": 2, "checks": ["row_twice"], "state": "stands", "by_version": None}],
    }
]  # fmt: skip


FOLLOWS = {
    "version": 1, "publication": "pub_former", "digest": "sha256:0", "causes": ["rulings", "snapshots"],
    "bodies": [{"agency": GAPS, "total": {"from": 61, "to": 63}, "shown_total": {"from": "61.20", "to": "63.15"},
                "grade": {"from": "D", "to": "B"}, "rank": {"from": 3, "to": 2}, "indicators": ["C2"]}],
}  # fmt: skip


def former(period: str, version: int, totals: dict[str, tuple[int, str, int, str]]) -> Former:
    """An invented sheet of an earlier month, with no more in it than is read of it: body → total, exact total, rank, grade."""
    lines = [
        {
            "agency": code,
            "total": total,
            "total_exact": exact,
            "rank": rank,
            "grade": grade,
            "indicators": {},
            "secret": "bí mật",
        }
        for code, (total, exact, rank, grade) in totals.items()
    ]
    top = {"period": period, "version": version, "publication": f"pub_{period}", "scheme_digest": "sha256:0"}
    body = canonical_bytes({**top, "published_at": "2026-01-09T10:00:00+07:00", "agencies": lines})
    return Former(period=period, version=version, publication=top["publication"], digest=sha256_hex(body), body=body)


# October was never published; December was corrected, and one body was not in it.
FORMER = (
    former("2025-08", 1, {PLAIN: (51, "51", 2, "C"), GAPS: (33, "33", 3, "D")}),
    former("2025-09", 1, {PLAIN: (58, "115/2", 1, "C"), GAPS: (40, "40", 3, "D")}),
    former("2025-11", 1, {PLAIN: (60, "60", 1, "C"), GAPS: (41, "41", 3, "D")}),
    former("2025-12", 3, {PLAIN: (57, "5681/100", 2, "C"), GAPS: (44, "44", 4, "D"), IDLE: (90, "90", 1, "A")}),
)
NEXT_MONTH = {"period": "2026-02", "cutoff": "2026-03-02T00:00:00+07:00", "report_deadline": "2026-03-06T17:30:00+07:00"}


REGISTER = {
    "readings": [
        {"id": "B-1", "alternatives": [{"id": "table", "agencies_moved": 31, "grades_moved": 2, "ranks_moved": 17}]},
        {"id": "G-6", "alternatives": [{"id": "any", "agencies_moved": None, "grades_moved": None, "ranks_moved": None}]},
    ]
}


def beside() -> Beside:
    return Beside(FORMER, NEXT_MONTH, REGISTER)


def history() -> History:
    return beside().history()


def scheme() -> Scheme:
    return packaged_schemes()[0]


def run() -> Computed:
    """The row of a run, as scoring stores it, with gaps that would keep a real one from being published."""
    period = scheme().first_period
    pool = [
        AgencyInput(PLAIN, _FIGURES, kind="ministry"),
        AgencyInput(
            BARRED, {**_FIGURES, "period_tasks": 15, "digitised_records": 77}, kind="government_agency",
            not_applicable=frozenset({"B1", "B2", "B3", "B4", "B5"}),
        ),
        AgencyInput(
            GAPS, {**_FIGURES, "exchange_transactions": None, "disbursed_vnd": 0}, kind="province",
            settled=frozenset({"disbursed_vnd"}),
        ),
        AgencyInput(
            # Its total is just below a grade's bound, and rounds to it.
            IDLE, {**_FIGURES, "period_tasks": 0, "on_time_tasks": 0, "late_tasks": 0, "digitised_records": 0, "progress": 20},
            kind="province",
        ),
    ]  # fmt: skip
    as_of = legal_cutoff(period).astimezone(UTC)
    snapshots = {
        source: Snapshot(number, f"snap_{number:064x}", source, 1, "official_file" if source == "finance" else "network", as_of,
                         [NOTICE] if source == "ndxp" else [])
        for number, source in enumerate(SOURCES, start=1)
    }  # fmt: skip
    inputs = Inputs(
        period, legal_cutoff(period), legal_report_deadline(period), _BODIES, snapshots,
        [Ruling("ruling_1", GAPS, "disbursed_vnd", "0", "Kho bạc xác nhận chưa giải ngân", "12/KL-MẪU")],
        [Exemption(f"appl_{code}", BARRED, code, "34/QĐ-MẪU") for code in ("B1", "B2", "B3", "B4", "B5")],
        _HEADS,
    )  # fmt: skip
    figures = {
        PLAIN: [
            Figure("CSDL-MẪU", "Cơ sở dữ liệu mẫu", None, 1234, "refused", usable=False, reason="Không khớp hồ sơ (minh họa)"),
            Figure("CSDL-HAI", "Cơ sở dữ liệu thứ hai", None, 77, "confirmed", usable=True),
        ]
    }
    sheet = canonical_bytes(document_of(score(scheme(), period, pool), inputs, figures))
    return Computed(run_id="run_demo", sheet=sheet, result_digest=sha256_hex(sheet))


def renderings(version: int = 1) -> dict[tuple[str, str], bytes]:
    """(body or '', media type) → bytes."""
    header = {"publication_id": "pub_demo", "version": version, "published_at": PUBLISHED_AT, "follows": FOLLOWS}
    found = render_all(run(), header, scheme(), Decided(OMITTED, Superseded(TAKEN_IN, PUT_ASIDE)), beside=beside())
    return {(each["agency"], each["media_type"]): each["body"] for each in found}


def said() -> dict[str, Any]:
    """How each body's points came about, by indicator and language."""
    found = restored(json.loads(run().sheet))
    return sentences_of(found.sheet, found.names)


def document() -> dict[str, Any]:
    """The whole sheet as it is published."""
    found: dict[str, Any] = json.loads(renderings()["", "application/json"])
    return found
