"""Words of a month's law, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.gateway.http.runtime import runtime
from services.gateway.pages.page import Page
from services.gateway.publication.worked_out import WorkedOut


@dataclass(frozen=True)
class Law:
    """``content`` is the scheme's document; labels are in the page's language."""

    page: Page
    content: dict[str, Any]

    @property
    def groups(self) -> dict[str, str]:
        return {letter: self._label(each) for letter, each in self.content["groups"].items()}

    @property
    def indicators(self) -> dict[str, str]:
        return {code: self._label(each) for code, each in self.content["indicators"].items()}

    @property
    def measures(self) -> dict[str, str]:
        return {name: self._label(each) for name, each in self.content["measures"].items()}

    def maximum_of(self, group: str) -> str:
        return str(self.content["groups"][group]["maximum"]["value"])

    def most_of(self, code: str) -> str:
        return str(self.content["indicators"][code]["maximum"]["value"])

    def codes_of(self, group: str) -> list[str]:
        return [code for code, each in self.content["indicators"].items() if each["group"] == group]

    def measures_of(self, group: str) -> list[str]:
        """Each once, in the order of the indicators that use them."""
        formulas = (self.content["indicators"][code]["formula"].values() for code in self.codes_of(group))
        known = self.content["measures"]
        return list(dict.fromkeys(part for parts in formulas for part in parts if isinstance(part, str) and part in known))

    def reading(self, name: str, alternative: str) -> str:
        """What the alternative says."""
        said = next(each["says"] for each in self.content["readings"][name]["alternatives"] if each["id"] == alternative)
        return str(said[self.page.language])

    def clause(self, sheet: Mapping[str, Any], code: str) -> str:
        return "; ".join(dict.fromkeys(passage["item"] for passage in sheet["citations"][code]))

    def _label(self, each: dict[str, Any]) -> str:
        return str(each["label"][self.page.language])


async def law_of(page: Page, scheme: str) -> Law:
    """A scheme never changes under its id: it is asked for once a process."""

    async def asked() -> dict[str, Any]:
        content: dict[str, Any] = (await page.api.get(f"/schemes/{scheme}"))["content"]
        return content

    return Law(page, await runtime(page.request).part(WorkedOut).get(("law", scheme), asked))
