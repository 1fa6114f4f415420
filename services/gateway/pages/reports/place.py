"""Which body, month and submission a page is about; the API has the same paths below its own root."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Month:
    """One body's month, as the address names it; the API says whether there is such a thing."""

    agency: str
    period: str

    @property
    def path(self) -> str:
        return f"/agencies/{self.agency}/periods/{self.period}"

    @property
    def submissions(self) -> str:
        return f"{self.path}/submissions"


@dataclass(frozen=True)
class Place(Month):
    """One submission of it."""

    sequence: str

    @property
    def one(self) -> str:
        return f"{self.submissions}/{self.sequence}"


def month_of(agency: str, period: str) -> Month:
    """The month of a page's address."""
    return Month(agency, period)


def place_of(agency: str, period: str, sequence: str) -> Place:
    """The submission of a page's address."""
    return Place(agency, period, sequence)
