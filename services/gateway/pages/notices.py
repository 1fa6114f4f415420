"""What a page says after something was done: once, and only when a page of ours led there after doing it.

The word stands in the address and in a sealed cookie: an address alone, which anybody may write, says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from services.gateway.access.auth import Access
from services.gateway.http.runtime import runtime
from services.gateway.pages.addresses import DONE, ROOT
from services.gateway.pages.session import seal, unseal
from shared.errors import Unauthenticated

COOKIE: Final = "bangdiem_notice"
_PURPOSE: Final = b"bangdiem notice"
# From an answer to the page it leads to.
_LASTS: Final = timedelta(minutes=2)

NOTICES: Final[Mapping[str, tuple[str, str]]] = {
    "signed-in": ("Đã đăng nhập.", "Signed in."),
    "signed-out": ("Đã đăng xuất.", "Signed out."),
    "saved": ("Đã lưu.", "Saved."),
    "begun": ("Đã tạo báo cáo mới.", "A new report was begun."),
    "handed-over": ("Đã chuyển duyệt.", "Handed over for approval."),
    "approved": ("Đã duyệt.", "Approved."),
    "rejected": ("Đã trả lại.", "Rejected."),
    "reverted": ("Đã bỏ báo cáo này.", "This report was given up."),
    "saved-with-findings": (
        "Đã lưu. Còn nội dung phải xử lý, xem ghi chú cạnh từng ô.",
        "Saved. What is left stands beside the fields.",
    ),
    "removed": ("Đã xóa dòng.", "The row was removed."),
    "checked": ("Đã yêu cầu kiểm tra lại.", "Checked again."),
    "signed": ("Đã ký và tiếp nhận.", "Signed and accepted."),
    "confirmed": ("Đã xác nhận.", "Confirmed."),
    "entered": ("Đã ghi vào sổ, chờ người thứ hai xác nhận.", "Entered; a second person has yet to confirm it."),
    "withdrawn": ("Đã rút.", "Withdrawn."),
    "proposed": ("Đã gửi đề xuất.", "Proposed."),
    "assessed": ("Đã ghi ý kiến thẩm định.", "Assessed."),
    "decided": ("Đã ghi quyết định.", "Decided."),
    "asked": ("Đã gửi yêu cầu.", "It was asked for."),
    "frozen": ("Đã chốt số liệu.", "Frozen."),
    "looked": ("Đã hỏi lại nguồn.", "The source was asked once more."),
    "rehearsed": ("Đã lấy thử số liệu.", "Rehearsed."),
    "ended-request": (
        "Đề nghị đã được kết thúc, không ai duyệt được nữa.",
        "The request was ended; it cannot be approved.",
    ),
    "scored": ("Đã chấm điểm.", "Scored."),
    "planned": ("Đã tính kế hoạch.", "The plan was computed."),
    "published": ("Đã công bố.", "Published."),
    "sent": ("Đã gửi.", "Sent."),
    "returned": ("Đã trả lại đơn vị.", "Returned to the unit."),
    "assembled": ("Đã tổng hợp vào báo cáo.", "Assembled into the report."),
    "uploaded": ("Đã tải lên.", "Uploaded."),
    "requested": ("Đã ghi yêu cầu, chờ người thứ hai phê duyệt.", "Requested; a second person has yet to approve it."),
    "entered-feedback": ("Đã ghi vào sổ.", "Entered."),
    "revoked": ("Đã thu hồi.", "Revoked."),
    "paused": ("Đã tạm dừng gửi.", "Paused."),
    "resumed": ("Đã gửi tiếp.", "Resumed."),
    "ended": ("Đã ngừng sử dụng.", "Ended."),
    "replayed": ("Các sự kiện đang được gửi lại.", "The events are being sent once more."),
}


def led(request: Request, address: str, *, done: str | None) -> Response:
    """To a page of ours; ``done`` names the notice shown there."""
    if done is None:
        return RedirectResponse(address, status_code=303)
    given, joint = runtime(request), "&" if "?" in address else "?"
    response = RedirectResponse(f"{address}{joint}{urlencode({DONE: done})}", status_code=303)
    told = {"done": done, "at": address.partition("?")[0]}
    sealed = seal(given.part(Access).pepper, told, now=given.clock(), purpose=_PURPOSE)
    secure = given.public_url.startswith("https:")
    age = int(_LASTS.total_seconds())
    response.set_cookie(COOKIE, sealed, max_age=age, path=ROOT, httponly=True, secure=secure, samesite="lax")
    return response


def notice_at(request: Request) -> str:
    """The word of the notice to be shown on this page; empty when nothing was done that led here."""
    given, asked = runtime(request), request.query_params.get(DONE, "")
    try:
        told = unseal(given.part(Access).pepper, request.cookies.get(COOKIE, ""), given.clock(), ttl=_LASTS, purpose=_PURPOSE)
    except Unauthenticated:
        return ""
    return asked if told == {"done": asked, "at": request.scope["path"]} else ""


def forget(response: Response) -> None:
    """The notice was shown."""
    response.delete_cookie(COOKIE, path=ROOT)
