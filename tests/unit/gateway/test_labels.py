"""What was typed is shown with the label of its field, also apart from its form."""

from __future__ import annotations

import pytest

from services.gateway.pages.labels import label_of, labels


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        ("reason", "Lý do", "Reason"),
        ("contact_phone", "Điện thoại", "Telephone"),
        ("cell.registered_on", "Ngày đăng ký", "Registered on"),
        ("rows.1.new_records", "Dòng 2, Số bản ghi mới", "Row 2, New records"),
        ("figures.transparency", "Điểm nhóm công khai, minh bạch (QĐ 766)", None),
        ("narrative.private", "Thuyết minh nội bộ", "Private narrative"),
        ("without-D1", "Lý do bỏ qua D1", "Why it is left out: D1"),
        ("rows.x.new_records", "", ""),
        ("finding_key", "", ""),
    ],
)
def test_a_field_is_called_as_its_form_calls_it(name: str, vi: str, en: str | None) -> None:
    assert label_of(name, "vi") == vi
    assert en is None or label_of(name, "en") == en


def test_labels_are_read_off_every_template() -> None:
    found = labels()
    assert len(found) > 60
    assert all(vi and en for vi, en in found.values())
