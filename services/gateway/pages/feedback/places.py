"""Where a feedback is dealt with: a body's own, or the register of the national offices. The API has the same two roots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.gateway.pages.page import Page
from services.gateway.pages.registers.roster import months, roster


@dataclass(frozen=True)
class Desk:
    """``agency`` is the body's code, None in a national office."""

    page: Page
    agency: str | None

    @property
    def path(self) -> str:
        return f"/agencies/{self.agency}/feedback" if self.agency else "/feedback"

    @property
    def may_enter(self) -> bool:
        """Whether the person enters feedback here: a body's its own, an office what others wrote or said."""
        if self.agency:
            return self.page.has("agency_drafter", "agency_approver") and self.page.actor.agency == self.agency
        return self.page.has("officer", "assessor")

    async def words(self) -> dict[str, Any]:
        """What forms let choose of: bodies, months, indicators."""
        scheme = (await self.page.api.get("/periods"))["items"][-1]["scheme"]
        law = (await self.page.api.get(f"/schemes/{scheme}"))["content"]["indicators"]
        bodies = await roster(self.page)
        return {
            "bodies": [(each["code"], f"{each['code']} – {each['name']}") for each in bodies],
            "names": {each["code"]: each["name"] for each in bodies},
            "months": await months(self.page),
            "indicators": [(code, f"{code} – {each['label'][self.page.language]}") for code, each in law.items()],
        }
