"""The month as CSV for programs: codes, exact fractions, and on every line what it rests on (XPT-01). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.csv_files import csv_file
from shared.public_pages.addresses import data_at

_APPLICABLE: Final = ("maximum", "total", "total_exact", "grade")


def program_csv(document: Mapping[str, Any]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read the Vietnamese; a missing value is an empty cell. The last
    columns say of every line what it rests on: the digest of the run, each source's snapshot, where it is proven (XPT-01)."""
    codes = list(document["agencies"][0]["indicators"]) if document["agencies"] else []
    groups = list(document["agencies"][0]["groups"]) if document["agencies"] else []
    head = ["period", "version", "run", "scheme_digest", "rank", "shown_total", "agency", "kind", "name_vi", "name_en", *groups]
    head += ["bonus", "total", "total_exact", "grade", "flags", "lifted_from"]
    head += [f"applicable_{name}" for name in _APPLICABLE]
    head += [f"{code}_{part}" for code in codes for part in ("points", "exact", "state")]
    head += ["head_name", "head_title_vi", "head_valid_from", "other_heads"]
    head += ["publication", "result_digest", "snapshots", "proof"]
    same = [document[name] for name in ("period", "version", "run", "scheme_digest")]
    snapshots = " ".join(f"{each['source']}={each['snapshot']}" for each in document["snapshots"])
    rests_on = [document["publication"], document["result_digest"], snapshots]
    lines = [head]
    for line in document["agencies"]:
        found = line["indicators"]
        lines.append(
            [
                *same,
                *(line[name] for name in ("rank", "shown_total", "agency", "kind", "name_vi", "name_en")),
                *(line["groups"][code] for code in groups),
                found["bonus"]["points"],
                *(line[name] for name in ("total", "total_exact", "grade")),
                " ".join(line["flags"]),
                line["lifted"] and line["lifted"]["from"],
                *(line["applicable"][name] for name in _APPLICABLE),
                *(found[code][part] for code in codes for part in ("points", "exact", "state")),
                *(line["head"].get(name) for name in ("name", "title_vi", "valid_from")),
                "; ".join(map(_other_head, line["head"].get("others", ()))),
                *rests_on,
                data_at(document["period"], document["version"], agency=line["agency"]),
            ]
        )
    return csv_file(lines)


def _other_head(term: Mapping[str, Any]) -> str:
    """A head of the month who was not its last one, with both days of the term."""
    return f"{term['name']}, {term['title_vi']} ({term['valid_from']}/{term['valid_to']})"
