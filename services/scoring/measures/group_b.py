"""B1–B5 from the National Public Service Portal's month view (QĐ 4585 appendix §3 B; QĐ 766/QĐ-TTg)."""

from __future__ import annotations

# B-2 online services (22) are the portal's two groups of 12 and 10 together; null stays missing (B-4).
SERVICES = """
SELECT agency_code,
       ckmb AS transparency,
       tdgq AS progress,
       clgq + tttt AS online_services,
       mdhl AS satisfaction,
       mdsh AS digitisation
  FROM ingest.service_score
 WHERE snapshot_pk = :public_service_portal
"""

QUERIES = (
    {
        "measures": ("transparency", "progress", "online_services", "satisfaction", "digitisation"),
        "sources": ("public_service_portal",),
        "datasets": ("service_scores",),
        "sql": SERVICES,
    },
)
