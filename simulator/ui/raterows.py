"""How the controls above the chart of rates are laid out: in one row, or in two where type is large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget


class RateRows(QVBoxLayout):
    """Choices, with their stretches, what tunes, the rest; below them the words."""

    def __init__(
        self, choices: Sequence[tuple[QWidget, int]], tuning: Sequence[QWidget], rest: Sequence[QWidget], words: QWidget
    ):
        super().__init__()
        self._tuning, self._place = tuning, len(choices) + 1
        self._above, self._below = QHBoxLayout(), QHBoxLayout()
        for widget, stretch in choices:
            self._above.addWidget(widget, stretch)
        self._above.addStretch(1)
        for widget in rest:
            self._above.addWidget(widget)
        self._below.addWidget(words, 1)
        self.setSpacing(2)
        for row in (self._above, self._below):
            row.setSpacing(4)
            self.addLayout(row)
        self.set_large(False)

    def set_large(self, large: bool) -> None:
        """What tunes stands before the rest; in large type where there is room: behind the words."""
        row, place = (self._below, 1) if large else (self._above, self._place)
        for widget in reversed(self._tuning):
            for it in (self._above, self._below):
                it.removeWidget(widget)
            row.insertWidget(place, widget)
