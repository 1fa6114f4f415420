"""What awaits a second person in a body, for its administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.gateway.pages.administration.whole_lists import whole_list
from services.gateway.pages.board.words import Task
from services.gateway.pages.page import Page
from services.gateway.pages.page_words import Words

# Lists of a body whose entries two people make, and what one of them is called. One who asked waits for somebody else.
_LISTS: Final[Mapping[str, Words]] = {
    "members": ("vai trò của người dùng", "people's roles"),
    "credentials": ("khóa của hệ thống cơ quan", "keys of the body's systems"),
    "mandates": ("ủy quyền ký số", "mandates to sign"),
    "unit-plans": ("phân công cho các đơn vị", "plans of who answers for what"),
}


async def administering(page: Page) -> list[Task]:
    """None for others than a body's administrators."""
    if not page.has("agency_admin"):
        return []
    found = []
    for name, words in _LISTS.items():
        path = f"/agencies/{page.actor.agency}/{name}"
        found += awaiting(await whole_list(page, path), words, path=path, asker=page.actor.id)
    return found


def awaiting(items: list[dict[str, Any]], words: Words, *, path: str, asker: str) -> list[Task]:
    """Apart: what this person can approve, and what waits for somebody else because they asked for it. Pure."""
    waiting = [each["requested_by"] for each in items if each["state"] == "requested"]
    own = sum(1 for each in waiting if each == asker)
    found = []
    if len(waiting) > own:
        said = (
            f"Phê duyệt {len(waiting) - own} đề nghị về {words[0]}",
            f"Approve {len(waiting) - own} requests about {words[1]}",
        )
        found.append(Task(said, path, "warn"))
    if own:
        said = (
            f"{own} đề nghị của bạn về {words[0]} chờ người thứ hai",
            f"{own} of your requests about {words[1]} await a second person",
        )
        found.append(Task(said, path))
    return found
