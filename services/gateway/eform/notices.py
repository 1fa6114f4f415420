"""What a page says after something was done, by the word in the address; unknown words say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, tuple[str, str]]] = {
    "signed-in": ("Đã đăng nhập.", "Signed in."),
    "signed-out": ("Đã đăng xuất.", "Signed out."),
    "saved": ("Đã lưu.", "Saved."),
    "begun": ("Đã tạo báo cáo mới.", "A new report was begun."),
    "handed-over": ("Đã chuyển duyệt.", "Handed over for approval."),
    "approved": ("Đã duyệt.", "Approved."),
    "rejected": ("Đã trả lại.", "Rejected."),
    "reverted": ("Đã bỏ báo cáo này.", "This report was given up."),
    "saved-with-findings": ("Đã lưu. Còn điểm phải xử lý, ghi bên cạnh ô.", "Saved. What is left stands beside the fields."),
    "removed": ("Đã xóa dòng.", "The row was removed."),
    "checked": ("Đã yêu cầu kiểm tra lại.", "Checked again."),
    "signed": ("Đã ký và tiếp nhận.", "Signed and accepted."),
    "confirmed": ("Đã xác nhận.", "Confirmed."),
    "entered": ("Đã ghi vào sổ, chờ người thứ hai xác nhận.", "Entered; a second person has yet to confirm it."),
    "withdrawn": ("Đã rút.", "Withdrawn."),
    "proposed": ("Đã gửi đề xuất.", "Proposed."),
    "assessed": ("Đã ghi ý kiến thẩm định.", "Assessed."),
    "decided": ("Đã ghi quyết định.", "Decided."),
    "sent": ("Đã gửi.", "Sent."),
    "returned": ("Đã trả lại đơn vị.", "Returned to the unit."),
    "assembled": ("Đã tổng hợp vào báo cáo.", "Assembled into the report."),
    "uploaded": ("Đã tải lên.", "Uploaded."),
    "requested": ("Đã ghi yêu cầu, chờ người thứ hai phê duyệt.", "Requested; a second person has yet to approve it."),
    "entered-feedback": ("Đã ghi vào sổ.", "Entered."),
    "revoked": ("Đã thu hồi.", "Revoked."),
}
