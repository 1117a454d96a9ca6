"""The handbook: a page on every method, landscape and schedule, as `optim-race describe` tells it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from simulator import handbook
from simulator.handbook import CATALOGS, described, ordered, summary
from simulator.ui.chooser import Entry, SearchCombo
from simulator.ui.parts import fitting
from simulator.ui.theme import Theme

SIZE = 640, 600  # at scale 1


class Handbook(QDialog):
    """Open at the page of ``kind`` ("optimizer", "landscape", "schedule") called ``name``; a searched list leads on."""

    def __init__(self, kind: str, name: str, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Handbook")
        self.chooser = SearchCombo(_entries(kind, name), "Methods, landscapes and schedules", self)
        self.page = QTextBrowser()
        self.page.setAccessibleName("Page")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.chooser, self.page, buttons):
            column.addWidget(widget)
        self.resize(*fitting(SIZE, theme, self))
        self.chooser.currentIndexChanged.connect(self._turn)
        self.chooser.setCurrentIndex(self.chooser.findData(f"{kind}:{name}"))
        self._turn()

    def _turn(self) -> None:
        kind, _, name = self.chooser.currentData().partition(":")
        self.page.setHtml("".join(_page(described(kind, name))))


def _entries(asked: str, name: str) -> list[Entry]:
    """Every page: the methods in order of year, the rest in order of title, family by family. What is ``asked`` for by
    ``name`` may be on no list."""
    found: list[Entry] = []
    for kind in CATALOGS:
        unlisted = [CATALOGS[kind][name]] if kind == asked and name not in CATALOGS[kind] else []
        for cls in [*ordered(kind), *unlisted]:
            group = f"{kind}s: {cls.family}" if hasattr(cls, "family") else f"{kind}s"
            year = str(getattr(cls, "year", ""))
            found.append(Entry(f"{kind}:{cls.name}", cls.title, group, year, summary(cls)))
    return found


def _page(entry: handbook.Entry) -> Iterator[str]:
    told = ", ".join(str(part) for part in (entry["year"], entry["family"]) if part)
    yield f"<h2>{_text(entry['title'])}</h2><p><i>{_text(told)}</i></p>"
    yield from (f"<p>{_text(' '.join(part.split()))}</p>" for part in entry["doc"].split("\n\n"))
    yield _part("Formula", _lines(entry["formula"].split("\n")))
    if entry["parameters"]:
        rows = "".join(
            f"<tr><td><b>{_text(p['symbol'])}</b></td><td>{_text(p['name'])}</td><td>{_text(p['doc'])}</td></tr>"
            for p in entry["parameters"]
        )
        yield _part("Parameters", f"<table cellspacing='4'>{rows}</table>")
    if entry["kind"] == "optimizer":
        yield _part("Cost of a step", _lines(handbook.cost(entry)))
        yield _part("Stability", _lines(handbook.stability(entry)))
        yield _part("Parity", f"<p>{_text(handbook.parity(entry))}</p>")
    if entry.get("dialects"):
        forms = (
            f"<p><b>{_text(d['library'])}</b></p>{_lines(d['form'].split(chr(10)))}<p>{_text(d['difference'])}</p>"
            for d in entry["dialects"]
        )
        yield _part("Where libraries differ", "".join(forms))
    if entry["kind"] == "landscape":
        yield _part("Known", _lines(handbook.known(entry)))
    yield _part("Source", f"<p>{_text(entry['source'])}</p>")


def _part(title: str, body: str) -> str:
    return f"<h4>{title}</h4>{body}"


def _lines(lines: Iterable[str]) -> str:
    return f"<p>{'<br>'.join(map(_text, lines))}</p>"


def _text(text: str) -> str:
    return html.escape(text)
