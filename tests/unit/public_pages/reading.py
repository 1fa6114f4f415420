"""A page as its reader has it: tables row by row, words without marks."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "rect"}


@dataclass
class Row:
    """The texts of one row's cells, by class of the cell; hidden doubles for phones are left out."""

    cells: list[tuple[frozenset[str], str]] = field(default_factory=list)

    def cell(self, name: str) -> str:
        (found,) = [text for names, text in self.cells if name in names]
        return found

    def all(self, name: str) -> list[str]:
        return [text for names, text in self.cells if name in names]


class Reader(HTMLParser):
    """``rows`` of all tables; every tag with its attributes; the whole text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[tuple[str, frozenset[str]]] = []
        self.feed(page.decode("utf-8"))
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        names = frozenset(given.get("class", "").split())
        if tag not in _VOID:
            self._open.append((tag, names))
        if tag == "tr":
            self.rows.append(Row())
        elif tag in ("td", "th"):
            self.rows[-1].cells.append((names, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"
        tags = {tag for tag, _ in self._open}
        unheard = tags & {"svg", "title"} or any("on-phone" in names for _, names in self._open)
        if tags & {"td", "th"} and not unheard:
            names, text = self.rows[-1].cells[-1]
            self.rows[-1].cells[-1] = (names, " ".join(f"{text} {data}".split()))
