"""A demo month with forty-three planted errors: what the sources state wrongly, what the bodies write of it, and the answers.

    python -m tests.e2e.planted FOLDER

writes ``slips.json`` (what SANDBOX_SLIPS takes), ``letters.json`` (for whoever looks for the errors through the API) and
``answers.json`` (not for them). The same seed gives the same bytes. All of it is demo data.

Forty are published, for nothing but a body's letter tells of them. Three hold the month before: a body's row a second time
under another spelling, and the two figures without a word that the demo has anyhow (``Held``).
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from deploy.sandbox.agencies import WITHOUT_WORD
from deploy.sandbox.bodies import bodies, codes, spelled
from deploy.sandbox.finance import ABOVE_ALLOCATION, NOTHING_ALLOCATED
from deploy.sandbox.months import Month
from deploy.sandbox.sources import SOURCES, World
from deploy.sandbox.system57.life import RECORDED_WITHIN

SEED, MONTH = 4585, Month.parse("2026-01")
# Bodies with an error; those between have none, so that what others' errors do to them shows.
CONCERNED = tuple(code for place, code in enumerate(codes()) if place % 9 < 6)
# What the demo itself has stated wrongly, and settles.
DEMOS_OWN = {("service_scores", "G01"), ("exchange_volumes", "H38")}
KEYS = {
    "task_assignments": ("task_id", "agency"),
    "kpi_entries": ("kpi", "agency"),
    "service_scores": ("departmentCode",),
    "exchange_volumes": ("source_system", "agency"),
    "database_growth": ("database", "agency"),
    "investments": ("budget_kind", "field", "agency"),
}
SOURCE_OF = {dataset: source for source in SOURCES for dataset in source.datasets}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Error:
    """One row that its source states wrongly: ``wrong`` are the fields that are otherwise than ``right``, None where it is left
    out. ``sees`` and ``knows`` are the body's words."""

    kind: str
    agency: str
    dataset: str
    indicator: str
    match: Mapping[str, Any]
    right: Mapping[str, Any] | None
    wrong: Mapping[str, Any] | None
    sees: str
    knows: str

    @property
    def slip(self) -> Row:
        whose = {"source": SOURCE_OF[self.dataset].name, "dataset": self.dataset, "period": str(MONTH), "match": self.match}
        return whose | {"set": self.wrong or {}, "left_out": self.wrong is None}


@dataclass(frozen=True, slots=True)
class Held:
    """What the product holds the month for until two people have settled it; ``slip`` None where the demo itself leaves it."""

    kind: str
    agency: str
    indicator: str
    slip: Row | None
    sees: str
    knows: str


def true_rows(dataset: str, *, later: timedelta = timedelta()) -> list[Row]:
    """What the source states as of the freeze, or so much ``later``, with the body's ``code``; of none other than CONCERNED."""
    found = SOURCE_OF[dataset].datasets[dataset](World(SEED), MONTH, MONTH.freeze + later)
    rows = msgspec.json.Decoder(list[Row], float_hook=Decimal).decode(b"[" + found.cut(0, found.rows) + b"]")
    spellings = {spelled(code, MONTH.last, style): code for code in codes() for style in (0, 60, 80, 99)}
    for row in rows:
        row["code"] = spellings.get(row["departmentCode"] if dataset == "service_scores" else row["agency"])
    return [row for row in rows if row["code"] in CONCERNED and (dataset, row["code"]) not in DEMOS_OWN]


def settled_tasks() -> list[Row]:
    """Tasks due in the month that a body leads. What was recorded late is the demo's own and not among them."""
    facts = (
        "task_id",
        "code",
        "completed_on",
        "reported_at",
        "sent_back_at",
        "returned_accepted_on",
        "due_on",
        "extended_due_on",
    )
    later = [[row[each] for each in facts] for row in true_rows("task_assignments", later=RECORDED_WITHIN)]
    led = [row for row in true_rows("task_assignments") if row["role"] == "lead" and not row["classified"]]
    due = [row for row in led if str(row["due_on"])[:7] == str(MONTH) and row["sent_back_at"] is None]
    return [row for row in due if [row[each] for each in facts] in later]


def matching(dataset: str, row: Row) -> Row:
    return {name: row[name] for name in KEYS[dataset]}


