"""Which frozen rows count and for which measure: a statement for each dataset, headed by the rule it implements (scheme.md §2).

A body that a source says nothing about has no row in a query's answer: its measures are missing, never zero.
"""

from __future__ import annotations

from shared.measures import group_a, group_b, group_c, group_d, group_e
from shared.measures.declaration import ClassifiedRows, Query

QUERIES: tuple[Query, ...] = (*group_a.QUERIES, *group_b.QUERIES, *group_c.QUERIES, *group_d.QUERIES, *group_e.QUERIES)
# The one statement of every dataset whose rows are counted or say that a source speaks of a body.
CLASSIFIED: dict[str, ClassifiedRows] = {each.dataset: each for query in QUERIES for each in query.own_rows}
