"""Columns of frozen rows, as the page about them names and writes them. Pure.

Those that tell a person what a row is and why it counts; all columns are in the CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from shared.problems import Language
from shared.writing import NONE, day, decimal_comma, grouped, moment

Cell = str | int | bool | None


class Column(NamedTuple):
    """``written`` is how a value stands on the page; None: as it is, or by ``VALUES``."""

    name: str
    vi: str
    en: str
    written: Callable[[str], str] | None = None


# What codes in rows mean.
VALUES: Final[Mapping[str, tuple[str, str]]] = {
    "lead": ("chủ trì", "lead"),
    "coordinator": ("phối hợp", "coordinates"),
    "head": ("người đứng đầu", "head"),
    "acting_head": ("người được giao phụ trách", "acting head"),
    "deputy": ("cấp phó", "deputy"),
    "officer": ("công chức", "officer"),
    "in_person": ("trực tiếp", "in person"),
    "online": ("trực tuyến", "online"),
    "speech": ("phát biểu", "speech"),
    "thematic_report": ("báo cáo chuyên đề", "thematic report"),
    "development_investment": ("đầu tư phát triển", "development investment"),
    "recurrent": ("chi thường xuyên", "recurrent"),
    "science_technology": ("khoa học, công nghệ", "science and technology"),
    "innovation": ("đổi mới sáng tạo", "innovation"),
    "digital_transformation": ("chuyển đổi số", "digital transformation"),
    "kpi": ("chỉ số KPI", "KPI"),
    "monthly_report": ("báo cáo tháng", "monthly report"),
    "monthly": ("hằng tháng", "monthly"),
    "quarterly": ("hằng quý", "quarterly"),
    "half_yearly": ("sáu tháng", "half-yearly"),
    "yearly": ("hằng năm", "yearly"),
    "confirmed": ("xác nhận", "confirmed"),
    "refused": ("không chấp nhận", "refused"),
}
COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    "coverage": (
        Column("task_assignments", "Số nhiệm vụ được giao", "Assigned tasks", grouped),
        Column("kpi_entries", "Số chỉ số KPI", "KPIs", grouped),
    ),
    "task_assignments": (
        Column("task_id", "Mã nhiệm vụ", "Task"),
        Column("title", "Nhiệm vụ", "Title"),
        Column("role", "Vai trò", "Role"),
        Column("assigned_by", "Người giao", "Assigned by"),
        Column("assigned_on", "Ngày giao", "Assigned", day),
        Column("due_on", "Hạn", "Due", day),
        Column("extended_due_on", "Hạn được gia hạn", "Extended to", day),
        Column("completed_on", "Hoàn thành", "Completed", day),
        Column("confirmed_at", "Xác nhận lúc", "Confirmed", moment),
    ),
    "service_scores": (
        Column("ckmb", "Công khai, minh bạch", "Transparency", grouped),
        Column("tdgq", "Tiến độ giải quyết", "Progress", grouped),
        Column("clgq", "Chất lượng giải quyết", "Quality", grouped),
        Column("tttt", "Thanh toán trực tuyến", "Online payment", grouped),
        Column("mdhl", "Mức độ hài lòng", "Satisfaction", grouped),
        Column("mdsh", "Mức độ số hoá", "Digitisation", grouped),
        Column("total", "Tổng", "Total", grouped),
    ),
    "database_growth": (
        Column("database", "Mã cơ sở dữ liệu", "Database"),
        Column("database_name", "Cơ sở dữ liệu", "Name"),
        Column("new_records", "Bản ghi mới", "New records", grouped),
        Column("listed", "Trong danh mục", "Listed"),
    ),
    "reported_records": (
        Column("database", "Mã cơ sở dữ liệu", "Database"),
        Column("database_name", "Cơ sở dữ liệu", "Name"),
        Column("new_records", "Bản ghi mới báo cáo", "Reported records", grouped),
        Column("confirmed_at", "Xác nhận lúc", "Confirmed", moment),
    ),
    "reviewed_records": (
        Column("database", "Mã cơ sở dữ liệu", "Database"),
        Column("new_records", "Bản ghi", "Records", grouped),
        Column("verdict", "Ý kiến của Bộ Công an", "The Ministry's word"),
        Column("reviewed_at", "Thời điểm", "When", moment),
        Column("reason", "Lý do", "Reason"),
        Column("document", "Văn bản", "Document"),
    ),
    "exchange_volumes": (
        Column("source_system", "Hệ thống", "System"),
        Column("transactions", "Giao dịch", "Transactions", grouped),
        Column("as_provider", "Cung cấp", "As provider", grouped),
        Column("as_consumer", "Khai thác", "As consumer", grouped),
        Column("failed", "Không thành công", "Failed", grouped),
    ),
    "reports": (
        Column("submitted_at", "Tiếp nhận lúc", "Accepted", moment),
        Column("document", "Văn bản", "Document"),
        Column("registered_tasks", "Nhiệm vụ đã đăng ký", "Registered tasks", grouped),
        Column("reported_databases", "Cơ sở dữ liệu báo cáo", "Reported databases", grouped),
    ),
    "registered_tasks": (
        Column("task_code", "Mã nhiệm vụ", "Task"),
        Column("title", "Nhiệm vụ", "Title"),
        Column("registered_on", "Đăng ký", "Registered", day),
        Column("accepted_on", "Nghiệm thu", "Accepted", day),
        Column("acceptance_document", "Văn bản nghiệm thu", "Document"),
    ),
    "investments": (
        Column("budget_kind", "Nguồn vốn", "Budget"),
        Column("field", "Lĩnh vực", "Field"),
        Column("allocated_vnd", "Được phân bổ (đồng)", "Allocated (VND)", grouped),
        Column("disbursed_vnd", "Đã giải ngân (đồng)", "Disbursed (VND)", grouped),
        Column("as_of_on", "Đến ngày", "As of", day),
    ),
    "registers": (
        Column("summonses", "Số lần được triệu tập", "Summonses", grouped),
        Column("speeches", "Số lần phát biểu", "Speeches", grouped),
        Column("initiatives", "Số sáng kiến", "Initiatives", grouped),
    ),
    "summonses": (
        Column("held_on", "Ngày họp", "Held", day),
        Column("topic", "Nội dung", "Topic"),
        Column("chair", "Chủ trì", "Chair"),
        Column("required_role", "Đối tượng triệu tập", "Required"),
        Column("attended_role", "Người dự", "Attended"),
        Column("attended_mode", "Hình thức", "How"),
    ),
    "speeches": (
        Column("spoken_on", "Ngày", "Day", day),
        Column("kind", "Loại", "Kind"),
        Column("speaker_role", "Người phát biểu", "Speaker"),
        Column("qualifying", "Có tính đóng góp", "Qualifying"),
        Column("note", "Ghi chú", "Note"),
    ),
    "initiatives": (
        Column("title", "Sáng kiến", "Initiative"),
        Column("points", "Điểm được duyệt", "Points approved", decimal_comma),
        Column("decided_on", "Ngày quyết định", "Decided", day),
        Column("decision_document", "Quyết định", "Decision"),
    ),
    "kpi_entries": (
        Column("kpi", "Chỉ số KPI", "KPI"),
        Column("frequency", "Tần suất", "Frequency"),
        Column("due_in_period", "Đến hạn trong kỳ", "Due in the month"),
        Column("updated_at", "Cập nhật lúc", "Updated", moment),
    ),
}
DATASETS: Final[Mapping[str, tuple[str, str]]] = {
    "coverage": ("Nguồn cho biết có số liệu về cơ quan", "The source says that it speaks of the body"),
    "task_assignments": ("Nhiệm vụ được giao", "Assigned tasks"),
    "service_scores": ("Điểm trên Cổng Dịch vụ công quốc gia", "Scores on the National Public Service Portal"),
    "database_growth": ("Dữ liệu tạo lập, do CSDL tổng hợp quốc gia ghi nhận", "Records created, by the national database"),
    "reported_records": ("Dữ liệu tạo lập, do cơ quan báo cáo", "Records created, as the body reported"),
    "reviewed_records": ("Ý kiến của Bộ Công an về số liệu báo cáo", "The Ministry of Public Security's words"),
    "exchange_volumes": ("Giao dịch chia sẻ dữ liệu", "Data exchange"),
    "reports": ("Báo cáo của cơ quan", "The body's report"),
    "registered_tasks": ("Nhiệm vụ đã đăng ký", "Registered tasks"),
    "investments": ("Vốn được phân bổ và giải ngân", "Money allocated and disbursed"),
    "registers": ("Sổ theo dõi của Văn phòng Chính phủ", "Registers of the Government Office"),
    "summonses": ("Họp được triệu tập", "Meetings summoned to"),
    "speeches": ("Phát biểu, báo cáo", "Speeches and reports"),
    "initiatives": ("Sáng kiến", "Initiatives"),
    "kpi_entries": ("Chỉ số KPI phải cập nhật", "KPIs to be updated"),
}  # fmt: skip


def dataset_words(dataset: str, language: Language) -> str:
    return DATASETS[dataset][0 if language == "vi" else 1]


def column_of(dataset: str, name: str) -> Column:
    """The column's words; its own name where the page about rows leaves it out."""
    return next((column for column in COLUMNS[dataset] if column.name == name), Column(name, name, name))


def written(column: Column, value: Cell, language: Language) -> str:
    """A dash where there is nothing."""
    at = 0 if language == "vi" else 1
    if value is None:
        return NONE
    if isinstance(value, bool):
        return (("có", "yes") if value else ("không", "no"))[at]
    if column.written is not None:
        return column.written(str(value))
    known = VALUES.get(str(value))
    return known[at] if known else str(value)
