"""What pages of operations call sources, states, requests and work, and which act comes next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.board.words import Tag
from services.gateway.pages.page_words import Words

SOURCES: Final[Mapping[str, Words]] = {
    "system57": ("Hệ thống theo dõi nhiệm vụ Nghị quyết 57", "System 57 of tasks"),
    "public_service_portal": ("Cổng Dịch vụ công quốc gia", "National public service portal"),
    "ndxp": ("Nền tảng chia sẻ dữ liệu NDXP", "Data exchange platform NDXP"),
    "national_database": ("Cơ sở dữ liệu quốc gia", "National databases"),
    "finance": ("Hệ thống của Bộ Tài chính", "System of the Ministry of Finance"),
    "agency_report": ("Báo cáo của các cơ quan", "Reports of bodies"),
    "government_office": ("Sổ theo dõi của Văn phòng Chính phủ", "Registers of the Government Office"),
    "records_review": ("Ý kiến rà soát của Bộ Công an", "Words of the Ministry of Public Security"),
}
KINDS: Final[Mapping[str, Words]] = {
    "ruling": ("Quyết định xử lý số liệu còn thiếu", "A ruling on a missing measure"),
    "applicability": ("Không áp dụng một chỉ số", "An indicator that does not apply"),
    "calendar_entry": ("Dời thời hạn của mọi cơ quan", "A deadline of everybody is moved"),
    "rule_activation": ("Quy tắc kiểm tra báo cáo", "Rules of reports"),
    "extension": ("Gia hạn nộp báo cáo", "An extension"),
    "omission": ("Để ngoài số liệu đang giữ việc công bố", "Facts that hold the month are left out"),
    "supersession": ("Thay thế một bản chốt", "A snapshot is superseded"),
    "restoration": ("Khôi phục một phiên bản đã công bố", "A former version stands again"),
}
WORK: Final[Mapping[str, Words]] = {
    "pull": ("Lấy thử số liệu", "Rehearsal"),
    "import": ("Nhập từ văn bản chính thức", "Import of an official file"),
    "freeze": ("Chốt số liệu", "Freeze"),
    "second_look": ("Hỏi lại nguồn", "Second look"),
    "supersede": ("Thay thế bản chốt", "Supersession"),
    "score": ("Chấm điểm", "Scoring"),
    "plan": ("Kế hoạch tính điểm", "Plan"),
    "publish": ("Công bố", "Publishing"),
    "restore": ("Khôi phục phiên bản", "Restoring a version"),
    "shadow": ("Tính thử theo bản sửa đổi", "Shadow run"),
    "back_fill": ("Bù các tháng", "Back-fill"),
}
DEADLINES: Final[Mapping[str, Words]] = {
    "cutoff": ("thời điểm chốt", "cutoff"),
    "report_deadline": ("hạn báo cáo", "report deadline"),
    "word_deadline": ("hạn cho ý kiến", "deadline of words"),
    "second_look": ("thời điểm hỏi lại", "second look"),
}
# Late is red, what is not due is calm, what is done is green.
STATES: Final[Mapping[str, Tag]] = {
    "frozen": Tag(("đã chốt", "frozen"), "good"),
    "overdue": Tag(("quá hạn, chưa chốt", "overdue, not frozen"), "bad"),
    "failed": Tag(("lấy thử không được", "rehearsal failed"), "warn"),
    "pulled": Tag(("đã lấy thử", "rehearsed")),
    "waiting": Tag(("chưa đến hạn", "not due yet")),
}
COMMAND_STATES: Final[Mapping[str, Tag]] = {
    "awaiting_approval": Tag(("chờ người thứ hai đồng ý", "waits for the second person"), "warn"),
    "refused": Tag(("bị từ chối", "refused")),
    "taken_back": Tag(("đã rút lại", "taken back")),
    "waiting": Tag(("đang chờ thực hiện", "waiting"), "warn"),
    "running": Tag(("đang thực hiện", "running"), "warn"),
    "succeeded": Tag(("đã xong", "done"), "good"),
    "failed": Tag(("không thực hiện được", "failed"), "bad"),
}
DECISION_STATES: Final[Mapping[str, Tag]] = {
    "proposed": Tag(("chờ người thứ hai", "waits for a second person"), "warn"),
    "approved": Tag(("đã phê duyệt", "approved"), "good"),
    "refused": Tag(("bị từ chối", "refused")),
    "taken_back": Tag(("đã rút lại", "taken back")),
}
BODY_STATES: Final[Mapping[str, Tag]] = {
    "in_time": Tag(("đã nộp đúng hạn", "in time"), "good"),
    "late": Tag(("nộp muộn", "late"), "bad"),
    "missing": Tag(("quá hạn, chưa nộp", "overdue, no report"), "bad"),
    "due": Tag(("chưa nộp, còn hạn", "no report, not due yet")),
}
_SECONDS: Final = ((86_400, "ngày", "d"), (3_600, "giờ", "h"), (60, "phút", "min"))


@dataclass(frozen=True)
class Next:
    """The next act, why it is the next, and the page where it is done."""

    label: Words
    why: Words
    path: str


def source_words(source: str) -> Words:
    """The id itself for one that has no name here."""
    return SOURCES.get(source, (source, source))


def age_words(seconds: int | None) -> Words:
    """In the largest unit that fits: 3 ngày."""
    if seconds is None:
        return "–", "–"
    for size, vi, en in _SECONDS:
        if seconds >= size:
            return f"{seconds // size} {vi}", f"{seconds // size} {en}"
    return "vừa xong", "just now"


def body_state(body: Mapping[str, Any]) -> str:
    """That nobody has reported yet says nothing of a body before its deadline."""
    if body["state"] != "none":
        return str(body["state"])
    return "due" if body["seconds_left"] else "missing"


def next_of_source(line: Mapping[str, Any], period: str) -> Next | None:
    """None where nothing is to be done about a source now."""
    path = f"/periods/{period}/sources/{line['source']}"
    if line["state"] == "overdue":
        return Next(("Chốt số liệu", "Freeze it"), _why_overdue(line), path)
    if line["state"] == "failed":
        why = ("lần lấy thử cuối không được, còn thời gian để báo cho nguồn", "the last rehearsal failed, there is time")
        return Next(("Xem lỗi, lấy thử lại", "See why, rehearse again"), why, path)
    if line["look_missing"]:
        why = ("đã qua thời điểm hỏi lại mà chưa hỏi lại", "its second look is due and has not come")
        return Next(("Hỏi lại nguồn", "Ask it once more"), why, path)
    return None


def _why_overdue(line: Mapping[str, Any]) -> Words:
    pull = line["last_pull"]
    if pull is not None and pull["state"] in ("failed", "abandoned"):
        return "đã qua hạn chốt và lần lấy số liệu cuối không được", "past its closing, and the last pull failed"
    if line["internal"]:
        return "đã qua hạn mà số liệu nhập tại đây chưa được chốt", "past its closing, and what was entered here is not frozen"
    return "đã qua hạn chốt mà chưa có bản chốt", "past its closing without a snapshot"


def next_of_month(board: Mapping[str, Any]) -> Next | None:
    """What the month as a whole needs once its sources are frozen. None before, and where everything is done."""
    if any(line["state"] != "frozen" for line in board["sources"]):
        return None
    period, last = board["period"], board["runs"]["last"]
    publishing = f"/periods/{period}/publishing"
    if last is None:
        why = ("mọi nguồn đã chốt, chưa chấm điểm lần nào", "every source is frozen, and nothing was scored")
        return Next(("Chấm điểm", "Score the month"), why, publishing)
    if last["publication"] is None:
        why = ("lần chấm điểm cuối chưa công bố; người khác công bố", "the last run is not published; another person does")
        return Next(("Xem lần chấm điểm", "See the run"), why, f"/score-runs/{last['run_id']}")
    return None


def work_path(work: Mapping[str, Any]) -> str | None:
    """Where it is told how a command goes."""
    kinds = {
        "pull": "pulls", "freeze": "freezes", "second_look": "second-looks", "score": "score-runs", "plan": "score-plans",
        "publish": "publications", "restore": "publications",
    }  # fmt: skip
    if work["kind"] == "supersede":
        return f"/snapshots/{work['snapshot']}/supersessions/{work['command_id']}" if work["snapshot"] else None
    kind = kinds.get(work["kind"])
    return f"/{kind}/requests/{work['command_id']}" if kind else None


def request_path(request: Mapping[str, Any]) -> str:
    """The page where a request that waits is read, approved and ended."""
    name, kind = request["request_id"], request["kind"]
    own = {
        "extension": f"/extensions/{name}/approvals",
        "omission": f"/omissions/{name}",
        "supersession": f"/snapshots/{request['about']}/supersessions/{name}",
        "restoration": f"/publications/requests/{name}",
    }
    return own.get(kind, f"/decisions/{name}")
