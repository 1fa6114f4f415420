"""Revisions of the scheme over HTTP: each act by whoever may, the second person needed, every refusal said (RUL-17; ADR 32).

That shadow runs and the months that follow are right is tested in tests/integration/scoring; here its row is scoring's.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.gateway.conftest import API, House, make_key
from tests.integration.gateway.seeds import Seeds

ALL = f"{API}/scheme-revisions"
REASON = {"reason": "Thống nhất cách hiểu (minh họa)"}
ASKED = {
    "scheme": "qd-4585", "first_period": "2026-02", "readings": {"B-1": "table"}, "document": "7/QĐ-MẪU (minh họa)", **REASON,
}  # fmt: skip
DIGEST = "sha256:" + "a" * 64


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def drafted(house: House, **said: Any) -> dict[str, Any]:
    answer = await house.post(ALL, "operator", {**ASKED, **said})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def second(house: House) -> dict[str, str]:
    _, key = await make_key(house.runtime, holder="người công bố thứ hai", role="publisher")
    return {"authorization": f"Bearer {key}"}


async def test_two_people_sign_what_they_read_and_put_it_in_force(house: House, seeds: Seeds) -> None:
    draft = await drafted(house)
    place = f"{ALL}/{draft['revision_id']}"
    assert (draft["state"], draft["number"], draft["readings"]) == ("draft", 1, {"B-1": "table"})
    early = await house.post(f"{place}/activations", "publisher", REASON)
    assert (early.status_code, slug(early)) == (409, "revision-not-ready")

    shadow_id = await seeds.shadow_run(draft["revision_id"])
    shown = (await house.get(f"{API}/shadow-runs/{shadow_id}", "reader")).json()
    assert (shown["revision_id"], shown["agrees"], shown["periods"]) == (draft["revision_id"], True, ["2026-01"])
    word = {"shadow_id": shadow_id, "digest": shown["signing_digest"], **REASON}
    wrong = await house.post(f"{place}/signatures", "publisher", {**word, "digest": DIGEST})
    assert (wrong.status_code, slug(wrong)) == (409, "revision-not-signable")
    once = await house.post(f"{place}/signatures", "publisher", word)
    assert (once.status_code, once.json()["state"], once.headers["location"]) == (201, "signed_once", place)
    alone = await house.post(f"{place}/signatures", "publisher", word)
    assert (alone.status_code, slug(alone)) == (403, "same-person")
    twice = await house.client.post(f"{place}/signatures", headers=await second(house), json=word)
    assert (twice.status_code, twice.json()["state"]) == (201, "signed")
    held = await house.post(f"{place}/activations", "publisher", REASON)
    assert (held.status_code, held.json()["state"]) == (201, "in_force")
    assert (await house.get(place, "auditor")).json() == held.json()
    (told,) = (await house.client.get(f"{API}/schemes/qd-4585")).json()["revisions"]
    assert told == {name: held.json()[name] for name in ("number", "first_period", "document", "readings", "digest")}
    again = await house.post(f"{place}/activations", "publisher", REASON)
    assert (again.status_code, slug(again)) == (409, "revision-not-ready")
    actions = [line["action"] for line in await house.audit_of(draft["revision_id"])]
    assert actions == ["scheme.revise", "scheme.sign", "scheme.sign", "scheme.activate"]


async def test_a_shadow_run_is_asked_for_and_followed(house: House) -> None:
    draft = await drafted(house)
    asked = await house.post(
        f"{ALL}/{draft['revision_id']}/shadow-runs", "operator", {"periods": ["2026-02", "2026-01"], **REASON}
    )
    assert asked.status_code == 202, asked.text
    command = (await house.get(asked.json()["status"], "reader")).json()
    assert (command["kind"], command["state"], command["period"]) == ("shadow", "waiting", None)
    assert command["arguments"] == {"revision_id": draft["revision_id"], "periods": ["2026-01", "2026-02"]}


async def test_where_the_engines_differ_nobody_signs(house: House, seeds: Seeds) -> None:
    draft = await drafted(house)
    shadow_id = await seeds.shadow_run(draft["revision_id"], agrees=False)
    digest = (await house.get(f"{API}/shadow-runs/{shadow_id}", "reader")).json()["signing_digest"]
    word = {"shadow_id": shadow_id, "digest": digest, **REASON}
    refused = await house.post(f"{ALL}/{draft['revision_id']}/signatures", "publisher", word)
    assert (refused.status_code, slug(refused)) == (409, "revision-not-signable")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"readings": {"B-1": "tables"}}, "/readings"),
        ({"readings": {"Z-9": "table"}}, "/readings"),
        ({"readings": {"A-5": "capped-recurring"}}, "/readings"),
        ({"readings": {"b1": "table"}}, "/readings"),
        ({"first_period": "2025-12"}, "/first_period"),
        ({"document": " "}, "/document"),
    ],
)
async def test_what_cannot_be_a_revision_is_refused_in_its_place(house: House, said: dict[str, Any], pointer: str) -> None:
    before = await house.facts("SELECT count(*) AS count FROM control.scheme_revision")
    answer = await house.post(ALL, "operator", {**ASKED, **said})
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer], answer.text
    assert await house.facts("SELECT count(*) AS count FROM control.scheme_revision") == before


async def test_nothing_of_it_is_found_under_a_foreign_id(house: House) -> None:
    draft = await drafted(house)
    nobody = "rev_" + "0" * 26
    for path in (f"{ALL}/{nobody}", f"{API}/shadow-runs/shd_{'0' * 26}"):
        assert (await house.get(path, "reader")).status_code == 404
    other = await house.post(ALL, "operator", {**ASKED, "scheme": "qd-none"})
    assert other.status_code == 404
    word = {"shadow_id": "shd_" + "0" * 26, "digest": DIGEST, **REASON}
    assert (await house.post(f"{ALL}/{draft['revision_id']}/signatures", "publisher", word)).status_code == 404
    numbers = [each["number"] for each in (await house.get(ALL, "reader")).json()["items"]]
    assert numbers == list(range(1, len(numbers) + 1))
