"""Which month is worked on, and the months' list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.menu import Link, work_of
from services.gateway.pages.page import Page

# Months shown open; older ones are folded.
_OPEN: Final = 3
# The month that is reported, and the one before, whose publication may still be open.
_CLOSING: Final = 2


@dataclass(frozen=True)
class Month:
    """``version`` and ``published_at`` are None until the month is published."""

    period: str
    scheme: str
    version: int | None
    published_at: str | None
    links: Sequence[Link]


@dataclass(frozen=True)
class Months:
    """Newest first; there is at least the running one."""

    all: Sequence[Month]

    @property
    def recent(self) -> Sequence[Month]:
        return self.all[:_OPEN]

    @property
    def older(self) -> Sequence[Month]:
        return self.all[_OPEN:]

    @property
    def current(self) -> Month:
        """The one that is being reported: the last that is over, and before any is, the one that runs."""
        return self.all[min(1, len(self.all) - 1)]

    @property
    def closing(self) -> Sequence[Month]:
        """Months that are scored and published about now; the one published last too, for it may be corrected."""
        over = list(self.all[1 : 1 + _CLOSING] or self.all)
        return over if self.published is None or self.published in over else [*over, self.published]

    @property
    def published(self) -> Month | None:
        return next((each for each in self.all if each.version is not None), None)


async def months_of(page: Page) -> Months:
    found = await page.api.get("/periods")
    return Months([_month(page, each) for each in reversed(found["items"])])


def _month(page: Page, each: dict[str, Any]) -> Month:
    period, published = each["period"], each["published"]
    links = work_of(page, period, published=published is not None)
    version = published and published["version"]
    return Month(period, each["scheme"], version, published and published["published_at"], links)
