"""The workflow as it is: every action tried in every state by everybody, against the published one (APR-12)."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.reports.rules.catalogue import catalogue_in_force
from services.gateway.reports.workflow.machine import FINAL, MOVES, STATES, WORK
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.reports import Body, report

PERIOD = "2026-02"
ROLES = ("drafter", "approver", "signer", "admin")
WORDS = {"reason": "thử mọi bước trong mọi trạng thái"}
PLACES = {
    "hand_over": "handovers", "approve": "approvals", "reject": "rejections", "sign": "signatures", "revert": "reverts",
}  # fmt: skip
# The way to a state from a draft with content, by the shortest steps.
WAYS: dict[str, tuple[tuple[str, str], ...]] = {
    "draft": (),
    "in_review": (("hand_over", "drafter"),),
    "approved": (("hand_over", "drafter"), ("approve", "approver")),
    "accepted": (("hand_over", "drafter"), ("approve", "approver"), ("sign", "signer")),
    "reverted": (("revert", "drafter"),),
}
AGENCIES = {"draft": "G01", "in_review": "G02", "approved": "G03", "accepted": "G06", "reverted": "G08"}


async def put_in(body: Body, state: str) -> tuple[int, str]:
    """A submission in a state, and the digest to sign."""
    sequence = await body.begin()
    digest = str((await body.sent(sequence, report(body.agency, PERIOD)))["digest"])
    for action, role in WAYS[state]:
        await body.step(sequence, PLACES[action], role, wanted(action, digest))
    return sequence, digest


def wanted(action: str, digest: str) -> dict[str, Any]:
    return {"digest": digest} if action == "sign" else {} if action in ("hand_over", "approve") else WORDS


async def derived(house: House, state: str) -> tuple[set[tuple[str, str, str, str]], dict[str, list[str]]]:
    """What every role's every action does to a submission in this state, and what each role was told beforehand."""
    body, found, told = Body(house, AGENCIES[state], PERIOD), set(), {}
    sequence, digest = await put_in(body, state)
    for role in ROLES:
        told[role] = (await body.get(f"/{sequence}", role)).json()["allowed_actions"]
        for action, place in PLACES.items():
            answer = await body.post(f"/{sequence}/{place}", role, wanted(action, digest))
            if answer.status_code != 201:
                assert answer.status_code in (403, 409), answer.text
                continue
            found.add((action, state, answer.json()["state"], f"agency_{role}"))
            if state != "accepted" and answer.json()["state"] not in FINAL:
                await body.step(sequence, "reverts", "drafter", WORDS)
            sequence, digest = await put_in(body, state)
    return found, told


@pytest.mark.parametrize("state", sorted(WAYS))
async def test_what_people_can_do_is_what_is_published_and_what_they_are_told(house: House, state: str) -> None:
    published = (await house.get(f"{API}/submission-machine")).json()
    by_people = {
        (move["action"], move["from_state"], move["to_state"], move["role"])
        for move in published["moves"]
        if move["role"] != "anyone" and move["action"] != "create" and move["from_state"] == state
    }
    found, told = await derived(house, state)
    assert found == by_people
    for role in ROLES:
        steps = [move[0] for move in sorted(by_people, key=_order) if move[3] == f"agency_{role}"]
        work = [each["action"] for each in published["work"] if state in each["states"] and f"agency_{role}" in each["roles"]]
        assert told[role] == work + steps


async def test_what_lapsed_is_a_draft_in_all_that_can_be_done(house: House) -> None:
    """APR-09: from the moment the rules are others, before any step says so, the moves are those published of a draft."""
    body, found, told, number = Body(house, "G09", PERIOD), set(), {}, 0
    published = (await house.get(f"{API}/submission-machine")).json()
    for role in ROLES:
        for action, place in PLACES.items():
            sequence, digest = await put_in(body, "approved")
            number += 1
            rules = {**catalogue_in_force(PERIOD).content, "id": f"kiem-thu-{number}", "first_period": PERIOD}
            await house.decide("/rule-activations", {"catalogue": rules, "reason": "Đổi quy tắc"})
            await body.step(sequence, "validations", "drafter")
            before = (await body.get(f"/{sequence}", role)).json()
            assert (before["state"], before["lapse"]["from_state"]) == ("draft", "approved")
            told[role] = before["allowed_actions"]
            answer = await body.post(f"/{sequence}/{place}", role, wanted(action, digest))
            assert answer.status_code in (201, 403, 409), answer.text
            if answer.status_code == 201:
                found.add((action, answer.json()["state"], f"agency_{role}"))
            if (await body.get(f"/{sequence}")).json()["state"] not in FINAL:
                await body.step(sequence, "reverts", "drafter", WORDS)
    moves = [move for move in published["moves"] if move["from_state"] == "draft"]
    assert found == {(move["action"], move["to_state"], move["role"]) for move in moves}
    for role in ROLES:
        work = [each["action"] for each in published["work"] if "draft" in each["states"] and f"agency_{role}" in each["roles"]]
        assert told[role] == work + [move["action"] for move in moves if move["role"] == f"agency_{role}"]


async def test_the_published_machine_is_the_databases(house: House) -> None:
    rows = await house.facts("SELECT action, from_state, to_state, role, reason_required FROM intake.move")
    names = ("action", "from_state", "to_state", "role", "reason_required")
    held = {tuple(row[name] for name in names) for row in rows}
    assert held == {tuple(getattr(move, name) for name in names) for move in MOVES}
    published = (await house.get(f"{API}/submission-machine")).json()
    assert {tuple(move[name] for name in names) for move in published["moves"]} == held
    assert published["states"] == list(STATES)
    assert {each["action"] for each in published["work"]} == set(WORK)


def _order(move: tuple[str, str, str, str]) -> int:
    return next(number for number, each in enumerate(MOVES) if (each.action, each.from_state) == move[:2])