class Picker:
    """Takes, of the rows that a kind of error can be made of, those of the bodies, then tasks, that have the fewest so far."""

    def __init__(self) -> None:
        self.found: list[Error] = []
        self._of = Counter[str]()

    def pick(
        self,
        kind: str,
        number: int,
        dataset: str,
        rows: Iterable[Row],
        indicator: str,
        wrong: Callable[[Row], Row | None],
        sees: str,
        knows: str,
    ) -> None:
        """``sees`` and ``knows`` are filled in from the true row."""
        # A source's row has one error at most.
        taken = [each.match for each in self.found]
        free = [row for row in rows if matching(dataset, row) not in taken]
        for _ in range(number):
            row = min(free, key=lambda row: (self._of[row["code"]], self._of[row[KEYS[dataset][0]]]))
            free.remove(row)
            made = wrong(row)
            said = [text.format_map({name: _shown(value) for name, value in row.items()}) for text in (sees, knows)]
            right = None if made is None else {name: row[name] for name in made}
            self.found.append(Error(kind, row["code"], dataset, indicator, matching(dataset, row), right, made, *said))
            self._of.update((row["code"], row[KEYS[dataset][0]]))


def _shown(value: Any) -> str:
    """Days, numbers and points as Vietnamese officials write them."""
    if isinstance(value, int | Decimal):
        return f"{value:,}".translate({ord("."): ",", ord(","): "."})
    if isinstance(value, str) and len(value) >= 10 and value[4:8:3] == "--":
        return f"{date.fromisoformat(value[:10]):%d/%m/%Y}"
    return unicodedata.normalize("NFC", str(value))


# Of a body's portal scores those of one group are told too low: by group the indicator it gives and what that is about.
GROUPS = {
    "CKMB": ("B1", "công khai, minh bạch"),
    "TTTT": ("B3", "dịch vụ trực tuyến"),
    "MDHL": ("B4", "mức độ hài lòng"),
    "MDSH": ("B5", "số hóa hồ sơ"),
}
LESS = Decimal("2.5")
NOT_TOLD = {"completed_on": None, "reported_at": None, "confirmed_at": None, "percent": 60}
NO_EXTENSION = {"extended_due_on": None, "extension_approved_on": None, "extension_document": None}


def _told_late(row: Row) -> Row:
    """A day after it was due, and recorded before the freeze."""
    day = date.fromisoformat(row["due_on"]) + timedelta(days=1)
    return {"completed_on": str(day), "reported_at": f"{day}T10:00:00+07:00", "confirmed_at": None}


def _due_early(row: Row) -> Row:
    return {"due_on": str(date.fromisoformat(row["completed_on"]) - timedelta(days=2))}


def _tasks(picker: Picker) -> None:
    rows = settled_tasks()
    done = [row for row in rows if row["completed_on"] and f"{MONTH}-04" <= row["completed_on"] <= row["due_on"]]
    given = [row for row in rows if row["extension_document"] and row["extension_approved_on"] <= row["due_on"]]
    sees = "số nhiệm vụ của kỳ hoàn thành đúng hạn ít hơn số cơ quan theo dõi"
    knows = "nhiệm vụ “{title}”, hạn {due_on}, đã hoàn thành và báo cáo ngày {completed_on}"
    pick = partial(picker.pick, dataset="task_assignments", indicator="A1")
    pick("completion_late", 4, rows=done, wrong=_told_late, sees=sees, knows=knows)
    pick("due_too_early", 3, rows=done, wrong=_due_early, sees=sees, knows=knows)
    pick("completion_untold", 6, rows=done, wrong=lambda _: NOT_TOLD, sees=sees, knows=knows)
    sees = "số nhiệm vụ của kỳ do cơ quan chủ trì ít hơn số được giao"
    knows = "cơ quan được giao chủ trì nhiệm vụ “{title}”, đã hoàn thành ngày {completed_on}"
    pick("coordinator", 4, rows=done, wrong=lambda _: {"role": "coordinator"}, sees=sees, knows=knows)
    sees = "số nhiệm vụ của kỳ chưa hoàn thành nhiều hơn số cơ quan theo dõi"
    knows = "nhiệm vụ “{title}” được gia hạn đến {extended_due_on} theo văn bản số {extension_document}"
    pick("extension_left_out", 3, rows=given, wrong=lambda _: NO_EXTENSION, sees=sees, knows=knows)


