"""Who the 248 plan rows name."""

from __future__ import annotations

import unicodedata

import pytest

from deploy.sandbox.bodies import codes, rows
from deploy.sandbox.leads import named, read

CELLS = sorted({row["lead_agency"] for row in rows("plan-2025-tasks.csv")})
LONG = next(cell for cell in CELLS if "(của Bộ Lao động" in unicodedata.normalize("NFC", cell))


@pytest.mark.parametrize("cell", CELLS)
def test_every_lead_of_the_plan_is_one_of_the_56(cell: str) -> None:
    found = read(cell)
    named_codes = [lead.code for lead in found.bodies]
    assert named_codes
    assert len(set(named_codes)) == len(named_codes)
    assert set(named_codes) <= set(codes())


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Bộ Văn hóa, Thể thao và Du lịch", ["G16"]),
        ("Bộ Khoa học, Công nghệ, Bộ Tài chính", ["G06", "G12"]),
        ("Bộ Công thương", ["G02"]),
        ("Văn phòng Chính phủ; Bộ Công an", ["G22", "G01"]),
        ("Ban Cơ yếu Chính phủ", ["G11"]),
        ("Tài chính, Khoa học và Công nghệ, Công an", ["G12", "G06", "G01"]),
        (LONG, ["G09", "G10", "G17", "G19", "G06", "G12"]),
    ],
)
def test_several_leads_are_told_apart_without_splitting_names(cell: str, expected: list[str]) -> None:
    for form in ("NFC", "NFD"):
        assert [lead.code for lead in read(unicodedata.normalize(form, cell)).bodies] == expected


def test_words_of_a_named_lead_stay_as_the_plan_writes_them_but_for_remarks() -> None:
    words = [unicodedata.normalize("NFC", lead.words or "") for lead in read(LONG).bodies]
    assert words[:4] == ["Bộ Nội vụ", "Bộ Nông nghiệp và môi trường", "Bộ Xây dựng", "Ngân hàng nhà nước Việt Nam"]
    decomposed = next(cell for cell in CELLS if cell != unicodedata.normalize("NFC", cell) and "," not in cell)
    assert [lead.words for lead in read(decomposed).bodies] in ([decomposed.strip()], [None] * len(read(decomposed).bodies))


@pytest.mark.parametrize(
    ("phrase", "size"),
    [
        ("Các bộ, ngành, địa phương", 56),
        ("Bộ, ngành, địa phương", 56),
        ("Các bộ, ngành", 22),
        ("Các bộ, cơ quan ngang bộ", 17),
        ("UBND các địa phương", 34),
        ("Các tỉnh, thành phố trực thuộc TW", 34),
    ],
)
def test_collective_phrases_a_rule_can_expand_say_so(phrase: str, size: int) -> None:
    found = read(phrase)
    assert found.phrase == phrase
    assert len(found.bodies) == size


@pytest.mark.parametrize(
    ("phrase", "size"),
    [
        ("Các địa phương liên quan", 9),
        ("Các tỉnh, thành phố trực thuộc Trung ương thuộc diện sáp nhập", 23),
        ("Các bộ, ngành là chủ quản CSDLQG, CSDL chuyên ngành", 12),
        ("VTV, VOV, TTXVN, các địa phương", 37),
    ],
)
def test_phrases_that_need_judgement_are_never_left_to_the_reader(phrase: str, size: int) -> None:
    found = read(phrase)
    assert found.phrase is None
    assert len(found.bodies) == size


def test_a_stranger_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Bộ Không có"):
        read("Bộ Tài chính, Bộ Không có")


def test_co_ordinators_are_the_single_bodies_only() -> None:
    cell = "Bộ Công an, Văn phòng Trung ương Đảng, các bộ, ngành, địa phương; Bộ Khoa học và công nghệ"
    assert [lead.code for lead in named(cell)] == ["G01", "G06"]
