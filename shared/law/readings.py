"""A choice of readings: which alternatives of the register are computed instead of the readings in force.

A choice turns the scheme into another one, by the switches the scheme's own data gives each alternative; formulas, groups and
totals then run over that scheme as over any other. Rules of counting rows are turned where the rows are counted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.law.refusals import ReadingUnknown

if TYPE_CHECKING:
    from shared.law.provisions import Alternative
    from shared.law.scheme import Scheme

_ID = re.compile(r"([A-Z])-([0-9]+)")


@dataclass(frozen=True, slots=True)
class Readings:
    """Reading → alternative, in the order of the register's ids (A-6 before A-10); empty: every reading in force.

    Made by `Readings.of`, which refuses what the scheme does not know or cannot compute.
    """

    chosen: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, scheme: "Scheme", chosen: Mapping[str, str]) -> "Readings":
        """Raises ReadingUnknown for an id or alternative that the scheme's register does not have or cannot compute."""
        made = cls(tuple(sorted(chosen.items(), key=_place)))
        for reading, alternative in made.chosen:
            found = _found(scheme, reading, alternative)
            if not found.computed:
                why = found.not_computed.en if found.not_computed else "it has no switch"
                message = f"reading {reading}: the alternative {alternative} is not computed: {why}"
                raise ReadingUnknown(message)
        return made

    def __bool__(self) -> bool:
        """Whether anything is read otherwise than in force."""
        return bool(self.chosen)

    def as_mapping(self) -> dict[str, str]:
        """Reading → alternative, as documents write it."""
        return dict(self.chosen)

    def takes(self, reading: str, alternative: str) -> bool:
        """Whether this alternative is chosen."""
        return (reading, alternative) in self.chosen

    def alternatives(self, scheme: "Scheme") -> "Iterator[tuple[str, Alternative]]":
        """Each chosen alternative with its reading's id."""
        return ((reading, _found(scheme, reading, name)) for reading, name in self.chosen)

    def row_rules(self, scheme: "Scheme") -> frozenset[str]:
        """Names of the rules by which rows are counted otherwise."""
        return frozenset(rule for _, one in self.alternatives(scheme) for rule in one.rows)

    def applied_to(self, scheme: "Scheme") -> "Scheme":
        """The scheme under this choice: the same one when nothing is chosen, and the same for the same choice."""
        return scheme.switched(self.turns(scheme)) if self.chosen else scheme

    def turns(self, scheme: "Scheme") -> dict[str, Any]:
        """Path of the scheme → what stands there under this choice. No two alternatives turn one path to two values."""
        return {path: value for _, one in self.alternatives(scheme) for path, value in one.turns.items()}


IN_FORCE = Readings()
"""Nothing is read otherwise than the scheme says."""


def read_choice(arguments: Iterable[str]) -> dict[str, str]:
    """`B-1=table` texts as a mapping. Raises ReadingUnknown for another form, and for a reading that is named twice."""
    chosen: dict[str, str] = {}
    for argument in arguments:
        reading, equals, alternative = argument.partition("=")
        if not (reading and equals and alternative):
            message = f"{argument!r} chooses no reading; write it as B-1=table"
            raise ReadingUnknown(message)
        if reading in chosen:
            message = f"reading {reading} is chosen twice; choose one alternative"
            raise ReadingUnknown(message)
        chosen[reading] = alternative
    return chosen


def put(content: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a dotted path; all else is shared. Raises KeyError where the path leads nowhere."""
    first, _, rest = path.partition(".")
    if not rest:
        return {**content, first: value}
    return {**content, first: put(content[first], rest, value)}


def _found(scheme: "Scheme", reading: str, alternative: str) -> "Alternative":
    if reading not in scheme.readings:
        message = f"unknown reading {reading!r}; readings with alternatives are {', '.join(_contested(scheme))}"
        raise ReadingUnknown(message)
    known = scheme.readings[reading].alternatives
    for one in known:
        if one.id == alternative:
            return one
    names = ", ".join(one.id for one in known) or "none"
    message = f"reading {reading} has no alternative {alternative!r}; it has: {names}"
    raise ReadingUnknown(message)


def _contested(scheme: "Scheme") -> list[str]:
    return [name for name, reading in scheme.readings.items() if reading.alternatives]


def _place(chosen: tuple[str, str]) -> tuple[str, int, str]:
    found = _ID.fullmatch(chosen[0])
    return (found[1], int(found[2]), "") if found else ("~", 0, chosen[0])
