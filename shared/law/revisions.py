"""A revision of a scheme: other readings than it ships with, from a month on (RUL-17).

A scheme's file never changes under a month that has begun. What two people sign instead is a revision: numbered, dated, and the
whole choice of readings that then holds. Of those in force for a month the one with the highest number holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.canonical import canonical_bytes, sha256_hex
from shared.law.readings import IN_FORCE, Readings
from shared.law.scheme import Scheme
from shared.period import Period


@dataclass(frozen=True)
class Revision:
    """``number`` counts from 1 within the scheme; ``readings`` is reading → alternative, the whole choice; ``document`` is
    the official paper it rests on."""

    scheme: str
    number: int
    first_period: Period
    readings: Mapping[str, str]
    document: str


@dataclass(frozen=True)
class Law:
    """What a month is scored by: a scheme as it ships and, where one is in force for the month, its revision."""

    scheme: Scheme
    revision: Revision | None = None

    @property
    def readings(self) -> Readings:
        """What is read otherwise than the scheme ships. Raises ReadingUnknown when the scheme does not have it."""
        return IN_FORCE if self.revision is None else Readings.of(self.scheme, self.revision.readings)

    @property
    def applied(self) -> Scheme:
        """The scheme with its switches turned."""
        return self.readings.applied_to(self.scheme)

    @property
    def digest(self) -> str:
        """``sha256:…`` of the scheme's content, and under a revision of what the revision says beside that."""
        return self.scheme.digest if self.revision is None else revised_digest(self.scheme, self.revision)


def revised_digest(scheme: Scheme, revision: Revision) -> str:
    """Readings that only count rows otherwise leave the scheme's content as it is: the digest is of the choice itself."""
    said = {"scheme": scheme.id, "scheme_digest": scheme.digest, "revision": revision.number}
    said |= {"first_period": str(revision.first_period), "readings": dict(revision.readings), "document": revision.document}
    return sha256_hex(canonical_bytes(said))


def law_of(scheme: Scheme, period: Period, revisions: Iterable[Revision]) -> Law:
    """The law of a month among the scheme's revisions that were put in force."""
    begun = [each for each in revisions if each.scheme == scheme.id and each.first_period <= period]
    return Law(scheme, max(begun, key=lambda each: each.number, default=None))


def law_of_sheet(document: Mapping[str, Any], schemes: Iterable[Scheme]) -> Law | None:
    """The law that a sheet says it was computed by; None where none of the schemes, so revised, has its digest."""
    laws = (Law(scheme, _told(scheme, document.get("revision"))) for scheme in schemes)
    return next((law for law in laws if law.digest == document["scheme_digest"]), None)


def _told(scheme: Scheme, said: Mapping[str, Any] | None) -> Revision | None:
    if said is None:
        return None
    return Revision(scheme.id, said["number"], Period.parse(said["first_period"]), said["readings"], said["document"])
