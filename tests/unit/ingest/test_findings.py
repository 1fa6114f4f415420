"""What a finding says in Vietnamese: names, a decimal comma, Vietnam's time; its detail stays what it was."""

from __future__ import annotations

import pytest

from services.ingest.contract.findings import PORTAL_SUM, PULL_FAILED, REPORT_LATE, ROW_COUNT_JUMP, VALUE_JUMP, Finding, failure
from services.ingest.contract.names import COLUMNS, DATASETS
from services.ingest.contract.source import SchemaDrift
from services.ingest.sources import SOURCES


def test_every_dataset_and_figure_has_its_vietnamese_name() -> None:
    datasets = [dataset for source in SOURCES for dataset in source.datasets]
    assert set(DATASETS) == {dataset.name for dataset in datasets}
    assert set(COLUMNS) == {column for dataset in datasets for column in dataset.numeric}


@pytest.mark.parametrize("words", ["2026-13-45T99:00:00Z", "2026-02-01T00:00:00+07:00 là lúc nguồn đóng"])
def test_what_only_looks_like_an_instant_is_told_as_it_is(words: str) -> None:
    assert words in str(Finding(PULL_FAILED, {"title": words, "type": "t", "detail": "d"}).as_row()["message_vi"])


def test_a_jump_names_its_figure_and_writes_a_decimal_comma() -> None:
    detail = {"agency": "H38", "dataset": "exchange_volumes", "column": "transactions", "now": "12000", "factor": 10}
    row = Finding(VALUE_JUMP, detail | {"median": "812.5", "months": 2, "window": "2026-01…2026-02"}).as_row()
    assert row["message_vi"] == (
        "H38, giao dịch chia sẻ dữ liệu, số giao dịch thành công: 12000, chênh từ 10 lần trở lên so với trung vị 812,5"
        " của 2 kỳ đã chốt (2026-01…2026-02)"
    )
    assert "812.5" in row["message_en"]
    assert row["detail"]["column"] == "transactions"
    sums = {"agency": "G06", "groups": "88.55", "total": "90.5", "tolerance": "0.02"}
    assert Finding(PORTAL_SUM, sums).as_row()["message_vi"] == "G06: tổng sáu nhóm là 88,55, nguồn ghi 90,5 (lệch quá 0,02)"
    assert (
        "bản ghi của cơ sở dữ liệu"
        in Finding(ROW_COUNT_JUMP, {"dataset": "database_growth", "now": 9, "before": 3}).as_row()["message_vi"]
    )


def test_a_late_report_is_said_with_vietnams_time() -> None:
    detail = {
        "agency": "G06",
        "sequence": 2,
        "submitted_at": "2026-02-05T00:00:01+07:00",
        "deadline": "2026-02-05T00:00:00+07:00",
    }
    assert Finding(REPORT_LATE, detail).as_row()["message_vi"] == (
        "G06: báo cáo số 2 nộp lúc 05/02/2026 00:00:01, sau hạn 05/02/2026 00:00:00, không có trong bản chốt"
    )


def test_a_failed_pull_says_no_english() -> None:
    row = failure(SchemaDrift("the English words of a worker")).as_row()
    assert row["message_vi"] == "Không lấy được dữ liệu: Cấu trúc dữ liệu của nguồn không đúng quy ước dữ liệu"
    assert row["message_en"] == "The pull failed (schema-drift): the English words of a worker"
    assert row["code"] == PULL_FAILED.code
