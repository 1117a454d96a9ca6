"""Says on which plane a race of many dimensions is drawn and how much of it that shows, and lets one choose another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from simulator.ui.fields import Combo
from simulator.ui.ground import TITLES, Outlook
from simulator.ui.icons import icon
from simulator.ui.labels import Line, icon_size, menu_button
from simulator.ui.theme import LIGHT, Theme

ABOUT = (
    "Paths are projected at right angles onto a plane through the start, and the loss is that of the plane's own "
    "points: racers leave it, so a path may seem to climb. "
)
TIPS = {
    "principal": "Spanned by the two directions in which the racers of this race moved most (principal components)",
    "random": "Spanned by two random directions, each filter as long as the start's own (Li et al. 2018)",
}


class PlaneBar(QWidget):
    """Hidden in up to two dimensions. ``chosen`` carries the kind of plane and the seed of its random directions."""

    chosen = Signal(str, int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._theme, self._seed = LIGHT, 0
        self.kind = Combo()
        self.kind.setAccessibleName("Plane on which the race is drawn")
        for place, (kind, title) in enumerate(TITLES.items()):
            self.kind.addItem(title, kind)
            self.kind.setItemData(place, TIPS[kind], 3)  # the tooltip
        self.kind.setSizePolicy(self.kind.sizePolicy().Policy.Maximum, self.kind.sizePolicy().Policy.Fixed)
        self.kind.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
        self.kind.currentIndexChanged.connect(lambda: self._choose(self._seed))
        self.other = menu_button("New", "New random directions", "Draw two other random directions")
        self.other.clicked.connect(lambda: self._choose(self._seed + 1))
        self.told = Line()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(4, 2, 4, 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(2, 1)
        self._grid.addWidget(self.kind, 0, 0)
        self._grid.addWidget(self.other, 0, 1)
        self.hide()

    def show_outlook(self, outlook: Outlook) -> None:
        """Say what ``outlook`` shows, without a signal."""
        self._seed = outlook.seed
        self.kind.choose(outlook.kind)
        self.kind.setToolTip(f"{TIPS[outlook.kind]}. {ABOUT}")
        self.other.setVisible(outlook.kind == "random")
        told = f"This plane shows {outlook.percent}" if outlook.percent else "Nobody has moved yet"
        self.told.set_text(told, self._theme.text)
        self.setVisible(outlook.plane is not None)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.other.setIcon(icon("redo", theme))
        self.other.setIconSize(icon_size(theme))
        self._grid.setRowMinimumHeight(0, max(it.sizeHint().height() for it in (self.kind, self.other)))
        if theme.scale > 1.0:  # one line would be too short for large type
            self._grid.addWidget(self.told, 1, 0, 1, 3)
        else:
            self._grid.addWidget(self.told, 0, 2)
        self.told.set_text(self.told.text, theme.text)

    def _choose(self, seed: int) -> None:
        self.chosen.emit(self.kind.currentData(), seed)
