"""A spelling means one body, several by a recorded rule, or nothing (ING-09)."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest

from shared.registry import Agency, Registry, Unmapped, fold

DATA = Path(__file__).parents[3] / "migrations" / "data"


def read(name: str) -> list[dict[str, str]]:
    with (DATA / f"0001_{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def registry() -> Registry:
    """As of January 2026, from the rows the migration loads."""
    agencies = [
        Agency(
            code=row["code"],
            kind=row["kind"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            head_title_vi=row["head_title_vi"],
            head_title_en=row["head_title_en"],
            head_name=None,
            nso_code=row["nso_code"] or None,
        )
        for row in read("agencies")
        if row["valid_from"] <= "2026-01-31"
    ]
    return Registry(
        agencies=agencies,
        aliases={row["spelling_key"]: row["code"] for row in read("aliases")},
        collectives={row["phrase_key"]: (row["rule_id"], tuple(row["kinds"].split("|"))) for row in read("collectives")},
    )


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("G06", "G06"),
        ("g06", "G06"),
        ("000.00.00.H38", "H38"),
        (unicodedata.normalize("NFD", "Bộ Khoa học và Công nghệ"), "G06"),
        ("Bộ Công thương", "G02"),
        ("  Bộ   Công Thương ;", "G02"),
        ("VTV", "G28"),
        ("TTXVN", "G30"),
        ("Ngân hàng nhà nước Việt Nam", "G19"),
        ("Bộ Nông nghiệp và môi trường", "G10"),
        ("Lào Cai", "H38"),
        ("UBND tỉnh Lào Cai", "H38"),
        ("Uỷ ban nhân dân tỉnh Thanh Hoá", "H56"),
        ("TP. Hồ Chí Minh", "H29"),
        ("Ban Cơ yếu Chính phủ", "G11"),
        ("Ministry of Finance", "G12"),
    ],
)
def test_a_spelling_means_one_body(registry: Registry, spelling: str, code: str) -> None:
    found = registry.resolve(spelling)
    assert (found.codes, found.rule_id) == ((code,), None)


@pytest.mark.parametrize(
    ("phrase", "count"),
    [
        ("Các bộ, ngành, địa phương", 56),
        ("Bộ, ngành, địa phương", 56),
        ("Các bộ, ngành", 22),
        ("Các bộ, cơ quan ngang bộ", 17),
        ("Các địa phương", 34),
        (unicodedata.normalize("NFD", "Các tỉnh, thành phố trực thuộc TW"), 34),
        ("UBND các địa phương", 34),
    ],
)
def test_a_collective_phrase_expands_by_a_named_rule(registry: Registry, phrase: str, count: int) -> None:
    found = registry.resolve(phrase)
    assert len(found.codes) == count
    assert found.rule_id is not None


@pytest.mark.parametrize(
    "spelling",
    ["", "H99", "000.00.00.X1", "Bộ Khoa", "Bo Cong an", "Các địa phương liên quan", "G06.12", "Bộ Công an, Bộ Tài chính"],
)
def test_what_is_not_listed_is_refused_never_guessed(registry: Registry, spelling: str) -> None:
    with pytest.raises(Unmapped) as refused:
        registry.resolve(spelling)
    assert refused.value.context["spelling"] == spelling
    assert refused.value.hint


def test_accents_are_kept_only_their_place_is_not() -> None:
    assert fold("Thanh Hoá") == fold("Thanh Hóa")
    assert fold("Hòa") != fold("Hoa")
    assert fold("quý") == "quý"
