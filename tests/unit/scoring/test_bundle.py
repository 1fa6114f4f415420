"""A month in one file: everything that was published of it, under a manifest of digests (PUB-16)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from services.scoring.exports.bundle import month_bundle, month_root
from services.scoring.renderings import with_bundle
from shared.canonical import canonical_bytes, sha256_hex
from shared.public_pages.rendering import BUNDLE
from shared.sdmx.structure import structure
from tests.unit.public_pages import published


def renderings() -> list[dict[str, Any]]:
    found = published.renderings().items()
    return [{"agency": agency, "media_type": media_type, "body": body} for (agency, media_type), body in found]


@pytest.fixture(scope="module")
def bundle() -> bytes:
    return month_bundle(renderings(), published.scheme())


@pytest.fixture
def packed(bundle: bytes) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as found:
        yield found


def test_the_same_renderings_give_the_same_bytes(bundle: bytes) -> None:
    first, *others = renderings()
    assert month_bundle([first, *reversed(others)], published.scheme()) == bundle


def test_it_holds_every_rendering_and_the_law_as_they_are(packed: zipfile.ZipFile) -> None:
    assert packed.testzip() is None
    files = {name: packed.read(name) for name in packed.namelist()}
    assert len(files) == len(packed.namelist())
    assert next(iter(files)) == "manifest.json"
    for (agency, media_type), body in published.renderings().items():
        (name,) = [name for name, found in files.items() if found == body]
        assert agency in name, (agency, media_type)
    assert files.pop("law/scheme.json") == canonical_bytes(dict(published.scheme().content))
    assert files.pop("sdmx/structure-1.0.0.xml") == structure()
    assert len(files) == 1 + len(published.renderings())


def test_its_manifest_names_each_with_size_digest_and_address(packed: zipfile.ZipFile) -> None:
    manifest = json.loads(packed.read("manifest.json"))
    document = published.document()
    for name in ("publication", "period", "version", "run", "published_at", "result_digest", "scheme_digest"):
        assert manifest[name] == document[name]
    assert {each["snapshot"] for each in manifest["snapshots"]} == {each["snapshot"] for each in document["snapshots"]}
    assert [each["path"] for each in manifest["files"]] == packed.namelist()[1:]
    for each in manifest["files"]:
        body = packed.read(each["path"])
        assert (each["size"], each["digest"]) == (len(body), sha256_hex(body))
        assert each["address"].startswith("/")
        # Everything of the publication names its version, so that it never changes.
        assert "version=1" in each["address"] or each["path"].startswith(("law/", "sdmx/"))
    # The law of this month is the one that the run names.
    law = next(each for each in manifest["files"] if each["path"] == "law/scheme.json")
    assert law["digest"] == document["scheme_digest"]


def test_its_root_is_of_every_file_but_the_document_for_the_meeting(packed: zipfile.ZipFile) -> None:
    manifest = json.loads(packed.read("manifest.json"))
    assert manifest["format"] == "month-bundle/2"
    # By hand: the entries as RFC 8785 writes a list of them.
    words = json.dumps(manifest["files"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert manifest["root"] == sha256_hex(words.encode()) == month_root(renderings(), published.scheme())
    assert (manifest["signed"], manifest["certificate"]) == (False, None)
    others = renderings()
    others[1] = others[1] | {"body": b"x"}
    assert month_root(others, published.scheme()) != manifest["root"]


def test_a_document_for_the_meeting_goes_with_it() -> None:
    paper, certificate = {"agency": "", "media_type": "application/pdf", "body": b"%PDF-1.7"}, "sha256:" + "7" * 64
    with zipfile.ZipFile(io.BytesIO(month_bundle([*renderings(), paper], published.scheme(), certificate))) as found:
        assert found.read("bang-diem.pdf") == paper["body"]
        manifest = json.loads(found.read("manifest.json"))
    assert (manifest["signed"], manifest["certificate"]) == (True, certificate)
    assert manifest["root"] == month_root(renderings(), published.scheme()), "it prints the root, and is not below it"


def test_a_rendering_that_has_no_name_in_it_makes_none() -> None:
    with pytest.raises(KeyError):
        month_bundle([*renderings(), {"agency": "", "media_type": "image/png", "body": b""}], published.scheme())


def test_it_is_stored_last_with_its_digest(bundle: bytes) -> None:
    *_, last = with_bundle({"publication_id": "pub_demo"}, renderings(), published.scheme())
    assert last == {
        "publication_id": "pub_demo", "agency": "", "media_type": BUNDLE, "body": bundle, "digest": sha256_hex(bundle),
    }  # fmt: skip
