"""The Government Office's registers: who was summoned and came, who spoke, and approved initiatives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from deploy.sandbox.bodies import bodies, quality
from deploy.sandbox.dice import below, between
from deploy.sandbox.months import Month, instant

CONTRACT = "government_office/1.0"
NOTICE = (
    "DỮ LIỆU MÔ PHỎNG: cuộc họp, phát biểu, sáng kiến và chứng cứ đều là giả định. / "
    "Demo data: meetings, speeches, initiatives and their evidence are invented."
)
_MEETINGS = (
    ("Phó Thủ tướng Chính phủ", "Phiên họp chuyên đề về cơ sở dữ liệu quốc gia (mô phỏng)", "head", False, 70),
    ("Thủ tướng Chính phủ", "Phiên họp Ban Chỉ đạo về khoa học, công nghệ và chuyển đổi số (mô phỏng)", "head", False, 100),
    ("Phó Thủ tướng Chính phủ", "Giao ban tháo gỡ vướng mắc Nghị quyết 71/NQ-CP (mô phỏng)", "deputy", True, 60),
    ("Lãnh đạo Ban Chỉ đạo Trung ương", "Sơ kết chỉ tiêu Nghị quyết 57-NQ/TW (mô phỏng)", "head", True, 80),
)
_NEVER_SUMMONED = "G31"
"""Not summoned to any meeting: E1 has a zero denominator."""

Rows = dict[str, list[Mapping[str, object]]]


def as_of(period: Month) -> datetime:
    """Registers close with the reports, before day 05 of the next month."""
    return instant(period.plus(1).day(5), 0)


def datasets(seed: int, period: Month) -> Rows:
    """The four datasets of one period."""
    summonses = [row for code in bodies() for row in _summonses(seed, period, code)]
    speeches = [speech for row in summonses for speech in _speeches(seed, period, row)]
    initiatives = [row for code in bodies() for row in _initiatives(seed, period, code)]
    registers = [
        {
            "agency": code,
            "summonses": _count(summonses, code),
            "speeches": _count(speeches, code),
            "initiatives": _count(initiatives, code),
        }
        for code in bodies()
    ]
    return {"registers": list(registers), "summonses": summonses, "speeches": speeches, "initiatives": initiatives}


def _count(rows: list[Mapping[str, object]], code: str) -> int:
    return sum(row["agency"] == code for row in rows)


def _held_on(seed: int, period: Month, number: int) -> date:
    return period.day(between(2 + 6 * number, 6 + 6 * number, seed, "held", period.index, number))


def _summonses(seed: int, period: Month, code: str) -> Iterator[Mapping[str, object]]:
    for number, (chair, topic, required, online, share) in enumerate(_MEETINGS):
        words = (seed, "summons", period.index, number, code)
        if code == _NEVER_SUMMONED or below(100, *words) >= share:
            continue
        role, mode = _attendance(seed, required, online=online, code=code, words=words)
        yield {
            "agency": code,
            "meeting_id": f"DEMO-HOP-{period}-{number + 1:02d}",
            "held_on": _held_on(seed, period, number),
            "chair": chair,
            "topic": topic,
            "required_role": required,
            "online_allowed": online,
            "attended_role": role,
            "attended_mode": mode,
            "evidence_digest": None if role is None else _digest("diem-danh", period, number, code),
        }


def _attendance(
    seed: int, required: str, *, online: bool, code: str, words: tuple[object, ...]
) -> tuple[str | None, str | None]:
    """Mostly who was summoned; sometimes an acting head, a person of lower rank, or nobody."""
    throw = below(1000, *words, "came")
    able = quality(seed, code) * 9 // 10 + 80
    mode = "online" if online and below(3, *words, "mode") == 0 else "in_person"
    if throw < able:
        return ("acting_head" if required == "head" and below(9, *words, "acting") == 0 else required), mode
    lower = {"head": "deputy", "deputy": "officer"}[required]
    return (lower, mode) if throw < able + (1000 - able) * 2 // 3 else (None, None)


def _speeches(seed: int, period: Month, summons: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    code, meeting, role = str(summons["agency"]), str(summons["meeting_id"]), summons["attended_role"]
    if role is None:
        return
    for number in range(2):
        words = (seed, "speech", meeting, code, number)
        if below(1000, *words) >= quality(seed, code) - 250 - 300 * number:
            continue
        by_head = role in ("head", "acting_head")
        qualifying = by_head and below(10, *words, "qualifying") < 8
        yield {
            "agency": code,
            "speech_id": f"{meeting}-{code}-{number + 1}",
            "meeting_id": meeting,
            "spoken_on": summons["held_on"],
            "kind": "thematic_report" if below(6, *words, "kind") == 0 else "speech",
            "speaker_role": role,
            "qualifying": qualifying,
            "note": "Kinh nghiệm tốt, có thể nhân rộng (mô phỏng)" if qualifying else None,
            "evidence_digest": _digest("phat-bieu", period, number, f"{meeting}-{code}"),
        }


def _initiatives(seed: int, period: Month, code: str) -> Iterator[Mapping[str, object]]:
    if below(12, seed, "initiative", period.index, code):
        return
    yield {
        "agency": code,
        "initiative_id": f"DEMO-SK-{period}-{code}",
        "title": "Sáng kiến mô phỏng: rút ngắn quy trình bằng dữ liệu dùng chung",
        "points": between(1, 5, seed, "points", period.index, code),
        "decided_on": period.day(between(20, 28, seed, "decided", period.index, code)),
        "decision_document": f"DEMO-{between(100, 999, seed, 'decision', period.index, code)}/QĐ-TTg",
        "decision_digest": _digest("quyet-dinh", period, 0, code),
    }


def _digest(kind: str, period: Month, number: int, about: str) -> str:
    """SHA-256 of a demo text that anyone can write down again."""
    text = f"DEMO evidence {kind} {period} {number} {about}"
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
