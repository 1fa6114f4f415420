"""Files that cannot be taken in at all are refused by path, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.ingest.official_files.errors import FileRefused
from services.ingest.official_files.import_file import GivenFile


@pytest.mark.parametrize(
    ("name", "seen"),
    [("absent.csv", "no such file"), ("folder", "a folder"), ("empty.csv", "an empty file"), ("f/x", "Not a dir")],
)
def test_what_is_no_file_with_content_is_refused_by_its_path(tmp_path: Path, name: str, seen: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.csv").touch()
    (tmp_path / "f").write_bytes(b"x")
    with pytest.raises(FileRefused) as caught:
        GivenFile.read(tmp_path / name)
    fault = caught.value.faults[0]
    assert fault.place == str(tmp_path / name)
    assert str(fault.seen).startswith(seen)
    assert caught.value.detail.startswith(f"{fault.place}: cannot be imported (seen {seen}")
    assert fault.hint
    assert caught.value.hint == fault.hint


def test_a_file_is_its_name_and_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")
    assert GivenFile.read(tmp_path / "a.csv") == GivenFile("a.csv", b"x")
