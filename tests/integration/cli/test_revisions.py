"""`bangdiem revision`: a reading is changed at the terminal by two people, and what was scored before replays byte for byte."""

from __future__ import annotations

import asyncio
import json
import re
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem, environment
from tests.integration.scoring.test_revisions import February
from tests.integration.scoring.test_runs import freeze_everything
from tests.integration.second_engine.rows import Month

PAPER = ("--document", "7/QĐ-MẪU (minh họa)")
WHY = ("--reason", "thử")
Env = dict[str, str]


async def freeze_two_months(url: str, codes: list[str]) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    for month in (Month, February):
        async with engine.begin() as connection:
            await freeze_everything(month(connection), codes)
    await engine.dispose()


@pytest.fixture(scope="module")
def people(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Env]:
    with psycopg.connect(database.owner_url) as owner:
        found = owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code").fetchall()
    asyncio.run(freeze_two_months(database.app_url, [code for (code,) in found]))
    clean = environment(
        DATABASE_URL=database.app_url,
        BANGDIEM_DATA_DIR=str(tmp_path_factory.mktemp("site")),
        BANGDIEM_GATEWAY_KEY_PEPPER="pepper-of-thirty-two-characters-or-more",
    )
    made = {}
    for name, role in (("operator", "operator"), ("one", "publisher"), ("other", "publisher")):
        key = bangdiem("key", "create", f"người {name}", "--role", role, *WHY, env=clean).stdout.strip()
        made[name] = {**clean, "BANGDIEM_KEY": key}
    return made


def said(env: Env, *words: str) -> Any:
    return json.loads(bangdiem(*words, "--json", env=env).stdout)


def test_a_reading_is_changed_by_two_people_and_what_was_replays(people: dict[str, Env]) -> None:
    operator, one, other = people["operator"], people["one"], people["other"]
    before = {month: said(operator, "score", month, *WHY)["run_id"] for month in ("2026-01", "2026-02")}
    draft = said(operator, "revision", "draft", "--from", "2026-02", "--reading", "B-1=table", *PAPER, *WHY)
    assert (draft["number"], draft["readings"], draft["state"]) == (1, {"B-1": "table"}, "dự thảo")
    revision = draft["revision_id"]
    shadow = said(operator, "revision", "shadow", revision, "2026-01", "2026-02", *WHY)
    assert (shadow["periods"], shadow["agrees"]) == (["2026-01", "2026-02"], True)
    told = bangdiem("revision", "show", shadow["shadow_id"], env=one).stdout
    assert "2026-02: " in told
    assert "cơ quan đổi tổng điểm" in told
    assert shadow["signing_digest"] in told
    assert re.search(r"  H\d\d  .+  điểm chưa làm tròn \d+,\d\d → \d+,\d\d\n", told)
    word = ("revision", "sign", revision, shadow["shadow_id"], "--digest", shadow["signing_digest"], *WHY)
    assert said(one, *word)["state"] == "đã có một chữ ký"
    alone = bangdiem(*word, env=one, check=False)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert said(other, *word)["state"] == "đã đủ chữ ký"
    assert said(other, "revision", "activate", revision, *WHY)["state"] == "đang áp dụng"
    assert "lần 1  từ tháng 2026-02  B-1=table  đang áp dụng" in bangdiem("revision", "list", env=one).stdout

    assert said(operator, "score", "2026-01", *WHY)["run_id"] == before["2026-01"]
    after = said(operator, "score", "2026-02", *WHY)
    assert (after["new"], after["agrees"]) == (True, True)
    for run in (*before.values(), after["run_id"]):
        assert said(operator, "replay", run)["same"] is True


def test_what_is_no_reading_is_refused_in_a_line_and_nothing_written(people: dict[str, Env]) -> None:
    before = said(people["one"], "revision", "list")
    for words in (("--reading", "B-1=tables"), ("--reading", "B-1"), ("--reading", "B-1=table", "--reading", "B-1=table")):
        refused = bangdiem("revision", "draft", "--from", "2026-02", *words, *PAPER, *WHY, env=people["one"], check=False)
        assert (refused.returncode, refused.stdout) == (2, ""), refused.stderr
        assert "Traceback" not in refused.stderr
    assert said(people["one"], "revision", "list") == before


def test_runs_that_nobody_published_are_explained_and_compared(people: dict[str, Env]) -> None:
    """Also under other readings, with what the revision holds beside them; under each change the rows that changed."""
    operator = people["operator"]
    first, last = (said(operator, "score", month, *WHY)["run_id"] for month in ("2026-01", "2026-02"))
    told = said(operator, "explain", "2026-02", "G06", "--run", last, "--reading", "G-4=exact")
    assert (told["format"], told["version"], told["run_id"]) == ("explanation/2", None, last)
    assert told["readings"] == {"B-1": "table", "G-4": "exact"}
    line = bangdiem("explain", "2026-02", "G06", "--run", last, "--reading", "G-4=exact", env=operator).stdout.split("\n")[0]
    assert line == f"G06 · tháng 02/2026 · lần chấm điểm {last} · cách hiểu B-1=table, G-4=exact"
    found = said(operator, "diff", "2026-02", "--run", last, "--from-run", first, "--agency", "G06", "--rows")
    assert [found[end]["run_id"] for end in ("from", "to")] == [first, last]
    (body,) = found["agencies"]
    assert Fraction(body["total_exact"]["change"]) == sum(map(Fraction, body["causes"].values())) != 0
    assert {each["code"] for each in body["indicators"] if "row_changes" in each} == {
        each["code"] for each in body["indicators"]
    }
    for words in (
        ("explain", "2026-01", "G06", "--run", last),
        ("explain", "2026-02", "G06", "--run", last, "--reading", "B-1=mean"),
        ("explain", "2026-02", "G06", "--run", last, "--version", "1"),
        ("diff", "2026-02", "--from-run", first),
    ):
        refused = bangdiem(*words, env=operator, check=False)
        assert (refused.returncode, refused.stdout) == (2, ""), refused.stderr
        assert "Traceback" not in refused.stderr
