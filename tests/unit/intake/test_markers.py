"""SEC-06: what bears a classification marker is refused; what merely has the syllable in it is not."""

from __future__ import annotations

import io
import json
import time
import zipfile
from unicodedata import normalize

import pytest

from services.gateway.reports.classification.markers import Classified, refuse_classified
from services.gateway.reports.form.report import SECTIONS, Report, SentReport, SentRow
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, WORKBOOK
from services.gateway.reports.formats.template import template_workbook
from services.gateway.reports.rules.checking import read_unclassified
from shared.markers import markers_in
from tests.unit.intake import corpus

MARKED = [
    ("Mật", "Mật"),
    ("MẬT", "Mật"),
    ("mật", "Mật"),
    (" *MẬT* ", "Mật"),
    ("[Mật]", "Mật"),
    ("“MẬT”", "Mật"),
    ("- mật", "Mật"),
    ("TỐI MẬT", "Tối mật"),
    ("Tối mật", "Tối mật"),
    ("Tuyệt mật", "Tuyệt mật"),
    ("TUYỆT MẬT", "Tuyệt mật"),
    ("TUYỆT_MẬT", "Tuyệt mật"),
    ("TỐI-MẬT", "Tối mật"),
    ("TUYỆTMẬT", "Tuyệt mật"),
    # Without accents, half accented, spaced, invisible characters, full width.
    ("MAT", "Mật"),
    ("TOI MAT", "Tối mật"),
    ("tuyet mat", "Tuyệt mật"),
    ("Tuyệt mat", "Tuyệt mật"),
    ("M Ậ T", "Mật"),
    ("M.Ậ.T", "Mật"),
    ("T Ố I  M Ậ T", "Tối mật"),
    ("T U Y Ệ T M Ậ T", "Tuyệt mật"),
    ("M\u200bẬT", "Mật"),
    ("ＭẬＴ", "Mật"),
    # With what stands beside it on a stamp.
    ("MẬT - HỎA TỐC", "Mật"),
    ("Mật, khẩn", "Mật"),
    ("TỐI MẬT/THƯỢNG KHẨN", "Tối mật"),
    # After a label.
    ("Độ mật: Mật", "Mật"),
    ("ĐỘ MẬT: TỐI MẬT", "Tối mật"),
    ("độ mật mật", "Mật"),
    ("Độ mật = mật", "Mật"),
    ("Mức độ mật: (Mật)", "Mật"),
    ("Mức độ bảo mật: Mật.", "Mật"),
    ("Cấp độ mật là mật", "Mật"),
    ("Phân loại: Mật", "Mật"),
    ("Classification: MẬT", "Mật"),
    ("Đóng dấu Mật", "Mật"),
    ("Công văn số 5, đóng dấu mật", "Mật"),
    ("do mat: mat", "Mật"),
    ("Báo cáo thuộc bí mật nhà nước độ Mật", "Mật"),
    # A document's noun.
    ("Tài liệu TỐI MẬT", "Tối mật"),
    ("Tài liệu mật", "Mật"),
    ("TÀI LIỆU MẬT", "Mật"),
    ("Đây là tài liệu mật.", "Mật"),
    ("Văn bản mật về phương án tác chiến", "Mật"),
    ("Báo cáo (mật)", "Mật"),
    ("Hồ sơ thuộc loại tuyệt mật, không sao chụp", "Tuyệt mật"),
    ("Kèm theo tài liệu Mật của bộ", "Mật"),
    ("Báo cáo MẬT quý I", "Mật"),
    ("Phụ lục mật; kèm công văn", "Mật"),
    # Shouted, within something else.
    ("Kế hoạch số 12 MẬT", "Mật"),
    ("Số 12/BC-UBND MẬT ngày 03/01/2026", "Mật"),
    ("Báo cáo tháng 1. MẬT", "Mật"),
    ("MẬT - Báo cáo tháng 1", "Mật"),
    ("Không được sao chụp tài liệu TUYỆT MẬT này", "Tuyệt mật"),
    ("Dòng thứ nhất\nMẬT\nDòng thứ ba", "Mật"),
    ("Tuyệt mật, Tối mật", "Tuyệt mật"),
    ("Phụ lục 1: Mật; phụ lục 2: Tối mật", "Tối mật"),
    ("Độ mật của kế hoạch: tối mật", "Tối mật"),
    ("Trích tài liệu tối mật về quốc phòng", "Tối mật"),
]
ORDINARY = [
    "",
    "Mật khẩu",
    "MẬT KHẨU",
    "Hệ thống MẬT KHẨU dùng một lần",
    "Bảo mật",
    "BẢO MẬT",
    "Nâng cao năng lực bảo mật thông tin",
    "Hệ thống BẢO MẬT của tỉnh",
    "Mật độ dân số",
    "Bản đồ mật độ xây dựng",
    "Hồ sơ mật độ giao thông",
    "Dữ liệu: mật độ phương tiện",
    "Mật ong rừng U Minh",
    "Phân loại: mật ong nhãn",
    "PHÂN LOẠI MẬT ONG",
    "Bí mật kinh doanh",
    "Bảo vệ bí mật nhà nước",
    "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "Phổ biến Luật Bảo vệ bí mật nhà nước",
    "Mật mã dân sự",
    "Ban Cơ yếu: kỹ thuật mật mã",
    "Tài liệu mật mã học",
    "Cơ mật viện",
    "Tuần trăng mật",
    "Sỏi mật, viêm túi mật",
    "Nghiên cứu điều trị sỏi túi mật",
    "Chế biến rỉ mật, đường mật",
    "Nuôi ong lấy mật",
    "Sản xuất đường, mật, sữa ong",
    "Mật vụ, mật thư",
    "Gấu lấy mật",
    # Headings and denials.
    "Độ mật",
    "ĐỘ MẬT",
    "Độ mật: Không",
    "Độ Mật: Thường",
    "Mức độ bảo mật: cao",
    "Không mật",
    "Tài liệu không mật",
    "Báo cáo không có nội dung thuộc độ mật, tối mật",
    "Báo cáo không chứa tài liệu mật",
    # A subject, not a mark.
    "Xây dựng hệ thống quản lý văn bản, tài liệu mật của tỉnh",
    "Trao đổi thông tin (có cấp độ Mật, Tối mật) giữa mạng diện rộng của Đảng và mạng truyền số liệu chuyên dùng",
    "Quy chế này không áp dụng với văn bản độ mật, tối mật và tuyệt mật",
    "Danh mục bí mật nhà nước độ Tuyệt mật, Tối mật, Mật",
    "Rà soát, giải mật tài liệu lưu trữ",
    "Tài liệu đã giải mật",
    "Số lượng văn bản mật: 0",
    "Văn bản mật: 120, văn bản thường: 4.000",
    # Other words that look the same without accents.
    "Mất mát",
    "Mặt trời",
    "Mắt",
    "Mát",
    "Tới mặt đất",
    "Che do mat me cho may chu",
    "Vat lieu (MAT) moi",
    "mat khau",
    "Format dữ liệu",
    "Tomato, mating, MATLAB",
    "Nguyễn Văn Mật",
    "Chủ nhiệm: NGUYỄN VĂN MẬT",
    "Xã Mật Sơn, thành phố Thanh Hóa",
]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(("text", "marker"), MARKED)
def test_markers_are_found(text: str, marker: str, form: str) -> None:
    assert marker in list(markers_in(normalize(form, text)))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_none(text: str, form: str) -> None:
    assert list(markers_in(normalize(form, text))) == []  # type: ignore[arg-type]


