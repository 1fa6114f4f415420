"""B1–B5 from the National Public Service Portal's month view (QĐ 4585 appendix §3 B; QĐ 766/QĐ-TTg)."""

from __future__ import annotations

from shared.measures.declaration import ClassifiedRows, Query, Tally
from shared.measures.verdicts import SOURCE_FIGURE

# The portal's evaluation of a body is a figure of the portal: no rows lie behind it here.
SERVICES = ClassifiedRows(
    "service_scores",
    "public_service_portal",
    "SELECT score.*, 'source_figure' AS row_verdict FROM ingest.service_score AS score"
    " WHERE snapshot_pk = :public_service_portal",
)

_FIGURE = (SOURCE_FIGURE,)

QUERIES = (
    # B-2 online services (22) are the portal's two groups of 12 and 10 together; null stays missing (B-4).
    Query(
        {
            "transparency": Tally(_FIGURE, "ckmb"),
            "progress": Tally(_FIGURE, "tdgq"),
            "online_services": Tally(_FIGURE, "clgq + tttt"),
            "satisfaction": Tally(_FIGURE, "mdhl"),
            "digitisation": Tally(_FIGURE, "mdsh"),
        },
        sources=("public_service_portal",),
        rows=(SERVICES,),
    ),
)