def _indicators(picker: Picker) -> None:
    end = MONTH.freeze.isoformat()
    owed = [row for row in true_rows("kpi_entries") if row["due_in_period"]]
    due = [row for row in owed if (row["updated_at"] or end) < end]
    # Where all are updated, one fewer changes nothing.
    behind = {row["code"] for row in owed if row not in due}
    sees = "tỷ lệ chỉ tiêu, báo cáo được cập nhật đúng hạn (E3) thấp hơn thực tế"
    knows = "mục {kpi} phải cập nhật trong kỳ và đã được cập nhật ngày {updated_at}"
    pick = partial(picker.pick, dataset="kpi_entries", indicator="E3", sees=sees, knows=knows)
    pick("kpi_not_updated", 3, rows=due, wrong=lambda _: {"updated_at": None})
    some = [row for row in due if row["code"] in behind]
    pick("kpi_not_due", 2, rows=some, wrong=lambda _: {"due_in_period": False})


def _portal(picker: Picker) -> None:
    """The total stays the sum of its groups."""
    for group, (indicator, name) in GROUPS.items():

        def lowered(row: Row, group: str = group) -> Row:
            scores = {**row["groupScores"], group: row["groupScores"][group] - LESS}
            return {"groupScores": scores, "totalScore": row["totalScore"] - LESS, "ratio": row["ratio"] - LESS}

        sees = f"điểm {indicator} ({name}) thấp hơn điểm cơ quan tra cứu trên Cổng Dịch vụ công quốc gia"
        knows = "tổng điểm trong tháng là {totalScore}, trong đó nhóm chỉ số này được {group} điểm"
        rows = [{**row, "group": row["groupScores"][group]} for row in true_rows("service_scores")]
        rows = [row for row in rows if row["group"] > LESS]
        picker.pick("portal_group", 1, "service_scores", rows, indicator, lowered, sees, knows)


def _exchange(picker: Picker) -> None:
    rows = sorted(true_rows("exchange_volumes"), key=lambda row: row["transactions"])
    whole = [row for row in rows[10:] if row["as_provider"] is None or row["as_provider"] > row["as_consumer"]]
    knows = "nhật ký hệ thống ghi {transactions} giao dịch thành công trong tháng"
    pick = partial(picker.pick, dataset="exchange_volumes", indicator="C2", knows=knows)
    # One digit too many makes the least body the leader, below three times the next one.
    sees = "số giao dịch được ghi gấp nhiều lần thực tế"
    pick("exchange_leader", 1, rows=rows[:1], wrong=partial(_times, Decimal(10)), sees=sees)
    sees = "số giao dịch chia sẻ dữ liệu (C2) thấp hơn thực tế"
    pick("exchange_too_small", 3, rows=whole, wrong=partial(_times, Decimal("0.7")), sees=sees)


def _times(by: Decimal, row: Row) -> Row:
    """The provider's side moves with the whole."""
    whole = int(row["transactions"] * by)
    return {"transactions": whole} | ({} if row["as_provider"] is None else {"as_provider": whole - row["as_consumer"]})


