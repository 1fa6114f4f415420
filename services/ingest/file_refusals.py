"""How official files are refused: every fault of every file at once, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.errors import Fault, InputInvalid

HINT = "Correct the file and import it again; nothing of it was taken."


class FileRefused(InputInvalid):
    """Files that do not follow the contract of their source."""

    slug = "official-file-refused"
    title_vi = "Tệp chính thức không hợp lệ"
    title_en = "Official file refused"


def refused(faults: Sequence[Fault], *, hint: str = HINT) -> FileRefused:
    """The error of one or more faults; its words show the first of them whole."""
    first = faults[0]
    values = [f"{name} {value}" for name, value in (("seen", first.seen), ("expected", first.expected)) if value is not None]
    said = f"{first.place}: {first.message}" + (f" ({', '.join(values)})" if values else "")
    many = f"{len(faults)} faults, the first: " if len(faults) > 1 else ""
    return FileRefused(many + said, faults=[replace(fault, hint=fault.hint or hint) for fault in faults], hint=hint)
