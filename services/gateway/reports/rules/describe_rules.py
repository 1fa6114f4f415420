"""The rules as a page, made from the catalogue, with an anchor per rule.

python -m services.gateway.reports.rules.describe_rules > docs/report-rules.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.gateway.reports.form.type_hints import TYPE_HINTS
from services.gateway.reports.rules.catalogue import packaged_catalogues
from services.gateway.reports.rules.checks import CHECKS
from services.gateway.reports.rules.judging import CONTEXT_NAMES
from services.gateway.reports.rules.rule_types import Catalogue, Rule
from shared.period import Period

SEVERITIES = {
    "fatal": "phải sửa (fatal)",
    "confirm": "sửa, hoặc xác nhận kèm lý do (confirm)",
    "notice": "lưu ý (notice)",
}
ON_MISSING = {
    "skip": "không kiểm tra, nêu tên quy tắc là chưa kiểm tra (skip)",
    "notice": "lưu ý là chưa kiểm tra được (notice)",
    "fatal": "phải sửa (fatal)",
}


def describe(catalogues: Sequence[Catalogue]) -> str:
    """Markdown of the newest catalogue, then of every former one what was otherwise in it. The oldest comes first."""
    newest = catalogues[-1]
    parts = [_head(newest), *(_rule(rule, rule.anchor) for rule in newest.rules)]
    for former, following in reversed(list(pairwise(catalogues))):
        parts.append(_former(former, following))
    return "\n".join(line for part in parts for line in part)


def _former(former: Catalogue, following: Catalogue) -> Iterator[str]:
    last = Period.parse(following.first_period).previous
    yield f"# `{former.id}`: các kỳ {former.first_period} – {last}"
    yield ""
    yield f"- digest `{former.digest}`"
    now = {rule.id: rule for rule in following.rules}
    then = {rule.id for rule in former.rules}
    yield f"- Chưa có · not yet: {', '.join(f'`{name}`' for name in now if name not in then) or '–'}"
    yield f"- Các quy tắc dưới đây khác với `{following.id}`; các quy tắc còn lại như trên. · The rules below were otherwise."
    yield ""
    for rule in former.rules:
        if rule != now.get(rule.id):
            yield from _rule(rule, f"{former.id}-{rule.anchor}")


def _head(catalogue: Catalogue) -> Iterator[str]:
    yield f"# {catalogue.title.vi}"
    yield ""
    yield f"{catalogue.title.en}."
    yield "Generated from the catalogue by `python -m services.gateway.reports.rules.describe_rules`; do not edit."
    yield ""
    yield f"- `{catalogue.id}`, từ kỳ {catalogue.first_period}, digest `{catalogue.digest}`"
    yield "- Kiểm tra trước khi gửi, ngay tại cơ quan, bằng chính các quy tắc này: `bangdiem check FILE`"
    yield "- Xác nhận chỉ có hiệu lực với đúng giá trị đã thấy; giá trị đổi thì phải xác nhận lại."
    yield "- Không biết thông tin cần so sánh thì không bao giờ coi là 0."
    yield ""
    yield "| quy tắc | mức | nhóm |"
    yield "|---|---|---|"
    for rule in catalogue.rules:
        yield f"| [{rule.id}](#{rule.anchor}) | {rule.severity} | {rule.category} |"
    yield ""


def _by_type() -> Iterator[str]:
    yield "- Cần làm, theo kiểu của cột (`{type_hint}`):"
    for name, hint in TYPE_HINTS.items():
        yield f"  - `{name}`: {hint.vi} · {hint.en}"


def _rule(rule: Rule, anchor: str) -> Iterator[str]:
    yield f'<a id="{anchor}"></a>'
    yield ""
    yield f"## {rule.id}"
    yield ""
    yield f"{rule.text.vi}<br>{rule.text.en}"
    yield ""
    yield f"- Mức: {SEVERITIES[rule.severity]}"
    yield f"- Giá trị mong đợi: {rule.expected.vi} · {rule.expected.en}"
    if rule.hint.vi == "{type_hint}":
        yield from _by_type()
    else:
        yield f"- Cần làm: {rule.hint.vi} · {rule.hint.en}"
    check = CHECKS.get(rule.check)
    if check is not None and check.needs is not None:
        yield f"- Cần biết {CONTEXT_NAMES[check.needs].vi}; nếu chưa biết: {ON_MISSING[rule.on_missing]}"
    if check is not None:
        yield f"- Đọc các phần · reads: {', '.join(f'`{section}`' for section in sorted(check.reads))}"
    for name, value in rule.parameters.items():
        yield f"- `{name}`: {value if isinstance(value, int) else ', '.join(value)}"
    if rule.not_applicable is not None:
        yield f"- Không có gì để so sánh: {rule.not_applicable.vi} · {rule.not_applicable.en}"
    if rule.valid_from or rule.valid_to:
        yield f"- Hiệu lực: {rule.valid_from or '…'} – {rule.valid_to or '…'}"
    reading = f", {rule.citation.reading}" if rule.citation.reading else ""
    yield f"- Căn cứ: {rule.citation.decision}, {rule.citation.clause}{reading}"
    yield ""


def main() -> None:
    sys.stdout.write(describe(packaged_catalogues()))


if __name__ == "__main__":
    main()
