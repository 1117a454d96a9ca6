"""The options of an export as controls; those that the kind of file does not take are away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from simulator.export import options as given
from simulator.export.formats import FORMATS, Format
from simulator.export.options import Options
from simulator.export.reel import HOLD, reel
from simulator.ui.fields import Combo, DecimalBox

AS_ON_SCREEN = ""
THEMES = {AS_ON_SCREEN: "As on screen"} | {name: name.capitalize() for name in given.THEMES}
SIZES = {"Slide": (1600, 900), "Page": (1200, 900), "Full HD": (1920, 1080), "Small": (800, 600)}


class ExportForm(QWidget):
    """Rows for the options of one kind of file at a time. ``changed``: something else would be written now."""

    changed = Signal()

    def __init__(self, steps: int, step: int, parent: QWidget | None = None):
        super().__init__(parent)
        self._format = next(iter(FORMATS.values()))
        self._steps, self._on_screen = steps, step
        self.width_, self.height_ = (_whole(name, *given.SIDES, " px", 100) for name in ("Width", "Height"))
        self.dpi = _whole("Dots an inch", *given.DPI, " dpi", 48)
        self.dpi.setToolTip("192 doubles the pixels and keeps the layout: for print and sharp screens")
        self.theme = Combo()
        self.theme.setAccessibleName("Theme")
        for name, title in THEMES.items():
            self.theme.addItem(title, name)
        self.step, self.first = _whole("Step", 0, steps), _whole("From step", 0, steps)
        self.fps = _whole("Frames a second", *given.FPS, " a second")
        self.seconds = DecimalBox(decimals=1, suffix=" s")
        self.seconds.setRange(*given.SECONDS)
        self.seconds.setAccessibleName("Length")
        self.told = QLabel()
        self.told.setProperty("role", "faint")
        self._rows = QFormLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._size = QHBoxLayout()
        for part in (self.width_, QLabel("×"), self.height_):
            self._size.addWidget(part)
        self._size.addStretch(1)
        self._presets = [self._preset(name, *size) for name, size in SIZES.items()]
        presets = QHBoxLayout()
        for button in self._presets:
            presets.addWidget(button)
        presets.addStretch(1)
        # An option, its label, its row, and what the label's letter leads to.
        self._options: tuple[tuple[str, str, Any, QWidget], ...] = (
            ("size", "&Size", self._size, self.width_),
            ("size", "", presets, self.width_),
            ("dpi", "&Resolution", self.dpi, self.dpi),
            ("theme", "&Theme", self.theme, self.theme),
            ("from", "Fr&om step", self.first, self.first),
            ("step", "Ste&p", self.step, self.step),
            ("fps", "Fra&mes", self.fps, self.fps),
            ("seconds", "&Length", self.seconds, self.seconds),
        )
        for n, (_, text, row, first) in enumerate(self._options):
            self._add(n, text, row, first)
        self._rows.addRow("", self.told)
        for box in (self.width_, self.height_, self.dpi, self.step, self.first, self.fps, self.seconds):
            box.valueChanged.connect(self._tell)
        self.theme.currentIndexChanged.connect(self._tell)

    def _preset(self, name: str, width: int, height: int) -> QPushButton:
        button = QPushButton(name)
        button.setToolTip(f"{width} × {height}")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.set_size(width, height))
        return button

    @property
    def inputs(self) -> list[QWidget]:
        """What the keyboard goes through, from top to bottom."""
        last = (self.dpi, self.theme, self.first, self.step, self.fps, self.seconds)
        return [self.width_, self.height_, *self._presets, *last]

    def put_first(self, *rows: tuple[str, Any, QWidget]) -> None:
        """Rows that stand above the options: label, row, and what the label's letter leads to."""
        for n, (text, row, first) in enumerate(rows):
            self._add(n, text, row, first)

    def _add(self, place: int, text: str, row: Any, first: QWidget) -> None:
        label = QLabel(text)
        label.setBuddy(first)  # a form finds it only where the row is a single widget
        self._rows.insertRow(place, label, row)

    def set_format(self, known: Format, chosen: dict[str, Any]) -> None:
        """Offer what ``known`` takes, with the values ``chosen`` the last time, as `chosen` gave them."""
        self._format = known
        for option, _, row, _ in self._options:
            self._rows.setRowVisible(row, option in known.options)
        if isinstance(label := self._rows.labelForField(self.step), QLabel):
            label.setText("To ste&p" if "from" in known.options else "Ste&p")
        plain = known.plain
        # A movie shows the way, a report how it ended, a picture what is on screen.
        step = self._steps if known.whole else self._on_screen
        seconds = len(reel(0, self._steps, plain.fps).ticks) / plain.fps
        for box, value in (
            (self.width_, plain.width), (self.height_, plain.height), (self.dpi, plain.dpi), (self.first, 0),
            (self.step, step), (self.fps, plain.fps),
        ):  # fmt: skip
            with QSignalBlocker(box):
                box.setValue(value)
        with QSignalBlocker(self.seconds):
            self.seconds.setValue(seconds)
        for name, box in self._kept.items():
            if isinstance(value := chosen.get(name), int):
                with QSignalBlocker(box):
                    box.setValue(value)
        theme = str(chosen.get("theme"))
        self.theme.choose(theme if theme in THEMES else AS_ON_SCREEN)
        self._tell()

    @property
    def _kept(self) -> dict[str, QSpinBox]:
        return {"width": self.width_, "height": self.height_, "dpi": self.dpi, "fps": self.fps}

    def chosen(self) -> dict[str, Any]:
        """What is remembered for the next file of this kind: how it looks, not which steps."""
        return {name: box.value() for name, box in self._kept.items()} | {"theme": self.theme.currentData()}

    def options(self) -> Options:
        known = self._format
        values: dict[str, dict[str, Any]] = {
            "size": {"width": self.width_.value(), "height": self.height_.value()},
            "dpi": {"dpi": self.dpi.value()},
            "theme": {"theme": self.theme.currentData()},
            "step": {"step": self.step.value()},
            "from": {"first": min(self.first.value(), self.step.value())},
            "fps": {"fps": self.fps.value()},
            "seconds": {"frames": max(2, round(self.seconds.value() * self.fps.value()))},
        }
        return replace(known.plain, **{k: v for name in known.options for k, v in values.get(name, {}).items()})

    @property
    def too_large(self) -> bool:
        width, height = self.options().pixels
        return width * height > given.MOST_PIXELS

    def set_size(self, width: int, height: int) -> None:
        self.width_.setValue(width)
        self.height_.setValue(height)

    def _tell(self) -> None:
        options, known = self.options(), self._format
        told: list[str] = []
        if "size" in known.options:
            width, height = options.pixels
            told.append(f"{width:,} × {height:,} pixels" + " are too many" * self.too_large)
        if "fps" in known.options:
            frames = options.frames or 0
            told.append(f"{frames:,} frames, the last one held for {HOLD:g} s")
        self.told.setText("; ".join(told))
        self.told.setVisible(bool(told))
        self.changed.emit()


def _whole(name: str, low: int, high: int, suffix: str = "", step: int = 1) -> QSpinBox:
    box = QSpinBox(minimum=low, maximum=high, suffix=suffix, singleStep=step)
    box.setAccessibleName(name)
    return box
