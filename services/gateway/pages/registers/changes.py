"""What a version would change against the one in force, for whoever is about to confirm it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """``fields`` are names of the content with another value; the rest is of a meeting's summons, by body."""

    fields: Sequence[str]
    added: Sequence[Content] = ()
    dropped: Sequence[Content] = ()
    # Before and after.
    altered: Sequence[tuple[Content, Content]] = ()


def changes(versions: Sequence[Mapping[str, Any]], entry: Mapping[str, Any]) -> Changes | None:
    """None where nothing is in force that the entry's last version could change, or where it only withdraws."""
    before = next((each["content"] for each in versions if each["version"] == entry["version_in_force"]), None)
    if before is None or entry["withdraws"] or entry["version"] == entry["version_in_force"]:
        return None
    after = entry["content"]
    fields = [name for name, value in after.items() if name != "summons" and before[name] != value]
    old, new = _by_body(before), _by_body(after)
    return Changes(
        fields,
        added=[new[code] for code in sorted(new.keys() - old.keys())],
        dropped=[old[code] for code in sorted(old.keys() - new.keys())],
        altered=[(old[code], new[code]) for code in sorted(new.keys() & old.keys()) if old[code] != new[code]],
    )


def _by_body(content: Content) -> dict[str, Content]:
    return {each["agency"]: each for each in content.get("summons", ())}
