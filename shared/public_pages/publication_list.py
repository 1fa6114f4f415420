"""The publication list: what public pages show of a published sheet, and nothing else (DSH-04). Pure.

Pages are made from the document cut down to this list, so a field that is added to the sheet appears on none before it is
added here; files for office programs are cut down to ``EXPORTED``. ``*`` stands for every name of an object or every item of
a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

FIELDS: Final = (
    "period",
    "version",
    "published_at",
    "run",
    "provisional",
    "revision.number",
    "revision.first_period",
    "revision.document",
    "revision.readings.*",
    "leader_values.*.value",
    "leader_values.*.agencies",
    "citations.*.*.item",
    "snapshots.*.source",
    "snapshots.*.notices",
    "rulings.*.agency",
    "rulings.*.measure",
    "rulings.*.reason",
    "rulings.*.document",
    "applicability.*.agency",
    "applicability.*.indicator",
    "applicability.*.document",
    "omissions.*.title_vi",
    "omissions.*.title_en",
    "omissions.*.reason",
    "omissions.*.document",
    "omissions.*.bodies.*.agency",
    "omissions.*.bodies.*.count",
    "omissions.*.bodies.*.points",
    "taken_in.*.title_vi",
    "taken_in.*.title_en",
    "taken_in.*.source",
    "taken_in.*.version",
    "taken_in.*.snapshot",
    "taken_in.*.reason",
    "taken_in.*.captured_at",
    "taken_in.*.bodies.*.agency",
    "taken_in.*.bodies.*.count",
    "former_months.*.period",
    "former_months.*.version",
    "next_month.period",
    "next_month.cutoff",
    "next_month.report_deadline",
    "commended",
    "commended_by_rounding",
    "follows.version",
    "follows.causes",
    "follows.bodies.*.agency",
    "follows.bodies.*.total.from",
    "follows.bodies.*.total.to",
    "follows.bodies.*.grade.from",
    "follows.bodies.*.grade.to",
    "rows_put_aside.*.source",
    "rows_put_aside.*.version",
    "rows_put_aside.*.bodies.*.agency",
    "rows_put_aside.*.bodies.*.count",
    "rows_put_aside.*.bodies.*.checks",
    "rows_put_aside.*.bodies.*.state",
    "rows_put_aside.*.bodies.*.by_version",
    "agencies.*.agency",
    "agencies.*.name_vi",
    "agencies.*.name_en",
    "agencies.*.kind",
    "agencies.*.head.title_vi",
    "agencies.*.head.title_en",
    "agencies.*.head.name",
    "agencies.*.head.valid_from",
    "agencies.*.head.others.*.name",
    "agencies.*.head.others.*.title_vi",
    "agencies.*.head.others.*.title_en",
    "agencies.*.head.others.*.valid_from",
    "agencies.*.head.others.*.valid_to",
    "agencies.*.rank",
    "agencies.*.rank_in_kind",
    "agencies.*.total",
    "agencies.*.total_exact",
    "agencies.*.grade",
    "agencies.*.lifted.vi",
    "agencies.*.lifted.en",
    "agencies.*.applicable.maximum",
    "agencies.*.applicable.total",
    "agencies.*.applicable.total_exact",
    "agencies.*.applicable.grade",
    "agencies.*.flags",
    "agencies.*.groups.*",
    "agencies.*.measures.*",
    "agencies.*.indicators.*.points",
    "agencies.*.indicators.*.max",
    "agencies.*.indicators.*.state",
    "agencies.*.indicators.*.flags",
    "agencies.*.indicators.*.figures.*.database_name",
    "agencies.*.indicators.*.figures.*.reported",
    "agencies.*.indicators.*.figures.*.word",
    "agencies.*.indicators.*.figures.*.reason",
)

# What pages show of the published sheets of the months before.
FORMER_FIELDS: Final = (
    "period",
    "agencies.*.agency",
    "agencies.*.total",
    "agencies.*.total_exact",
    "agencies.*.rank",
    "agencies.*.grade",
)

# And of the run's register of readings.
REGISTER_FIELDS: Final = (
    "readings.*.id",
    "readings.*.alternatives.*.id",
    "readings.*.alternatives.*.agencies_moved",
    "readings.*.alternatives.*.grades_moved",
    "readings.*.alternatives.*.ranks_moved",
)

# What files for office programs say beside it: exact points, and where everything comes from (XPT-01).
EXPORTED: Final = (
    *FIELDS,
    "publication",
    "result_digest",
    "scheme",
    "scheme_digest",
    "snapshots.*.version",
    "snapshots.*.snapshot",
    "agencies.*.shown_total",
    "agencies.*.indicators.*.exact",
)

_Tree = dict[str, Any]


def listed(document: Mapping[str, Any], fields: Iterable[str] = FIELDS) -> dict[str, Any]:
    """The document with nothing in it but what the list names."""
    found: dict[str, Any] = _cut(document, _tree(fields))
    return found


def _tree(fields: Iterable[str]) -> _Tree:
    tree: _Tree = {}
    for field in fields:
        at = tree
        for name in field.split("."):
            at = at.setdefault(name, {})
    return tree


def _cut(value: Any, tree: _Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_cut(each, tree["*"]) for each in value]
    if isinstance(value, Mapping):
        ways = {name: tree.get(name, tree.get("*")) for name in value}
        return {name: _cut(value[name], way) for name, way in ways.items() if way is not None}
    return value
