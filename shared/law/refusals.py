"""What the law's code refuses, in the words of the domain.

LawError
├── SchemeInvalid       a scheme file that is not law: uncited number, broken passage, sums that do not add up
├── SchemeNotInForce    no scheme, or not this scheme, rules the period
├── ReadingUnknown      a reading or alternative that the scheme does not know, or that cannot be computed here
└── InputRefused        figures that cannot be; carries every fault found, never only the first
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

SHOWN = 60


class LawError(Exception):
    """A refusal of the pure law; `title_vi` is what an official reads above the detail."""

    title_vi: ClassVar[str]


class SchemeInvalid(LawError):
    """A scheme file that may not score anybody. Carries every fault, one line each."""

    title_vi = "Tệp phương án chấm điểm không hợp lệ"

    def __init__(self, place: str, faults: Iterable[str]) -> None:
        """`place` names the file or scheme, `faults` what is wrong where."""
        self.place = place
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{place}: {fault}" for fault in self.faults))


class SchemeNotInForce(LawError):
    """The period is ruled by no scheme, or not by the one given."""

    title_vi = "Không có phương án chấm điểm có hiệu lực cho kỳ này"


class ReadingUnknown(LawError):
    """A choice of readings names what the register does not have, or what cannot be computed."""

    title_vi = "Không có cách hiểu này, hoặc không tính được"


@dataclass(frozen=True, slots=True)
class Fault:
    """One refused figure: whose, which measure, what it was, what was expected and what to do.

    `agency` and `measure` are None where the fault concerns the whole input. `rule` is a stable name for programs.
    """

    rule: str
    agency: str | None
    measure: str | None
    value: str | None
    expected: str
    hint: str

    def __str__(self) -> str:
        """One line, also when a code or value holds line breaks."""
        where = [
            f"{name} {shown(text)}" for name, text in (("agency", self.agency), ("measure", self.measure)) if text is not None
        ]
        what = [] if self.value is None else [f"got {self.value}"]
        return f"{', '.join(where or ['input'])}: {', '.join([*what, f'expected {self.expected}'])}; {self.hint}"


class InputRefused(LawError):
    """Input that cannot be scored; nothing was computed."""

    title_vi = "Số liệu đầu vào không hợp lệ"

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Every fault found, in the order of the input."""
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def shown(text: str) -> str:
    """Text for a one-line message: quoted where it would break the line, cut where it is long."""
    cut = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return cut if cut.isprintable() and cut.strip() == cut != "" else json.dumps(cut)
