"""What datasets and their figures are called in a Vietnamese sentence. A test refuses one without its name."""

from __future__ import annotations

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
