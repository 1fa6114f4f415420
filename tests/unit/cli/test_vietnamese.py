"""The command line says nothing in English: every help page, and every word that means no command."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from services.cli import application
from services.cli.application import refuse, refuse_figures, spoken
from shared.errors import Fault, InputInvalid, NotFound
from shared.law.refusals import Fault as Figure
from shared.law.refusals import InputRefused

ENGLISH = re.compile(
    r"\b(the|is|are|of|and|not|for|this|that|with|usage:|options|commands|show this|error|missing|no such|default|required|"
    r"invalid|arguments?|try)\b",
    re.IGNORECASE,
)


def pages(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    for name, each in getattr(command, "commands", {}).items():
        yield from pages(each, (*words, name))


def told(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["bangdiem", *words])
    # However these tests were started, the program is called as its script is.
    monkeypatch.setattr(sys.modules["__main__"], "__package__", None)
    with pytest.raises(SystemExit) as ended:
        application.main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out + said.err


def test_every_help_page_is_vietnamese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    every = list(pages(spoken(typer.main.get_command(application.application([])))))
    assert len(every) > 30
    for words in every:
        code, text = told((*words, "--help"), monkeypatch, capsys)
        own = re.sub(r"--[a-z-]+|<[a-z ]+>|BANGDIEM_\w+", "", text)
        assert (code, ENGLISH.findall(own)) == (0, []), text
        assert "Cách dùng: bangdiem" in text
        for line in text.splitlines():
            assert not re.fullmatch(r"  (--)?[a-z-]+( <[a-z]+>)?", line), f"{words}: without words: {line}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show",), "Lỗi: thiếu 'PERIOD'."),
        (("nothing",), "Lỗi: không có lệnh 'nothing'."),
        (("show", "2026-01", "--versio", "3"), "Lỗi: không có tùy chọn --versio."),
        (("show", "2026-01", "H38", "x"), "Lỗi: thừa tham số: x"),
        (("up", "--port", "x"), "Lỗi: giá trị không hợp lệ của '--port': cần số nguyên."),
        (("up", "--port", "99999"), "Lỗi: giá trị không hợp lệ của '--port': tối đa 65535."),
        (("show", "2026-01", "--run"), "Lỗi: tùy chọn '--run' cần giá trị."),
        (("show", "2026-1"), "Kỳ không hợp lệ: '2026-1' không phải là một kỳ; cần dạng NĂM-THÁNG, ví dụ 2026-01"),
        (("run", "x"), "Dữ liệu đầu vào không hợp lệ: không có dịch vụ x"),
    ],
)
def test_words_that_mean_nothing_are_refused_in_vietnamese(
    words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(words, monkeypatch, capsys)
    assert (code, said in text) == (2, True), text
    assert ENGLISH.findall(re.sub(r"--[a-z]+|'[^']*'", "", text)) == []


def test_a_refusal_says_every_word_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        refuse(NotFound("H99: not on the sheet of 2026-01", hint="Codes look like G06 or H38."))
    first, second = capsys.readouterr().err.splitlines()
    assert first == "Không tìm thấy: H99 không có trong bảng điểm 2026-01"
    assert second == "  Mã cơ quan có dạng G06 hoặc H38."
    fault = Fault("tasks/rows/3/percent", "wrong type or value", seen="str", expected="decimal text")
    with pytest.raises(SystemExit):
        refuse(InputInvalid("1 faults", faults=[fault]))
    assert "tasks/rows/3/percent; sai kiểu hoặc giá trị; str; số thập phân, ghi dưới dạng văn bản" in capsys.readouterr().err
    figure = Figure("above-maximum", "G06", "transparency", "19", "at most 7.5", "check the figure with its source")
    with pytest.raises(SystemExit):
        refuse_figures(InputRefused([figure]))
    assert capsys.readouterr().err == (
        "Số liệu đầu vào không hợp lệ: cơ quan G06, số đo transparency: nhận được 19, cần nhiều nhất 7,5;"
        " kiểm tra lại số liệu với nguồn\n"
    )