SECRET = "Phương án bảo vệ mục tiêu số 9"


def report_with(**cells: str) -> dict[str, object]:
    task = {"task_code": "NV-1", "title": "Nền tảng dữ liệu mở", "registered_on": "2026-01-05", **cells}
    head = {"form": "monthly-report/1", "agency": "H38", "period": "2026-01", "document": "01/BC-UBND"}
    return {"report": head, "registered_tasks": [task], "reported_databases": [], "narratives": []}


def body_of(document: object) -> bytes:
    return json.dumps(document).encode()


def refusal_of(body: bytes, media_type: str) -> Classified:
    with pytest.raises(Classified) as refused:
        read_unclassified(body, media_type=media_type)
    told = json.dumps(refused.value.as_dict(), ensure_ascii=False)
    assert SECRET not in told, "the refusal repeats what it refuses"
    return refused.value


def test_the_refusal_names_place_and_marker_and_never_the_text() -> None:
    refused = refusal_of(body_of(report_with(title=f"{SECRET} (TỐI MẬT)")), JSON)
    assert [(fault.place, fault.message) for fault in refused.faults] == [
        ("/registered_tasks/0/title", "classification marker: Tối mật")
    ]
    assert refused.slug == "classified-content"


def test_every_place_is_named() -> None:
    document = report_with(title=f"{SECRET}: MẬT", acceptance_document="Tuyệt mật")
    refused = refusal_of(body_of(document), JSON)
    assert {fault.place for fault in refused.faults} == {
        "/registered_tasks/0/title",
        "/registered_tasks/0/acceptance_document",
    }


