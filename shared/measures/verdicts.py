"""The verdicts a row can have: a fixed list, each in one phrase in both languages. What a verdict counts for, Tally says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What a verdict says of a row."""

    vi: str
    en: str


SOURCE_FIGURE = "source_figure"
VERDICTS: dict[str, Words] = {
    # Tasks (A1–A3).
    "on_time": Words("hoàn thành đúng hạn", "completed on time"),
    "late": Words("hoàn thành quá hạn", "completed late"),
    "late_in_month": Words(
        "hoàn thành quá hạn, hạn ngay trong kỳ nên không tính quá hạn", "completed late, but due in the month itself"
    ),
    "backlog_late": Words("tồn đọng từ trước, hoàn thành trong kỳ", "backlog, completed in the month"),
    "completed_later": Words("hoàn thành sau kỳ", "completed after the month"),
    "open": Words("chưa hoàn thành", "not completed"),
    "backlog_open": Words("tồn đọng từ trước, chưa hoàn thành", "backlog, not completed"),
    "sent_back": Words("kết quả bị trả lại, chưa được xác nhận lại", "completion sent back and not confirmed since"),
    "recorded_late": Words("hoàn thành nhưng ghi nhận sau thời điểm chốt", "completion recorded only after the cutoff"),
    "before_window": Words("hoàn thành trước kỳ", "completed before the month"),
    "due_later": Words("chưa đến hạn trong kỳ", "due after the month"),
    "no_deadline": Words("không có hạn cụ thể", "no deadline"),
    "assigned_later": Words("giao sau kỳ", "assigned after the month"),
    "returned": Words("được chấp nhận trả lại", "return accepted"),
    "coordinator": Words("chỉ phối hợp, không chủ trì", "coordinates only"),
    "other_assigner": Words("người giao không thuộc phạm vi tính", "assigned by somebody who is not counted"),
    # What a source says of a body as a whole.
    "stated": Words("nguồn có số liệu về cơ quan", "the source speaks of the body"),
    SOURCE_FIGURE: Words("điểm do nguồn tính, không có dòng chi tiết", "a figure of the source, with no rows behind it"),
    # Figures (C1, C2, D2, bonus).
    "counted": Words("được tính", "counted"),
    "not_given": Words("nguồn không cung cấp số liệu", "figure not given"),
    "allocated_not_given": Words("chưa có số vốn giao", "allocated amount not given"),
    "disbursed_not_given": Words("chưa có số giải ngân", "disbursed amount not given"),
    "automatic": Words("số liệu tự động, được tính", "automatic figure, counted"),
    "automatic_wins": Words("đã có số liệu tự động", "the automatic figure counts instead"),
    "confirmed": Words("số liệu báo cáo được xác nhận, được tính", "reported and confirmed, counted"),
    "refused": Words("số liệu báo cáo không được xác nhận", "reported and refused"),
    "left_out": Words("để ngoài theo quyết định", "left out by decision"),
    "open_word": Words("chờ xác nhận", "awaiting confirmation"),
    "open_unlisted": Words("chờ xác nhận, ngoài danh mục", "awaiting confirmation, not a listed database"),
    "unlisted": Words("cơ sở dữ liệu ngoài danh mục", "not a listed database"),
    "other_budget": Words("không phải vốn đầu tư phát triển", "not development investment"),
    # Registered tasks (D1).
    "accepted": Words("đã nghiệm thu trong năm", "accepted this year"),
    "accepted_before": Words("nghiệm thu trước năm nay", "accepted before this year"),
    "accepted_later": Words("nghiệm thu sau kỳ", "accepted after the month"),
    "not_accepted": Words("chưa nghiệm thu", "not accepted"),
    "registered_later": Words("đăng ký sau kỳ", "registered after the month"),
    "late_report": Words("báo cáo nộp muộn", "the report came late"),
    # Meetings, speeches, KPI entries (E1–E3).
    "attended": Words("dự đúng thành phần", "attended as required"),
    "absent": Words("vắng", "absent"),
    "lower_role": Words("không đúng thành phần", "not in the required role"),
    "not_in_person": Words("không dự trực tiếp", "not in person"),
    "other_month": Words("ngoài kỳ", "in another month"),
    "speech": Words("phát biểu được tính", "speech, counted"),
    "thematic_report": Words("báo cáo chuyên đề được tính", "thematic report, counted"),
    "not_qualifying": Words("không đạt yêu cầu", "not qualifying"),
    "updated": Words("cập nhật đúng hạn", "updated in time"),
    "updated_late": Words("cập nhật muộn", "updated late"),
    "not_updated": Words("chưa cập nhật", "not updated"),
    "not_due": Words("chưa đến kỳ cập nhật", "not due in the month"),
}
