"""`bangdiem simulate --reading`: the same output with the choice beside it, and exit 2 for what cannot be chosen (RUL-08)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "tests/cases/simulate-example/input.json"


def simulate(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.cli", "simulate", *words, str(EXAMPLE)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_two_readings_beside_the_very_output() -> None:
    plain, chosen = simulate(), simulate("--reading", "B-1=table", "--reading", "A-6=zero")
    assert (plain.returncode, chosen.returncode, chosen.stderr) == (0, 0, "")
    answer = json.loads(chosen.stdout)
    assert answer.pop("readings") == {"A-6": "zero", "B-1": "table"}
    assert list(answer) == list(json.loads(plain.stdout))
    points = {line["agency"]: (line["total_exact"], line["grade"]) for line in answer["agencies"]}
    # Z: no tasks, B 10 and 6 of 100 at 25, no meeting summoned 5: 4 + 5.
    assert points["Z"] == ("9", "D")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--reading", "B-2=table"], "cách hiểu B-2 không có phương án 'table'"),
        (["--reading", "B-1"], "không phải là lựa chọn cách hiểu"),
        (["--reading", "A-4=backlog-only"], "phải tính từ các dòng dữ liệu"),
        (["--reading", "A-5=capped-recurring"], "Số liệu đã chốt không ghi nhiệm vụ nào thuộc cùng một chuỗi định kỳ"),
        (["--reading", "A-8=as-frozen"], "phải tính từ các dòng dữ liệu"),
        (["--reading", "B-1=table", "--reading", "B-1=table"], "được chọn hai lần"),
    ],
)
def test_what_cannot_be_chosen_is_exit_2_and_one_line(words: list[str], said: str) -> None:
    refused = simulate(*words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
