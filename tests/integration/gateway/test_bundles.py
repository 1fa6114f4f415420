"""A published month in one download (PUB-16)."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile

import pytest

from services.scoring.exports.pdf_signature import proven
from services.scoring.publication_key import demonstration_pem, read_certificates, read_key
from shared.canonical import sha256_hex
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Published, Seeds

PEM = demonstration_pem()
KEY = read_key(PEM, PEM)
PLACE = f"{API}/periods/2026-01/bundle"


@pytest.fixture(scope="module")
async def versions(seeds: Seeds) -> list[Published]:
    first = await seeds.publish(version=1, bundled=True)
    return [first, await seeds.publish(version=2, bundled=True, meeting=True, key=KEY)]


async def test_it_is_a_file_whose_tag_is_its_digest(house: House, versions: list[Published]) -> None:
    answer = await house.get(PLACE, **{"accept-encoding": "gzip, br"})
    assert answer.headers["etag"] == f'"{sha256_hex(answer.content)}"'
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="bang-diem-2026-01-v2.zip"'
    assert answer.headers["cache-control"] == "public, no-cache"
    assert "content-encoding" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (await house.get(PLACE, **{"if-none-match": answer.headers["etag"]})).status_code == 304
    pinned = await house.get(f"{PLACE}?version=1")
    assert "immutable" in pinned.headers["cache-control"]
    assert pinned.headers["link"] == f'<{PLACE}?version=2>; rel="successor-version"'
    assert pinned.content != answer.content
    head = await house.client.head(PLACE)
    assert (head.headers["content-length"], head.content) == (str(len(answer.content)), b"")


async def test_every_file_is_what_its_address_answers(house: House, versions: list[Published]) -> None:
    with zipfile.ZipFile(io.BytesIO((await house.get(f"{PLACE}?version=1")).content)) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        assert (manifest["publication"], manifest["version"]) == (versions[0].publication_id, 1)
        assert len(manifest["files"]) == 6 + 2 + 2 * 56 + 2
        for each in manifest["files"]:
            body = packed.read(each["path"])
            assert (sha256_hex(body), len(body)) == (each["digest"], each["size"])
            answer = await house.get(each["address"])
            if each["path"] == "law/scheme.json":
                assert (answer.json()["content"], answer.json()["digest"]) == (json.loads(body), each["digest"])
            else:
                assert answer.content == body, each
                assert answer.headers["content-type"].startswith(each["media_type"].split(";")[0])
    assert packed.namelist()[1:] == sorted(packed.namelist()[1:])


async def test_versions_name_the_root_and_the_certificate_that_everybody_gets(house: House, versions: list[Published]) -> None:
    said = (await house.get(f"{API}/periods/2026-01/versions")).json()["items"]
    for line in said:
        with zipfile.ZipFile(io.BytesIO((await house.get(f"{PLACE}?version={line['version']}")).content)) as packed:
            manifest = json.loads(packed.read("manifest.json"))
        assert (line["root"], line["certificate"]) == (manifest["root"], manifest["certificate"])
        shown = (await house.get(f"{API}/publications/{line['publication']}", "reader")).json()
        assert (shown["root"], shown["certificate"]) == (line["root"], line["certificate"])
    assert [line["certificate"] for line in said] == [None, KEY.fingerprint]
    (known,) = (await house.get(f"{API}/publication-certificates")).json()["items"]
    assert (known["fingerprint"], known["self_issued"]) == (KEY.fingerprint, True)
    assert "demonstration key" in known["subject"]
    paper = (await house.get(f"{API}/periods/2026-01/scores?version=2&format=pdf")).content
    found = await asyncio.to_thread(proven, paper, read_certificates(known["certificates"].encode()))
    assert found.fingerprint == KEY.fingerprint


async def test_the_month_and_the_index_lead_to_it(house: House, versions: list[Published]) -> None:
    assert f'href="{PLACE}?version=2"' in (await house.get("/periods/2026-01", accept="text/html")).text
    assert (await house.get(API)).json()["latest"]["bundle"] == PLACE


async def test_what_there_is_none_of_is_refused(house: House, seeds: Seeds, versions: list[Published]) -> None:
    assert (await house.get(f"{API}/periods/2026-02/bundle")).status_code == 404
    assert (await house.get(f"{PLACE}?version=9")).status_code == 404
    assert (await house.get(PLACE, accept="application/json")).status_code == 406
    await seeds.publish("2026-03", version=1)
    assert (await house.get(f"{API}/periods/2026-03/bundle")).status_code == 406