def test_a_place_in_a_workbook_is_named_by_its_cell() -> None:
    row = SentRow({"task_code": "NV-1", "title": "Mật"}, "Nhiệm vụ!7")
    sent = SentReport(WORKBOOK, {"registered_tasks": (row,)}, {"registered_tasks": {"title": "B", "task_code": "A"}})
    with pytest.raises(Classified) as refused:
        refuse_classified(sent)
    assert [fault.place for fault in refused.value.faults] == ["Nhiệm vụ!B7"]


def test_text_is_searched_line_by_line() -> None:
    with pytest.raises(Classified) as refused:
        refuse_classified("dòng một\nTuyệt mật\nmật khẩu")
    assert [fault.place for fault in refused.value.faults] == ["line 2"]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        pytest.param(JSON, body_of({**report_with(), "ghi_chu": {"sâu": ["x" * 200, {"y": "TỐI MẬT"}]}}), id="deep in a stray"),
        pytest.param(JSON, body_of({**report_with(), "Tối mật": 1}), id="a member's name"),
        pytest.param(JSON, f'{{"report": {{"document": "{SECRET}"}}, "dau": "Mật"'.encode(), id="broken json"),
        pytest.param(NDJSON, b'{"section": "report", "x": {"y": "M\\u1eacT"}}\n', id="a line"),
        pytest.param(CSV, "section,ghi chú\nreport,x\nreport,Mật\n".encode(), id="second cell of an unknown column"),
        pytest.param(CSV, "a;b\n1;TUYỆT MẬT\n".encode(), id="a csv that is no report"),
        pytest.param(CSV, "section,document\nreport,MẬT,một,hai\n".encode("utf-8-sig"), id="a row too long"),
        pytest.param(CSV, f"section,Tối mật: {SECRET}\nreport,x\n".encode(), id="the name of an unknown column"),
        pytest.param("text/plain", "TỐI MẬT".encode("utf-16"), id="utf-16 in no known format"),
    ],
)
def test_what_reading_passes_over_is_searched_too(media_type: str, body: bytes) -> None:
    refusal_of(body, media_type)


@pytest.mark.parametrize(
    ("part", "xml"),
    [
        ("xl/drawings/drawing1.xml", "<xdr:sp><a:p><a:r><a:t>TỐI</a:t></a:r><a:r><a:t> MẬT</a:t></a:r></a:p></xdr:sp>"),
        ("xl/comments1.xml", "<comments><comment><text><t>Độ mật: Mật</t></text></comment></comments>"),
        ("xl/sharedStrings.xml", "<sst><si><r><t>M</t></r><r><t>ẬT</t></r></si></sst>"),
        (
            "xl/worksheets/sheet1.xml",
            '<worksheet><headerFooter><oddHeader>&amp;C&amp;"Arial"MẬT</oddHeader></headerFooter></worksheet>',
        ),
        ("docProps/core.xml", "<cp:coreProperties><dc:title>Tài liệu mật</dc:title></cp:coreProperties>"),
        ("xl/workbook.xml", '<workbook><sheets><sheet name="Tuyệt mật" sheetId="1"/></sheets></workbook>'),
    ],
)
def test_a_stamp_anywhere_in_a_workbook_is_found(part: str, xml: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(part, xml)
    refused = refusal_of(packed.getvalue(), WORKBOOK)
    assert [fault.place for fault in refused.faults] == [part]


@pytest.mark.parametrize(
    "text",
    [
        ". " * 200_000 + "mật",
        "mật " * 50_000,
        "m" + " " * 500_000,
        "tối" + " " * 300_000 + "mật mật",
        "không là " * 60_000 + "mật",
        "tối mật" + " " * 300_000 + "mật",
    ],
)
def test_no_text_makes_the_search_slow(text: str) -> None:
    """Each took minutes if any pattern were to look at everything before every marker."""
    started = time.process_time()
    list(markers_in(text))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("report", [None, corpus.EARLIER])
def test_our_own_template_is_not_classified(report: Report | None) -> None:
    """Its notes speak of state secrets; whoever fills it in must not be refused for our words."""
    body = template_workbook(corpus.FORM, agency="H38", period="2026-01", report=report)
    assert read_unclassified(body, media_type=WORKBOOK).sections.keys() == set(SECTIONS)