def _records(picker: Picker) -> None:
    rows = [row for row in true_rows("database_growth") if row["listed"]]
    lesser = sorted(rows, key=lambda row: abs(row["new_records"] - 300_000))[:1]
    knows = "hệ thống của cơ quan đã gửi {new_records} bản ghi mới vào {database_name} trong tháng"
    pick = partial(picker.pick, dataset="database_growth", indicator="C1", knows=knows)
    # As in C2, of a body that leads nobody with its true figure.
    sees = "số bản ghi dữ liệu được ghi lớn hơn nhiều so với thực tế"
    pick("records_leader", 1, rows=lesser, wrong=lambda row: {"new_records": row["new_records"] * 10}, sees=sees)
    sees = "số bản ghi dữ liệu được số hóa (C1) thấp hơn thực tế"
    pick("records_too_small", 2, rows=rows, wrong=lambda row: {"new_records": row["new_records"] // 10}, sees=sees)


def _money(picker: Picker) -> None:
    rows = [row for row in true_rows("investments") if row["code"] not in (ABOVE_ALLOCATION, NOTHING_ALLOCATED)]
    rows = [row for row in rows if row["disbursed_vnd"] > 10**9]
    sees = "tỷ lệ giải ngân (D2) khác với tỷ lệ cơ quan tính được"
    knows = "tại một dòng kinh phí, số được phân bổ là {allocated_vnd} đồng, số đã giải ngân là {disbursed_vnd} đồng"
    pick = partial(picker.pick, dataset="investments", indicator="D2", rows=rows, sees=sees, knows=knows)
    pick("money_digit", 2, wrong=lambda row: {"disbursed_vnd": row["disbursed_vnd"] // 10})
    pick("money_swapped", 1, wrong=lambda row: {"allocated_vnd": row["disbursed_vnd"], "disbursed_vnd": row["allocated_vnd"]})
    pick("row_left_out", 1, wrong=lambda _: None)


def errors() -> list[Error]:
    """The forty, in the order of their kinds."""
    picker = Picker()
    for of in (_exchange, _records, _portal, _money, _tasks, _indicators):
        of(picker)
    return picker.found


def held() -> list[Held]:
    """The three that nobody can publish. The portal's next answer has its row right, which the demo's two people take in."""
    free = {each.agency for each in errors() if each.dataset == "service_scores"}
    row = next(row for row in true_rows("service_scores") if row["code"] not in free)
    # Codes in small letters sort behind all others; the portal's list is in the order of its codes.
    again = {"set": {"departmentCode": row["code"].lower()}, "again": True, "answers": 1}
    match = matching("service_scores", row)
    slip = {"source": "public_service_portal", "dataset": "service_scores", "period": str(MONTH), "match": match, **again}
    sees = "số liệu của cơ quan trên Cổng Dịch vụ công quốc gia có một dòng được để riêng"
    knows = f"cơ quan chỉ có một kết quả đánh giá trong tháng, tổng điểm {_shown(row['totalScore'])}"
    twice = Held("spelt_twice", row["code"], "B1", slip, sees, knows)
    sees = "số liệu C1 do cơ quan báo cáo chưa có ý kiến của Bộ Công an"
    knows = "số bản ghi mới của {} được báo cáo đúng hạn và có hồ sơ kèm theo"
    return [twice, *(Held("word_missing", code, "C1", None, sees, knows.format(name)) for code, name in WITHOUT_WORD)]


def letter(number: int, error: Error | Held) -> Row:
    """What the body writes. It knows its own figures and records, and not what a source states of it."""
    name = unicodedata.normalize("NFC", bodies()[error.agency].name(MONTH.last))
    seen = "bảng điểm tháng 01/2026" if isinstance(error, Error) else "số liệu tháng 01/2026 trước khi công bố"
    document = f"{100 + number}/BC-DEMO ngày 03/12/2026 (văn bản mô phỏng)"
    text = (
        f"DỮ LIỆU MÔ PHỎNG. {name} đã rà soát {seen} và nhận thấy {error.sees}. Theo hồ sơ lưu tại cơ quan, "
        f"{error.knows}. Tài liệu kèm theo: văn bản số {document}. Kính đề nghị kiểm tra, xác minh và điều chỉnh theo quy định."
    )
    return {"number": number, "agency": error.agency, "document": document, "text": text}


def write(folder: Path) -> Iterator[Path]:
    """The three files, as written."""
    found: list[Error | Held] = [*errors(), *held()]
    content = {
        "slips.json": [each.slip for each in found if each.slip],
        "letters.json": [letter(number, each) for number, each in enumerate(found, 1)],
        "answers.json": [{"number": number, **asdict(each), "slip": each.slip} for number, each in enumerate(found, 1)],
    }
    encoder = msgspec.json.Encoder(decimal_format="number")
    folder.mkdir(parents=True, exist_ok=True)
    for name, listed in content.items():
        (folder / name).write_bytes(msgspec.json.format(encoder.encode(listed), indent=1))
        yield folder / name


if __name__ == "__main__":
    for path in write(Path(sys.argv[1])):
        sys.stdout.write(f"{path}\n")
