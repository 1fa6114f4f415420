"""Every code of the law and of a published document has its words in both languages (PUB-18): a missing label fails here."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

import pytest

from services.gateway.publication.labels import labels_of, words_of
from services.gateway.publication.parts import Part
from services.gateway.publication.schemas.documents import Follows, Kind, Origin
from services.gateway.publication.schemas.parts import Labels, ScoreSheetPart
from services.gateway.publication.schemas.sheet import Grade, State
from services.gateway.publication.sheets import NotExplained
from shared.canonical import canonical_bytes, sha256_hex
from shared.law.revisions import Revision, revised_digest
from shared.law.scheme import Scheme, packaged_schemes
from shared.measures.frame import SOURCES
from shared.problems import Language
from shared.registry import KINDS
from tests.unit.gateway.test_explaining import VIETNAMESE
from tests.unit.public_pages import published

DOCUMENT = published.document()
STORED = canonical_bytes(DOCUMENT)
LANGUAGES: tuple[Language, ...] = ("vi", "en")


def literals(kind: Any) -> set[str]:
    return {each for one in get_args(kind) for each in ([one] if isinstance(one, str) else literals(one))}


def codes_of(scheme: Scheme) -> dict[str, set[str]]:
    """What the law and the shape of documents may say."""
    (causes,) = get_args(Follows.model_fields["causes"].annotation)
    return {
        "groups": {*scheme.groups},
        "indicators": {*scheme.indicators},
        "measures": {*scheme.measures},
        "grades": {each.grade for each in scheme.grading.grades} | literals(Grade),
        "states": literals(State),
        "kinds": literals(Kind) | {*KINDS},
        "sources": {*SOURCES},
        "origins": literals(Origin),
        "causes": literals(causes),
    }


def coded(value: Any) -> Iterator[tuple[str, Iterable[str]]]:
    """What a document says in codes, by where it stands."""
    singular = {"state": "states", "grade": "grades", "kind": "kinds", "source": "sources", "origin": "origins"}
    singular |= {"measure": "measures", "indicator": "indicators"}
    for name, each in value.items() if isinstance(value, Mapping) else enumerate(value):
        if name in singular and isinstance(each, str):
            yield singular[name], [each]
        elif name in ("groups", "indicators", "measures", "flags", "causes", "checks"):
            yield name, each
        if isinstance(each, dict | list):
            yield from coded(each)


def missing(scheme: Scheme, said: Mapping[str, Iterable[str]], language: Language) -> set[tuple[str, str]]:
    labels = labels_of(scheme, language)
    return {(what, code) for what, codes in said.items() for code in codes if not labels.get(what, {}).get(code, "").strip()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", packaged_schemes(), ids=lambda scheme: scheme.id)
def test_every_code_of_the_law_has_a_label(scheme: Scheme, language: Language) -> None:
    assert missing(scheme, codes_of(scheme), language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_a_document_has_a_label(language: Language) -> None:
    labels = labels_of(published.scheme(), language)
    seen = set()
    # Whose kinds are titled in the document itself, and what became of rows names a version.
    for what, codes in coded({name: each for name, each in DOCUMENT.items() if name not in ("omissions", "taken_in")}):
        seen.add(what)
        for code in codes:
            assert labels[what].get(code) or code in ("stands", "given_again"), (what, code)
    assert seen == {*labels}


def test_a_label_that_is_missing_is_seen() -> None:
    scheme = published.scheme()
    group = scheme.groups["A"]
    wordless = group.model_copy(update={"label": group.label.model_copy(update={"en": " "})})
    bare = scheme.model_copy(update={"groups": {**scheme.groups, "A": wordless}})
    assert missing(bare, codes_of(bare), "en") == {("groups", "A")}
    assert missing(bare, codes_of(bare), "vi") == set()


def test_words_are_vietnamese_and_english() -> None:
    for what, known in words_of(published.scheme()).items():
        for code, words in known.items():
            for said in words:
                assert said == unicodedata.normalize("NFC", said).strip() != "", (what, code)
            assert not VIETNAMESE.search(words.en), (what, code)


def test_codes_are_the_same_in_both_languages() -> None:
    vietnamese, english = (labels_of(published.scheme(), language) for language in LANGUAGES)
    assert {what: [*codes] for what, codes in vietnamese.items()} == {what: [*codes] for what, codes in english.items()}
    assert {*vietnamese} == {*Labels.model_fields} - {"language"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_change_no_value(language: Language) -> None:
    found = json.loads(Part(None, frozenset({"labels", "scheme"}), language).made_of(STORED, sha256_hex(STORED), "/here"))
    ScoreSheetPart.model_validate(found)
    expanded = found.pop("expanded")
    assert found.pop("whole")["digest"] == sha256_hex(STORED)
    assert found == DOCUMENT
    assert expanded["labels"] == {"language": language, **labels_of(published.scheme(), language)}
    assert expanded["scheme"]["digest"] == DOCUMENT["scheme_digest"]
    assert sha256_hex(canonical_bytes(expanded["scheme"]["content"])) == DOCUMENT["scheme_digest"]


def test_under_a_revision_the_law_is_the_one_that_ships() -> None:
    """Which the document says in `revision`."""
    scheme = published.scheme()
    revision = Revision(scheme.id, 1, scheme.first_period, {"B-1": "table"}, "7/QĐ-MẪU")
    said = {"number": 1, "first_period": str(scheme.first_period), "document": "7/QĐ-MẪU", "readings": {"B-1": "table"}}
    revised = canonical_bytes({**DOCUMENT, "revision": said, "scheme_digest": revised_digest(scheme, revision)})
    found = json.loads(Part(None, frozenset({"scheme"}), "vi").made_of(revised, sha256_hex(revised), "/here"))
    assert found["expanded"] == {"scheme": {"id": scheme.id, "digest": scheme.digest, "content": scheme.content}}
    assert found["revision"] == said


def test_a_scheme_that_is_not_held_is_said() -> None:
    foreign = canonical_bytes({**DOCUMENT, "scheme_digest": f"sha256:{0:064}"})
    with pytest.raises(NotExplained, match="under a scheme that is not held here"):
        Part(None, frozenset({"labels"}), "vi").made_of(foreign, sha256_hex(foreign), "/here")
