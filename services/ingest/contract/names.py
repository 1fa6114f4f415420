"""What datasets and their figures are called in a Vietnamese sentence. A test refuses one without its name."""

from __future__ import annotations

import re
from typing import Final

DATASETS: Final = {
    "coverage": "số dòng nguồn ghi cho cơ quan",
    "task_assignments": "nhiệm vụ được giao",
    "kpi_entries": "chỉ số KPI",
    "service_scores": "điểm phục vụ trên Cổng Dịch vụ công quốc gia",
    "exchange_volumes": "giao dịch chia sẻ dữ liệu",
    "database_growth": "bản ghi của cơ sở dữ liệu",
    "investments": "vốn được giao",
    "reports": "báo cáo của cơ quan",
    "registered_tasks": "nhiệm vụ đăng ký",
    "reported_records": "bản ghi theo báo cáo",
    "registers": "sổ theo dõi",
    "summonses": "lượt triệu tập",
    "speeches": "bài phát biểu",
    "initiatives": "sáng kiến",
    "reviewed_records": "ý kiến rà soát số liệu C1",
}

COLUMNS: Final = {
    "task_assignments": "số nhiệm vụ",
    "kpi_entries": "số chỉ số KPI",
    "percent": "tỷ lệ hoàn thành (%)",
    "ckmb": "công khai, minh bạch",
    "tdgq": "tiến độ giải quyết",
    "clgq": "dịch vụ công trực tuyến",
    "tttt": "thanh toán trực tuyến",
    "mdhl": "mức độ hài lòng",
    "mdsh": "số hóa hồ sơ",
    "total": "tổng điểm",
    "transactions": "số giao dịch thành công",
    "as_provider": "số giao dịch với vai trò bên cung cấp",
    "as_consumer": "số giao dịch với vai trò bên khai thác",
    "failed": "số giao dịch lỗi",
    "new_records": "số bản ghi mới",
    "allocated_vnd": "vốn được giao (đồng)",
    "disbursed_vnd": "vốn đã giải ngân (đồng)",
    "registered_tasks": "số nhiệm vụ đăng ký",
    "reported_databases": "số cơ sở dữ liệu có báo cáo",
    "summonses": "số lượt triệu tập",
    "speeches": "số bài phát biểu",
    "initiatives": "số sáng kiến",
    "points": "điểm đề nghị",
}

# What a row put aside holds and should hold, as the checks say it in English. Names of types and choices stay as they are.
_SAID: Final = (
    (r"([0-9]+) to ([0-9]+) points", r"từ \1 đến \2 điểm"),
    (r"a day of ([0-9-]+)", r"một ngày trong tháng \1"),
    (r"text of a classified task", "nội dung của nhiệm vụ mật"),
    (r"text that can be kept", "văn bản lưu được"),
    (r"one row a body", "một dòng cho mỗi cơ quan"),
    (r"not stated", "không được nguồn ghi"),
    (r"0 without a meeting", "0 khi không có cuộc họp"),
    (r"None|null", "để trống"),
)


def in_vietnamese(said: str) -> str:
    """A check's words in a Vietnamese sentence; values stay as they were delivered."""
    for english, vietnamese in _SAID:
        if found := re.fullmatch(english, said):
            return found.expand(vietnamese)
    return said
