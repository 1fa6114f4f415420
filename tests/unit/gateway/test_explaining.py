"""Every problem type says in two languages why it is so and what to do, with an example (DX-04)."""

from __future__ import annotations

import re
import unicodedata

import pytest

from services.gateway.app.problem_pages import as_markdown, example_of, problem_page
from services.gateway.messages.explaining import explanations
from services.gateway.messages.problem_types import collect, register
from services.gateway.publication.schemas.documents import Problem
from shared.problems import Language
from tests.tables import whole

URL = "https://diem.example.vn"
# Letters that Vietnamese has and English has not.
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)


def test_every_type_is_explained_and_nothing_else_is() -> None:
    assert {each.slug for each in collect()} == set(explanations())


def test_an_explanation_is_a_sentence_or_two_in_its_own_language(subtests: pytest.Subtests) -> None:
    for each in whole(register(), least=189):
        with subtests.test(each.slug):
            for words in (each.cause_vi, each.remedy_vi):
                assert VIETNAMESE.search(words)
                assert words == unicodedata.normalize("NFC", words).strip()
            for words in (each.cause_en, each.remedy_en):
                assert words.strip() == words != ""
                assert not VIETNAMESE.search(words)
            for words in (each.cause_vi, each.cause_en, each.remedy_vi, each.remedy_en):
                assert words.endswith(".")
                assert words[0].isupper()
                assert len(words) <= 260
                assert "\n" not in words


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_of_a_type_has_cause_remedy_and_a_true_example(subtests: pytest.Subtests, language: Language) -> None:
    for each in whole(register(), least=189):
        with subtests.test(each.slug):
            page = problem_page(each, language, public_url=URL)
            for words in (each.cause(language), each.remedy(language), each.title(language)):
                assert _escaped(words) in page
            example = example_of(each, language, public_url=URL)
            Problem.model_validate(example)
            assert example["type"] == f"{URL}/problems/{each.slug}"
            assert (each.status >= 500) == ("detail" not in example) == ("cause" not in example)
            assert example.get("detail") != ""
            assert example["remedy"] == each.remedy(language)


def test_the_document_of_all_types_has_each() -> None:
    page = as_markdown(register())
    for each in register():
        assert all(words in page for words in (each.cause_vi, each.cause_en, each.remedy_vi, each.remedy_en))


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;").replace('"', "&quot;")
