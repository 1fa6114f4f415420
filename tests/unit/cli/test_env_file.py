"""One env file: what this program reads of it a shell and another reader of such files read alike, and the rest is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from services.cli.env_file import EnvFileInvalid, settings_of, with_env_file

ROOT = Path(__file__).parents[3]
GOOD = """# a comment

DATABASE_URL=postgresql://app:p%40ss@db.example:5432/bangdiem
BANGDIEM_GATEWAY_KEY_PEPPER='$ecret # with "all" that quotes are for; `x` * ~'
BANGDIEM_GATEWAY_ATTACHMENT_SCANNER="clamdscan --no-summary -"
BANGDIEM_GATEWAY_TRUSTED_PROXIES=
BANGDIEM_GATEWAY_SECOND_FACTOR=amr:mfa,acr:loa3
NAMED='Văn phòng Chính phủ'
"""


def written(folder: Path, text: str | bytes, name: str = ".env") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def sourced(path: Path) -> dict[str, str]:
    """What a shell makes of it."""
    done = subprocess.run(
        ["sh", "-c", 'set -a; . "$1"; env -0', "sh", str(path)],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    return dict(each.split("=", 1) for each in done.stdout.decode().split("\0") if "=" in each)


def test_a_shell_and_another_reader_read_what_we_read(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    ours = dict(settings_of(path))
    assert len(ours) == 6
    assert ours["BANGDIEM_GATEWAY_KEY_PEPPER"] == '$ecret # with "all" that quotes are for; `x` * ~'
    assert ours.items() <= sourced(path).items()
    assert ours == dotenv_values(path)


def test_every_line_of_the_example_is_read_alike(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    seen: set[str] = set()
    for number, line in enumerate(re.findall(r"^# ([A-Z0-9_]+=.*)$", example, re.MULTILINE)):
        path = written(tmp_path, line + "\n", f"{number}.env")
        ours = settings_of(path)
        assert ours.items() <= sourced(path).items()
        seen |= set(ours)
    assert len(seen) > 50


@pytest.mark.parametrize(
    "line",
    [
        "A = b", "export A=b", "A", "1A=b", "A=b c", "A=b # c", "A=$B", "A=`id`", 'A="$B"', "A='it''s'", "A=b\\c", 'A="b\\n"',
        "A='b", "A=b;c", "A=~/x", " A=b", "A=đ", "A='b'c",
    ],
)  # fmt: skip
def test_what_readers_take_differently_is_refused_at_its_line_and_no_value_is_told(tmp_path: Path, line: str) -> None:
    with pytest.raises(EnvFileInvalid) as refused:
        settings_of(written(tmp_path, f"# first\n{line}\n"))
    [fault] = refused.value.faults
    assert fault.place.endswith(".env:2")
    assert "it''s" not in fault.message


def test_a_name_on_two_lines_and_foreign_line_ends_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvFileInvalid, match="1 lines") as refused:
        settings_of(written(tmp_path, "A=b\nB=c\nA=d\n"))
    assert [fault.place.rpartition(":")[2] for fault in refused.value.faults] == ["3"]
    for raw in (b"A=b\r\n", b"\xef\xbb\xbfA=b\n", b"A='\xff'\n"):
        with pytest.raises(EnvFileInvalid):
            settings_of(written(tmp_path, raw))


def test_the_environment_goes_before_the_file_and_a_refused_file_sets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {"A": "given"})
    assert with_env_file(["show", "2026-01"]) == ["show", "2026-01"]
    written(tmp_path, "A=file\nB=file\n")
    named = written(tmp_path, "C=named\n", "other.env")
    assert with_env_file(["show"]) == ["show"]
    assert os.environ == {"A": "given", "B": "file"}
    assert with_env_file(["--env-file", str(named), "show"]) == ["show"]
    assert with_env_file([f"--env-file={named}"]) == []
    assert os.environ == {"A": "given", "B": "file", "C": "named"}
    written(tmp_path, "D=file\nE = no\n")
    for words in (["show"], ["--env-file"], ["--env-file", "absent.env", "show"]):
        with pytest.raises(EnvFileInvalid):
            with_env_file(words)
    assert "D" not in os.environ


def test_a_command_obeys_it_and_says_which_line_it_refuses(tmp_path: Path) -> None:
    def asked() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services.cli", "show", "2026-01"]
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)

    written(tmp_path, "BANGDIEM_DATA_DIR=elsewhere\n")
    done = asked()
    assert done.returncode == 2
    assert str(tmp_path / "elsewhere") in done.stderr
    written(tmp_path, "BANGDIEM_DATA_DIR=else where\n")
    done = asked()
    assert done.returncode == 2
    assert done.stderr.startswith("Tệp cấu hình không dùng được: .env: 1 dòng ")
    assert "\n  - .env:1; giá trị của BANGDIEM_DATA_DIR " in done.stderr
    assert "else where" not in done.stderr
