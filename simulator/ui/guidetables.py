"""The guide's tables in a window of their own."""

from __future__ import annotations

import html
from collections.abc import Iterator

from PySide6.QtWidgets import QDialog, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from simulator.guide.tables import TABLES, authors, papers, rows
from simulator.ui import parts
from simulator.ui.theme import Theme

SIZE = 1160, 640  # at scale 1
BOLD = ("Optimizer", "Do", "Name")  # the columns one looks for


class GuideTables(QDialog):
    """A tab a table."""

    def __init__(self, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Tables of the guide")
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Tables")
        self.pages = {name: QTextBrowser() for name in TABLES}
        for name, page in self.pages.items():
            page.setAccessibleName(name)
            self.tabs.addTab(page, name)
        buttons = parts.close_box(self)
        column = QVBoxLayout(self)
        column.addWidget(self.tabs)
        column.addWidget(buttons)
        self.resize(*parts.fitting(SIZE, theme, self))
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        for name, page in self.pages.items():
            page.setHtml("".join(_table(name, theme)))


def _table(name: str, theme: Theme) -> Iterator[str]:
    """Rows that name their sources by authors and year; the titles follow below."""
    head, body = rows(name)
    pad = round(5 * theme.scale)
    yield f"<table width='99%' cellspacing='0' cellpadding='{pad}'><tr>"
    yield "".join(f"<th align='left' style='border-bottom: 2px solid {theme.line}'>{text}</th>" for text in head)
    for *cells, source in body:
        yield "</tr><tr>"
        for place, text in enumerate(cells):
            weight = "bold" if place == 0 or head[place] in BOLD else "normal"
            yield _cell(text, f"color: {theme.text}; font-weight: {weight}", theme)
        yield _cell(authors(source), f"color: {theme.faint}", theme)
    yield "</tr></table><h4>Sources</h4>"
    titles = sorted({paper for *_, source in body for paper in papers(source)})
    yield f"<p style='color: {theme.faint}'>{'<br>'.join(map(html.escape, titles))}</p>"


def _cell(text: str, style: str, theme: Theme) -> str:
    return f"<td style='{style}; border-bottom: 1px solid {theme.line}'>{html.escape(text)}</td>"
