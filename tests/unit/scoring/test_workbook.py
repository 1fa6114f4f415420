"""The workbook: its formulas, computed by nothing of the product, give what was published (XPT-01, XPT-02, XPT-05)."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from services.scoring.exports.workbook import decisions_table, workbook
from services.scoring.sheet_document import document_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.inputs import Exemption, Inputs
from shared.law.scheme import Scheme, legal_cutoff, legal_report_deadline, packaged_schemes
from shared.law.sheet import AgencyInput, score
from shared.registry import Agency
from tests.unit.public_pages import published
from tests.unit.scoring.spreadsheet import FIGURES, TABLE, Book, assert_recomputes, letters, lines_of

TIE, BELOW, GAP, BARRED, RICH, QUIET = "X01", "X02", "X03", "X04", "X05", "X06"
# Sums to 84,5 exactly, of thirds, twelfths and a share of the best: half of a point decides between B and A.
TIED: dict[str, Any] = {
    "period_tasks": 12, "on_time_tasks": 10, "late_tasks": 1, "transparency": 18, "progress": 20, "online_services": 22,
    "satisfaction": 18, "digitisation": 22, "digitised_records": 1_900_000, "exchange_transactions": 9_000_000,
    "accepted_tasks": 1, "registered_tasks": 3, "disbursed_vnd": 300, "allocated_vnd": 300, "meetings_attended": 2,
    "meetings_summoned": 2, "speeches": 5, "thematic_reports": 0, "kpis_updated": 6, "kpis_required": 6, "bonus_points": 5,
}  # fmt: skip
MOST = {"period_tasks": 36, "digitised_records": 4_000_000, "exchange_transactions": 9_000_000}


def figures(chance: random.Random) -> dict[str, Any]:
    def upto(most: int) -> tuple[int, int]:
        whole = chance.randint(1, most)
        return chance.randint(0, whole), whole

    tasks, (updated, required), (accepted, registered) = chance.randint(1, 35), upto(9), upto(70)
    on_time = chance.randint(0, tasks)
    attended, summoned = upto(7)
    money = chance.randint(10**8, 10**13)
    indices = {"transparency": 18, "progress": 20, "online_services": 22, "satisfaction": 18, "digitisation": 22}
    return {
        "period_tasks": tasks, "on_time_tasks": on_time, "late_tasks": chance.randint(0, tasks - on_time),
        **{name: Decimal(chance.randint(0, 100 * most)) / 100 for name, most in indices.items()},
        "digitised_records": chance.randint(0, 3_999_999), "exchange_transactions": chance.randint(0, 8_999_999),
        "accepted_tasks": accepted, "registered_tasks": registered, "disbursed_vnd": chance.randint(0, money + money // 9),
        "allocated_vnd": money, "meetings_attended": attended, "meetings_summoned": summoned,
        "speeches": chance.randint(0, 7), "thematic_reports": chance.randint(0, 1), "kpis_updated": updated,
        "kpis_required": required, "bonus_points": chance.randint(0, 5),
    }  # fmt: skip


def document(seed: int = 0, **special: dict[str, Any]) -> dict[str, Any]:
    """56 bodies, one of them the best of every pool; ``special`` are the figures of further ones."""
    chance, scheme = random.Random(seed), published.scheme()  # noqa: S311 - the same figures every time
    given: dict[str, dict[str, Any]] = {**special, "X50": {**figures(chance), **MOST, "on_time_tasks": 20, "late_tasks": 3}}
    bodies = [f"X{number:02}" for number in range(1, 57)]
    pool = [
        AgencyInput(
            code, given.get(code) or figures(chance), kind="province",
            not_applicable=frozenset({"C1", "E3"} if code == BARRED else ()),
        )
        for code in bodies
    ]  # fmt: skip
    period = scheme.first_period
    agencies = [Agency(code, "province", f"Tỉnh {code}", code, "Chủ tịch", "Chairman", None, None) for code in bodies]
    inputs = Inputs(
        period, legal_cutoff(period), legal_report_deadline(period), agencies, {}, [],
        [Exemption(f"appl_{code}", BARRED, code, "34/QĐ-MẪU") for code in ("C1", "E3")],
    )  # fmt: skip
    sheet: dict[str, Any] = json.loads(canonical_bytes(document_of(score(scheme, period, pool), inputs)))
    top = {name: published.document()[name] for name in ("publication", "version", "run", "result_digest", "published_at")}
    return sheet | top


SPECIAL = {
    TIE: TIED, BELOW: {**TIED, "digitised_records": 1_899_999}, GAP: {**TIED, "disbursed_vnd": None},
    BARRED: {**TIED, "digitised_records": 99_000_000},
    RICH: {**TIED, "disbursed_vnd": 1_234_567_890_123_456, "allocated_vnd": 9_876_543_210_987_654},
    QUIET: {**TIED, "period_tasks": 0, "on_time_tasks": 0, "late_tasks": 0, "meetings_attended": 0, "meetings_summoned": 0,
            "speeches": 0},
}  # fmt: skip
ORDINARY = {name: found for name, found in SPECIAL.items() if name != RICH}


@cache
def made(seed: int, *, rich: bool) -> tuple[dict[str, Any], bytes]:
    found = document(seed, **(SPECIAL if rich else ORDINARY))
    return found, workbook(found, published.scheme())


def test_the_month_has_ties_gaps_and_what_does_not_apply() -> None:
    lines = {line["agency"]: line for line in made(0, rich=True)[0]["agencies"]}
    assert len(lines) == 56
    assert (lines[TIE]["total_exact"], lines[TIE]["total"], lines[TIE]["grade"]) == ("169/2", 85, "A")
    assert (lines[BELOW]["total"], lines[BELOW]["grade"]) == (84, "B")
    states = {found["state"] for line in lines.values() for found in line["indicators"].values()}
    assert {"scored", "missing", "not_applicable", "no_events"} <= states


@pytest.mark.parametrize("number", [Fraction, float])
@pytest.mark.parametrize(("seed", "rich"), [(0, True), (0, False), (1, False), (2, False)])
def test_recomputed_it_gives_what_was_published(seed: int, number: Callable[[str], Any], *, rich: bool) -> None:
    found, body = made(seed, rich=rich)
    assert_recomputes(found, body, number)


@pytest.mark.parametrize("seed", range(3))
def test_all_points_are_formulas_written_with_their_value(seed: int) -> None:
    found, body = made(seed, rich=False)
    book = Book(body, float)
    rows = book.rows()
    for at, line in enumerate(lines_of(found), start=7):
        for code, one in line["indicators"].items():
            key = (TABLE, f"{letters(at)}{rows['Điểm khuyến khích' if code == 'bonus' else code]}")
            assert (key in book.formulas) == (one["state"] not in ("missing", "not_applicable")), key
    for (sheet, cell), formula in book.formulas.items():
        value, said = book.value(sheet, cell), book.written[sheet, cell]
        assert said == value if isinstance(value, str) else float(said) == pytest.approx(value, abs=1e-9), formula


def test_rounding_is_done_on_whole_numbers() -> None:
    formulas = Book(made(0, rich=False)[1], float).formulas
    shape = r"IF\((.+)=0,18,INT\(\(200\*18\*('Số liệu'!\$D\$[0-9]+)\+(.+)\)/\(2\*(.+)\)\)/100\)"
    row = Book(made(0, rich=False)[1], float).rows()["A1"]
    for at in range(7, 63):
        matched = re.fullmatch(shape, formulas[TABLE, f"{letters(at)}{row}"])
        assert matched
        assert matched[1] == matched[3] == matched[4]


def test_figures_are_the_documents_and_what_is_missing_is_empty() -> None:
    found, body = made(0, rich=True)
    book, scheme = Book(body, Fraction), published.scheme()
    columns = {name: book.column(FIGURES, measure.label.vi, row=3) for name, measure in scheme.measures.items()}
    for at, line in enumerate(lines_of(found), start=5):
        assert book.texts[FIGURES, f"A{at}"] == line["agency"]
        for name, column in columns.items():
            cell = book.value(FIGURES, f"{column}{at}")
            text = line["measures"][name]
            assert cell == (text if text is None or len(text.partition(".")[0]) > 15 else Fraction(text)), (
                line["agency"],
                name,
            )


def test_money_of_more_digits_than_a_double_holds_is_text_beside_a_scaled_number() -> None:
    found, body = made(0, rich=True)
    book = Book(body, Fraction)
    row = 5 + [line["agency"] for line in lines_of(found)].index(RICH)
    label = published.scheme().measures["allocated_vnd"].label.vi
    assert book.value(FIGURES, f"{book.column(FIGURES, label, row=3)}{row}") == "9876543210987654"
    scaled = book.value(FIGURES, f"{book.column(FIGURES, f'{label}, chia cho 10^1', row=3)}{row}")
    assert scaled == pytest.approx(Fraction(9_876_543_210_987_654, 10))


def test_headings_and_rows_are_the_decisions() -> None:
    book = Book(made(0, rich=False)[1], float)
    headings = [book.texts[TABLE, f"{column}5"] for column in "ABCDEF"]
    assert headings == [
        "STT", "Tên bộ tiêu chí/tiêu chí", "Ý nghĩa", "Công thức tính điểm", "Điểm tối đa", "Nguồn dữ liệu",
    ]  # fmt: skip
    order = "A A1 A2 A3 B B1 B2 B3 B4 B5 C C1 C2 D D1 D2 E E1 E2 E3"
    assert [book.texts[TABLE, f"A{row}"] for row in range(6, 26)] == order.split()
    assert book.texts[TABLE, "B27"] == "Tổng điểm của tháng = A + B + C + D + E + Điểm khuyến khích"
    assert {book.value(TABLE, f"E{book.rows()[group]}") for group in "ABCD"} == {20.0}
    assert book.value(TABLE, f"E{book.rows()['E']}") == 15


def test_it_says_where_it_comes_from() -> None:
    found = published.document()
    book = Book(workbook(found, published.scheme(), sha256_hex(canonical_bytes(found))), float)
    assert book.names == [TABLE, FIGURES, "Nguồn gốc"]
    words = {text for (sheet, _), text in book.texts.items() if sheet == "Nguồn gốc"}
    assert {found[name] for name in ("publication", "run", "result_digest", "scheme_digest")} <= words
    assert sha256_hex(canonical_bytes(found)) in words
    assert {each["snapshot"] for each in found["snapshots"]} <= words
    assert "/api/v1/periods/2026-01/scores?version=1" in words
    assert published.NOTICE in words
    assert published.NOTICE in book.texts[TABLE, "A3"]


def test_the_same_document_gives_the_same_bytes_and_nothing_beside_the_list() -> None:
    found, body = made(0, rich=True)
    assert workbook(copy.deepcopy(found), published.scheme()) == body
    grown = copy.deepcopy(found)
    grown["secret"] = grown["agencies"][0]["secret"] = grown["agencies"][0]["indicators"]["A1"]["secret"] = "bí mật"
    assert workbook(grown, published.scheme()) == body


@pytest.mark.parametrize("scheme", packaged_schemes(), ids=lambda each: each.id)
def test_every_scheme_has_the_table_of_its_decision(scheme: Scheme) -> None:
    """Without it no month under the scheme could be published."""
    assert decisions_table(scheme.id)
