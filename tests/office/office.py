"""A real office program in Vietnamese: opens a file, works every formula out anew, and writes what its cells hold."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

# 0 is "always"; by itself the program keeps the values that a foreign file states.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>vi-VN</value></prop></item>
</oor:items>
"""
# Semicolon, double quote, UTF-8, from line 1, Vietnamese, quoted cells as any other, numbers and dates guessed.
CSV_AS_PEOPLE_OPEN_IT = "Text - txt - csv (StarCalc):59,34,76,1,,1066,false,true"
_TABLE, _OFFICE, _TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "office", "text"))
_MOST = 2_000


@dataclass(frozen=True)
class Cell:
    """``kind`` is what the program took the cell for: float, string, date, …; ``value`` its number as written."""

    kind: str
    value: str
    text: str


Grid = list[list[Cell | None]]


def opened(file: Path, folder: Path, *, csv: bool = False) -> Mapping[str, Grid]:
    """By sheet: its rows, None for an empty cell. ``folder`` holds a profile of its own."""
    found = shutil.which("soffice")
    if found is None:
        pytest.fail("no office program on this machine: install Debian's package libreoffice-calc-nogui (the .ci/run does)")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, "utf-8")
    asked = [
        found,
        "--headless",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        "fods",
        "--outdir",
        folder / "read",
    ]
    if csv:
        asked.append(f"--infilter={CSV_AS_PEOPLE_OPEN_IT}")
    done = subprocess.run([*asked, file], capture_output=True, text=True, timeout=120, check=False)
    written = folder / "read" / f"{file.stem}.fods"
    assert written.exists(), done.stdout + done.stderr
    return {sheet.get(f"{_TABLE}name", ""): list(_rows(sheet)) for sheet in ET.parse(written).iter(f"{_TABLE}table")}  # noqa: S314


def _rows(sheet: ET.Element) -> Iterator[list[Cell | None]]:
    for row in sheet.iter(f"{_TABLE}table-row"):
        cells: list[Cell | None] = []
        for cell in row:
            if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                cells += [_cell(cell)] * min(int(cell.get(f"{_TABLE}number-columns-repeated", "1")), _MOST)
        for _ in range(min(int(row.get(f"{_TABLE}number-rows-repeated", "1")), _MOST)):
            yield cells


def _cell(cell: ET.Element) -> Cell | None:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind is None:
        return None
    text = "\n".join("".join(each.itertext()) for each in cell.findall(f"{_TEXT}p"))
    return Cell(kind, cell.get(f"{_OFFICE}value", ""), text)
