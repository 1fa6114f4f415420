"""Vietnamese that a review of 2026-11-30 found wrong, wherever a machine can find its kind: it does not come back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Made of the others; a former catalogue and the law's own words, whose digests stand in what was made under them.
MADE = {"problem_types.json", "report-rules-1.yaml"}
LAW = re.compile(r"^\s+text: '", re.MULTILINE)
# A sentence that ends so says “the previous one”. Where that is meant it stands here.
LAST = re.compile(r"\btrước(?=[.;”\"]|\s*$)", re.MULTILINE)
MEANT = re.compile(
    r"(từ|về|các (tháng|lần|kỳ)|như kỳ|so với kỳ|báo cáo kỳ|thay quyết định|Dòng|Trang|báo cáo lần|Nên nộp|Hạn nội bộ:"
    r"|\"kỳ|t\(\") ?trước$",
    re.IGNORECASE,
)
WRONG = {
    "bộ máy tính": "công cụ tính điểm độc lập",
    "hợp đồng": "quy ước dữ liệu",
    "chia sẻ, tích hợp": "tích hợp, chia sẻ",
    "điểm danh": "ghi nhận tham dự",
    "điểm thưởng": "điểm khuyến khích",
    "kiểm toán": "giám sát",
    "thường trực thẩm định": "người thẩm định của cơ quan thường trực",
    "thẩm quyền ký": "ủy quyền ký số",
    "khóa api": "khóa truy cập",
    "không bao giờ khóa bí mật": "khóa riêng",
    "quản lý chung": "cơ quan quản lý ở trung ương",
    "cách ly": "để riêng",
    "bản tính": "lần chấm điểm",
    "lần gửi {": "báo cáo số",
    "người gọi": "khóa đang dùng",
    "cho nghỉ": "ngừng sử dụng",
    "thôi ký": "ngừng ký",
    "lặng lẽ": "tự động",
    "không thể đúng": "không hợp lệ (không thể xảy ra)",
    "điều được hỏi": "đã yêu cầu",
    "đăng ký ký": "bật chế độ phải ký",
    "đồng nghiệp": "người thứ hai, người có thẩm quyền",
    " thắng ": "được ưu tiên áp dụng so với",
    "câu trả lời": "kết quả trả về",
    "không ai tự ": "không được tự",
    "không ai được ": "không được",
}
# To find out is a verb; what is found is an error or a warning.
FOUND = re.compile(r"phát hiện(?! mã độc)", re.IGNORECASE)
HEADS = {"Lúc", "Ai", "Việc", "Chỗ", "Mức", "Thấy", "Cần"}


def told() -> Iterator[tuple[Path, str]]:
    """Every file of the product that may hold Vietnamese."""
    for folder in ("services", "shared", "deploy"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".json", ".yaml", ".html"} and path.name not in MADE:
                yield path.relative_to(ROOT), path.read_text("utf-8")


def test_the_words_of_the_review_do_not_come_back() -> None:
    found = [
        f"{path}: “{wrong}”, better “{better}”"
        for path, text in told()
        for lower in ["\n".join(line for line in text.splitlines() if not LAW.match(line)).lower()]
        for wrong, better in WRONG.items()
        if wrong in lower
    ]
    assert found == []


def test_no_sentence_ends_by_saying_previous_where_first_is_meant() -> None:
    found = [
        f"{path}: {line.strip()[:120]}"
        for path, text in told()
        for line in text.splitlines()
        if not LAW.match(line)
        for each in LAST.finditer(line)
        if not MEANT.search(line[: each.end()])
    ]
    assert found == []


def test_what_a_check_finds_are_errors_and_warnings() -> None:
    assert [f"{path}: {each[0]}" for path, text in told() for each in FOUND.finditer(text)] == []


def test_a_table_has_no_heads_of_one_spoken_word() -> None:
    words = re.compile(r"[(\[, ]\"([^\"]+)\"")
    found = [
        f"{path}: {each[1]}"
        for path, text in told()
        if path.suffix in {".html", ".py"}
        for each in words.finditer(text)
        if each[1] in HEADS
    ]
    assert found == []


@pytest.mark.parametrize("bad", ["Chốt số liệu của kỳ này trước.", "Sửa cuộc họp trước.", 'hoặc hủy trước",'])
def test_the_pattern_finds_what_the_review_found(bad: str) -> None:
    assert any(not MEANT.search(bad[: each.end()]) for each in LAST.finditer(bad))
