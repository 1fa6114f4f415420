"""Several entries done from one page: each is one request of its own, and every refusal is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import Page, refused_of
from services.gateway.pages.posted import Posted
from services.gateway.pages.problems import problem_context
from services.gateway.pages.registers.kinds import Kind
from services.gateway.pages.switching import wish_of
from shared.errors import InputInvalid

_SHARED = "/evidence_digest"
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass
class Tally:
    """What was done and what was refused, by whom or what it was about."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, Refused] = field(default_factory=dict)

    def shown(self, page: Page, names: Mapping[str, str]) -> dict[str, Any]:
        """For the template: how many were done, and each refusal beside what it is about."""
        if wish_of(page.request) is not None:
            self.refused = {}
        told = [(names.get(of, of), problem_context(each, page.language)["problem"]) for of, each in self.refused.items()]
        # What was wrong with what all of them share is told once, at its field.
        shared = [problem_context(each, page.language)["faults"].get(_SHARED) for each in self.refused.values()]
        faults = next((found for found in shared if found), None)
        at_field = {"faults": {_SHARED: faults}} if faults else {}
        return {"refusals": told, "done_count": len(self.done), "refused_of": set(self.refused), **at_field}

    @property
    def status(self) -> int:
        return next((each.status for each in self.refused.values()), 200)


async def confirm_chosen(page: Page, kind: Kind, posted: Posted) -> Tally:
    """Confirms every ticked ``confirm`` field, "<entry>:<version>:<about>"; the version is the one that was on the screen."""
    tally = Tally()
    for number, chosen in enumerate(posted.texts("confirm")):
        entry_id, _, rest = chosen.partition(":")
        version, _, about = rest.partition(":")
        body = {"version": int(version) if _NUMBER.fullmatch(version) else version}
        try:
            await page.api.post(f"{kind.place}/{entry_id}/confirmations", body, once=f"{posted.once}-{number}")
        except Refused as refused:
            tally.refused[about] = refused
        else:
            tally.done.append(about)
    return tally


def nothing_ticked(page: Page) -> Refused:
    """What a form without any tick is told."""
    return refused_of(page.request, InputInvalid("nothing is ticked", hint="Tick what you have checked, then confirm."))
