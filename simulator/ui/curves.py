"""The loss panel: loss, gradient norm and rate of every racer against steps or gradient evaluations, on a logarithmic
or a linear scale."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QTabBar, QToolButton, QVBoxLayout, QWidget

from simulator.costs import Against, Weights
from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.chart import Chart, Look
from simulator.ui.fields import Combo, chain
from simulator.ui.lineimage import SLICE
from simulator.ui.quantity import Kind, Scale
from simulator.ui.theme import LIGHT, Theme, palette

if TYPE_CHECKING:
    from simulator.studies.repeats import Repeats
    from simulator.ui.weightsbar import WeightsBar

TABS: tuple[tuple[Kind, str, str], ...] = (
    ("loss", "Loss", "How far above the minimum every racer is, f − f*"),
    ("gradient", "‖gradient‖", "How steep the landscape is where every racer stands, ‖∇f‖"),
    ("lr", "η", "The learning rate of every racer under its schedule"),
)
AXES: tuple[tuple[Against, str], ...] = (
    ("steps", "Steps"),
    ("evaluations", "Gradients"),
    ("cost", "All evaluations"),
)
SCALES: tuple[Scale, ...] = ("log", "linear")
LOG_TIP = "Logarithmic scale: a straight line loses the same share in each step. Off: linear, from 0 (Ctrl+Shift+L)"
REPEATS = ("off", "5", "20", "100")
PAGE = 10  # Page keys move by this share of the race: a tenth


class CurvePlot(QWidget):
    """One chart on screen. Click or drag in it to go to a step; so do the arrow, Page, Home and End keys."""

    seek_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.chart: Chart | None = None
        self.step = 0
        self.look = Look(LIGHT)
        self._again = QTimer(self, interval=0, singleShot=True)  # type: ignore[call-overload]
        self._again.timeout.connect(self.update)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("Click or drag to go to a step")

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 120)

    def set_look(self, look: Look) -> None:
        self.look = look
        self.update()

    def show_step(self, recording: Recording, step: int) -> None:
        if self.chart is None or self.chart.recording is not recording:
            self.chart = Chart(recording)
        self.step = step
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.chart is None:
            painter.fillRect(self.rect(), QColor(self.look.theme.plot))
        else:
            ratio = self.devicePixelRatioF()
            self.chart.paint(painter, self.width(), self.height(), self.step, self.look, ratio, SLICE)
            if not self.chart.complete:
                self._again.start()
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.look.theme.accent), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek_to(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = self._target(event.key())
        if target is None or self.chart is None:
            super().keyPressEvent(event)
        else:
            self.seek_requested.emit(min(max(target, 0), self.chart.recording.race.steps))

    def _target(self, key: int) -> int | None:
        steps = self.chart.recording.race.steps if self.chart else 0
        page = max(1, steps // PAGE)
        return {
            Qt.Key.Key_Left: self.step - 1,
            Qt.Key.Key_Right: self.step + 1,
            Qt.Key.Key_PageDown: self.step - page,
            Qt.Key.Key_PageUp: self.step + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: steps,
        }.get(Qt.Key(key))

    def _seek_to(self, at: QPointF) -> None:
        if self.chart is not None:
            self.seek_requested.emit(self.chart.step_at(at.x()))


class LossPanel(QWidget):
    """Tabs for loss, gradient norm and rate over one `CurvePlot`, its scale, and a choice of what to count."""

    seek_requested = Signal(int)
    repeats_chosen = Signal(str)  # of REPEATS
    weights_chosen = Signal(object)
    counted = Signal(str, object)  # of AXES, and the weights: what every chart of the race may count along
    chosen = Signal(str, str, str)  # of TABS, AXES and SCALES: what is shown, against what, on which scale

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Curves to show")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        for i, (_, title, doc) in enumerate(TABS):
            self.tabs.addTab(title)
            self.tabs.setTabToolTip(i, doc)
        self.axis = Combo()
        self.axis.setAccessibleName("Count along the horizontal axis")
        self.axis.setToolTip(
            "What the horizontal axis counts: a method may ask for several gradients a step, "
            "and for losses and Hessians too"
        )
        self.axis.setMinimumContentsLength(4)  # beside the tabs there is little room on a projector
        for _, title in AXES:
            self.axis.addItem(title)
        self.log = QToolButton()
        self.log.setText("log")
        self.log.setCheckable(True)
        self.log.setChecked(True)
        self.log.setProperty("role", "segment")
        self.log.setAccessibleName("Logarithmic scale")
        self.log.setToolTip(LOG_TIP)
        self.plot = CurvePlot()
        self.repeats = Combo()
        self.repeats.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
        self.repeats.setAccessibleName("Repeats: seeds raced")
        self.repeats.setToolTip(
            "Race with several seeds: the band is the middle half of the runs, the line their median"
        )
        self.repeats.setMinimumContentsLength(len("Repeats: off"))
        for word in REPEATS:
            self.repeats.addItem("Repeats: off" if word == "off" else f"{word} seeds", word)
        self.repeats.currentIndexChanged.connect(lambda: self.repeats_chosen.emit(self.repeats.currentData()))
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "faint")
        self.note.setAccessibleName("Repeats: who wins how often")
        self._wins = "", ""
        self.told = ""
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.log)
        row.addSpacing(4)
        row.addWidget(self.axis, 3)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.plot, 1)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.repeats)
        below.addWidget(self.note, 1)
        column.addLayout(below)
        self.tabs.currentChanged.connect(self._choose)
        self.axis.currentIndexChanged.connect(self._choose)
        self.log.toggled.connect(self._choose)
        self.plot.seek_requested.connect(self.seek_requested)
        self._choose()

    @cached_property
    def weights(self) -> WeightsBar:
        """The fields below the chart, built when all evaluations are first counted."""
        from simulator.ui.weightsbar import WeightsBar

        bar = WeightsBar()
        bar.changed.connect(self.set_weights)
        bar.changed.connect(self.weights_chosen)
        self._column.insertWidget(self._column.indexOf(self.plot) + 1, bar)
        chain([self.plot, *bar.fields.values(), self.repeats])
        bar.hide()
        return bar

    def show_choice(self, kind: Kind, against: Against, scale: Scale = "log") -> None:
        self.tabs.setCurrentIndex([name for name, _, _ in TABS].index(kind))
        self.axis.setCurrentIndex([name for name, _ in AXES].index(against))
        self.log.setChecked(scale == "log")

    def set_weights(self, weights: Weights) -> None:
        """What is counted as cost."""
        self._look(weights=weights)
        self._show_weights()
        self.counted.emit(self.plot.look.against, weights)

    def lock(self, kind: str, against: str, scale: str) -> None:
        """Why the one and the others cannot be chosen; empty where they can."""
        for control, why in ((self.tabs, kind), (self.axis, against), (self.log, scale)):
            if why:
                control.setEnabled(False)
                control.setToolTip(why)

    def set_race(self, race: Race) -> None:
        """Nothing here depends on the race alone: curves come with its recording."""

    def show_step(self, recording: Recording, step: int) -> None:
        """Draw rows 0 … ``step``."""
        self.plot.show_step(recording, step)
        self._show_note()

    def set_repeats(self, found: Repeats | None) -> None:
        """Draw these bands; None: no more."""
        self._look(repeats=found)
        self._show_note()

    def tell_repeats(self, words: str) -> None:
        """How far they are, or why there are none."""
        self.told = words
        self._show_note()

    def _show_note(self) -> None:
        found, look = self.plot.look.repeats, self.plot.look
        text = whole = self.told
        if found is not None:
            step = min(self.plot.step, found.race.steps)
            whole = " · ".join([*([] if found.alike else found.standings(step, look.hidden)), found.note])
            text = whole if look.theme.scale == 1.0 else found.note  # on a projector the cards say who wins
        if (text, whole) != self._wins:
            self._wins = text, whole
            self.note.setText(text)
            self.note.setToolTip(whole)

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out racers, by stream."""
        self._look(hidden=hidden)
        self._show_note()

    def set_theme(self, theme: Theme) -> None:
        self.setPalette(palette(theme))
        font = self.font()
        font.setPixelSize(theme.font_px)
        self.setFont(font)
        self.axis.setMaximumWidth(round(190 * theme.scale))
        self._look(theme=theme)
        self._show_note()

    def _choose(self) -> None:
        kind, title, doc = TABS[self.tabs.currentIndex()]
        against, words = AXES[self.axis.currentIndex()]
        scale: Scale = "log" if self.log.isChecked() else "linear"
        self.plot.setAccessibleName(f"{title} against {words.lower()}, {scale} scale")
        self.plot.setAccessibleDescription(f"{doc}. Arrow keys go from step to step.")
        self._look(kind=kind, against=against, scale=scale)
        self._show_weights()
        self.counted.emit(against, self.plot.look.weights)
        self.chosen.emit(kind, against, scale)

    def _show_weights(self) -> None:
        look = self.plot.look
        if look.against == "cost":
            self.weights.show_weights(look.weights)
        if "weights" in vars(self):  # built already
            self.weights.setVisible(look.against == "cost")

    def _look(self, **changes: object) -> None:
        self.plot.set_look(replace(self.plot.look, **changes))  # type: ignore[arg-type]
