"""The inspector: the step under the cursor opened up, for one racer and one coordinate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from simulator.costs import EVEN, Against, Weights, title
from simulator.inspector import Inspection, inspect
from simulator.race import Race
from simulator.recording import Recording
from simulator.stepsheet import coordinates, sheet
from simulator.ui.curves import CurvePlot
from simulator.ui.fields import Combo, chain
from simulator.ui.formulaview import FormulaView, tell, wrapped
from simulator.ui.ratebars import RateBars
from simulator.ui.scroll import PanelScroll
from simulator.ui.theme import LIGHT, Theme
from simulator.ui.throttle import Throttle

PLOT_PX = 170
SECTIONS = ("Remembered", "Effective rate", "Gradient asked", "The step")


class InspectorPanel(QWidget):
    """Shows the step that leaves the row on screen. Works nothing out while nobody sees it."""

    seek_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Inspect")
        self.inspection: Inspection | None = None
        self._moment: tuple[Recording, int] | None = None
        self._names: list[str] = []
        self._theme = LIGHT
        self.racer, self.start, self.coordinate = _combo("Racer"), _combo("Start"), _combo("Coordinate")
        self.title, self.formula = _heading(), FormulaView()
        self.states, self.step, self.asked = wrapped(), wrapped(), wrapped()
        self.rate, self.bars, self.plot = wrapped(), RateBars(), _RatePlot()
        self.headings = {name: _heading(name) for name in SECTIONS}
        self._live = Throttle(self._refresh, self)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # itself, not a combo: arrow keys go from step to step
        for combo in (self.racer, self.start, self.coordinate):
            combo.currentIndexChanged.connect(self._chosen)
        self.bars.picked.connect(self.coordinate.setCurrentIndex)
        self.plot.seek_requested.connect(self.seek_requested)

    def _lay_out(self) -> None:
        self.page = PanelScroll()
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        self._choices: list[tuple[QLabel, Combo]] = []
        for i, combo in enumerate((self.racer, self.start, self.coordinate)):
            label = QLabel(combo.accessibleName())
            label.setBuddy(combo)
            grid.addWidget(label, i, 0)
            grid.addWidget(combo, i, 1)
            self._choices.append((label, combo))
        column = self.page.column
        column.setSpacing(4)
        column.addLayout(grid)
        column.addWidget(self.title)
        column.addWidget(self.formula)
        for name, parts in (
            ("Remembered", [self.states]),
            ("Effective rate", [self.rate, self.bars, self.plot]),
            ("Gradient asked", [self.asked]),
            ("The step", [self.step]),
        ):
            for part in (self.headings[name], *parts):
                column.addWidget(part)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.page)
        chain([self, self.racer, self.start, self.coordinate, self.plot])

    def sizeHint(self) -> QSize:
        return QSize(330, 560)

    # What is told.

    def set_race(self, race: Race) -> None:
        """Offer the racers, starts and coordinates of ``race``; a racer that stays remains chosen."""
        self._names = coordinates(race.landscape)
        self.racer.fill([(entrant.label, entrant.stream) for entrant in race.entrants])
        self.start.fill([(f"{i + 1}", i) for i in range(len(race.starts))])
        self.coordinate.fill([(name, i) for i, name in enumerate(self._names)])
        for label, combo in self._choices[1:]:
            label.setVisible(combo.count() > 1)
            combo.setVisible(combo.count() > 1)

    def choose(self, label: str) -> None:
        """Open up the steps of the racer called ``label``, of the first if there is none."""
        self.racer.setCurrentIndex(max(self.racer.findText(label), 0))

    def show_step(self, recording: Recording, step: int) -> None:
        """Called every frame; what is shown follows some 15 times a second, and the last step always arrives."""
        self._moment = (recording, min(step, recording.done))
        if self.isVisible():
            self._live()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out racers of the chart, by stream."""
        self.plot.set_look(replace(self.plot.look, hidden=hidden))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(_sheet(theme))
        self.bars.set_theme(theme)
        self.plot.setFixedHeight(round(PLOT_PX * theme.scale))
        self.plot.set_look(replace(self.plot.look, theme=theme))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._chosen()

    def _chosen(self) -> None:
        if self.isVisible() and self._moment is not None:
            self._live.now()

    def _refresh(self) -> None:
        if self._moment is None or not self.isVisible():
            return
        recording, step = self._moment
        streams = [entrant.stream for entrant in recording.race.entrants]
        if self.racer.currentData() not in streams:
            return  # the race has changed, and its recording comes
        start, coordinate = max(self.start.currentIndex(), 0), max(self.coordinate.currentIndex(), 0)
        self.inspection = seen = inspect(recording, streams.index(self.racer.currentData()), step, start)
        told = sheet(seen, coordinate)
        tell(self.title, told.title)
        self.formula.show_lines(told.lines)
        self._tell("Remembered", self.states, "\n".join(told.states))
        self._tell("The step", self.step, "\n".join(told.step))
        self.headings["Gradient asked"].setText(told.asked_of)
        self._tell("Gradient asked", self.asked, "\n".join(told.asked))
        rates = seen.rate
        self._tell("Effective rate", self.rate, told.rate)
        names = self._names if len(self._names) > 1 else [""]
        self.bars.show_rates(names, [] if rates is None else rates.tolist(), coordinate)
        self.bars.setVisible(rates is not None and bool(np.isfinite(rates).any()))
        self.headings["Effective rate"].setVisible(True)  # of the chart, if of nothing else
        self.plot.set_look(replace(self.plot.look, coordinate=coordinate, start=start))
        self.plot.show_step(recording, step)

    def _tell(self, name: str, label: QLabel, text: str) -> None:
        """Tell ``text`` under its heading, or leave both out."""
        tell(label, text)
        label.setVisible(bool(text))
        self.headings[name].setVisible(bool(text))


class _RatePlot(CurvePlot):
    """The effective rates of all racers, in little room."""

    def __init__(self) -> None:
        super().__init__()
        self.look = replace(self.look, kind="rate")
        self.count("steps", EVEN)
        self.setAccessibleDescription("Arrow keys go from step to step.")

    def count(self, against: Against, weights: Weights) -> None:
        """What the horizontal axis counts."""
        self.setAccessibleName(f"Effective rate of every racer against {title(against, weights)}")
        self.set_look(replace(self.look, against=against, weights=weights))

    def sizeHint(self) -> QSize:
        return QSize(280, PLOT_PX)


def _combo(name: str) -> Combo:
    combo = Combo()
    combo.setAccessibleName(name)
    combo.setToolTip(f"{name} to look at")
    return combo


def _heading(text: str = "") -> QLabel:
    label = wrapped("heading")
    label.setText(text)
    return label


def _sheet(theme: Theme) -> str:
    px, line = theme.font_px, max(2, round(3 * theme.scale))
    row = f"background: {theme.panel}; border: none; border-left: {line}px solid {theme.line};"
    return f"""
    QFrame[role="formulaRow"] {{ {row} }}
    QLabel[role="formulaLine"] {{ font-size: {round(1.1 * px)}px; }}
    QLabel[role="numbersLine"] {{ color: {theme.accent}; }}
    QLabel[idle="true"] {{ color: {theme.faint}; font-style: italic; }}
    """
