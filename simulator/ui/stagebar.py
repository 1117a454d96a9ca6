"""The bar above the arena: which view, what is drawn over it, and a key to that."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from simulator.overlays import OVERLAYS
from simulator.race import Race
from simulator.sketcher import Sketch, Sketcher
from simulator.ui.icons import icon
from simulator.ui.labels import Line, icon_size, menu_button
from simulator.ui.overlay_popup import OverlayPopup
from simulator.ui.overlaykey import key_line, key_lines, key_places, key_words, paint_keys
from simulator.ui.theme import LIGHT, Theme
from simulator.ui.views import VIEWS

TIP = "What is drawn over the map: arrows, samples, curvature (F8)"


class StageBar(QWidget):
    view_chosen = Signal(str)
    overlays_chosen = Signal(object)  # names
    only_chosen = Signal(object)  # the stream of the one racer to draw over, or None
    resampled = Signal()

    def __init__(self, sketcher: Sketcher, parent: QWidget | None = None):
        super().__init__(parent)
        self._sketcher, self._theme = sketcher, LIGHT
        self._locked = ""  # why no overlays can be chosen
        self._group = QButtonGroup(self)
        self.views: dict[str, QToolButton] = {}
        row = QHBoxLayout()
        row.setSpacing(0)
        for name, kind in VIEWS.items():
            button = QToolButton()
            button.setText(kind.title)
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setAccessibleName(f"View: {kind.title}")
            button.setToolTip(f"{kind.about} ({kind.keys})")
            button.clicked.connect(lambda _=False, name=name: self.view_chosen.emit(name))
            self._group.addButton(button)
            self.views[name] = button
            row.addWidget(button)
        self.popup = OverlayPopup(sketcher, self)
        self.popup.chosen.connect(self.overlays_chosen)
        self.popup.only_chosen.connect(self.only_chosen)
        self.overlays = menu_button("Overlays ▾", "Overlays", TIP)
        self.overlays.setProperty("tight", True)
        self.overlays.clicked.connect(self.open_overlays)
        self.resample = menu_button("Resample", "Resample", "Draw other samples of the gradient (F9)")
        self.resample.clicked.connect(self.resampled)
        row.addStretch(1)
        row.addWidget(self.overlays)
        self.key, self.notes = Key(), Line()
        below = QHBoxLayout()
        below.addWidget(self.notes, 1)
        below.addWidget(self.resample)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.key)
        column.addLayout(below)
        self.show_view(next(iter(VIEWS)))
        self.show_overlays()
        sketcher.told = self._show_notes

    def set_race(self, race: Race) -> None:
        self.popup.set_race(race)

    def show_view(self, name: str) -> None:
        """Mark the view on screen, without a signal."""
        self.views[name].setChecked(True)

    def show_overlays(self, able: bool = True) -> None:
        """Show what the sketcher is set to, without a signal; and whether the view is ``able`` to be drawn over."""
        names = self._sketcher.names if able else ()
        self.overlays.setEnabled(able and not self._locked)
        self.overlays.setToolTip(self._locked or (TIP if able else "Only maps are drawn over"))
        self.resample.setVisible("samples" in names)
        self.overlays.setAccessibleDescription(", ".join(OVERLAYS[name].title for name in names) or "None is on")
        self.key.set_names(names)
        self.key.setVisible(bool(names))
        self.notes.setVisible(bool(names))
        self.popup.show_overlays()

    def lock_views(self, why: str) -> None:
        for button in self.views.values():
            button.setEnabled(False)
            button.setToolTip(why)

    def lock_overlays(self, why: str) -> None:
        self._locked = why
        self.show_overlays()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.resample.setIcon(icon("redo", theme))
        self.resample.setIconSize(icon_size(theme))
        self.key.set_theme(theme)
        self.notes.set_text(self.notes.text, theme.faint)

    def open_overlays(self) -> None:
        self.popup.open_below(self.overlays)

    def _show_notes(self, sketch: Sketch) -> None:
        self.notes.set_text(key_words(self._sketcher.names, sketch), self._theme.faint)


class Key(QWidget):
    """A sample and the title of each overlay, on as many lines as there is need of."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._theme = LIGHT
        self._lines = 1
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_names(self, names: tuple[str, ...]) -> None:
        self._names = names
        self.setAccessibleName("Key: " + ", ".join(OVERLAYS[name].title for name in names))
        self.setToolTip("".join(f"<p><b>{OVERLAYS[n].title}.</b> {OVERLAYS[n].about}</p>" for n in names))
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(60, round(self._lines * key_line(QFontMetricsF(self.font()))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = key_lines(self._places())
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
        self.update()

    def _places(self) -> list[tuple[str, float, int]]:
        return key_places(self._names, QFontMetricsF(self.font()), self.width(), self._theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_keys(QPainter(self), self._names, self.width(), self._theme)
