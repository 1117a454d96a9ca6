"""Basin maps side by side: for each racer where every start leads, computed while it is looked at."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import replace

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from simulator.landscape import Box
from simulator.race import Entrant, Race
from simulator.recording import Recording
from simulator.studies.basins import Basins, Mapping, trouble
from simulator.ui.arena_paint import backdrop, home
from simulator.ui.basinpaint import entries, ground_of, key_height, knows, paint_key, shades
from simulator.ui.ground import Outlook
from simulator.ui.labels import Line, menu_button
from simulator.ui.multiples import Multiples
from simulator.ui.pane import Pane
from simulator.ui.theme import LIGHT, Theme

REST_MS = 300  # without another race or another step on screen before it is computed
SLICE_SECONDS, REDRAW_SECONDS = 0.012, 0.15
SAME = 1e-6  # of a side: views that differ by less show the same
HOW = "A click places the start there."


class BasinsView(Multiples):
    """The maps of the racers on this page. Starts, paths and gestures are those of the racers side by side.

    Nothing is computed while it is not seen, nor while the race plays. A start that moves changes no map. Who zooms or
    moves gets a map of what is in view, as fine as that of the whole landscape, which is seen until there is more.
    """

    def __init__(self, outlook: Outlook, parent: QWidget | None = None):
        super().__init__(outlook, parent)
        self.setAccessibleName("Basin maps")
        self.made: Basins | None = None  # what is on screen
        self._of: tuple[object, ...] = ()  # what it was made for
        self._entrants: tuple[Entrant, ...] = ()
        self._part: Box | None = None  # of the plane that is being mapped, or has been; None: the landscape's box
        self._whole: Basins | None = None  # the map of that box, as far as it is known: seen under that of a part
        self._begun: tuple[Mapping, Generator[float], float] | None = None  # its work, while a part is mapped
        self._mapping: Mapping | None = None
        self._work: Generator[float] | None = None
        self._share, self._drawn, self._stopped = 0.0, 0.0, False
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._go_on)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self.advance)
        self.key, self.progress = BasinKey(), Line()
        self.stop = menu_button("Stop", "Stop computing the basin maps", "Stop computing, or go on")
        self.stop.clicked.connect(self._toggle)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(self.progress, 1)
        row.addWidget(self.stop)
        self._column.addWidget(self.key)
        self._column.addLayout(row)
        self._tell()

    @property
    def busy(self) -> bool:
        """Whether there is more to compute, and nobody stopped it."""
        return self._work is not None and not self._stopped

    @property
    def known(self) -> Basins | None:
        """What a picture shows: no more than is known, as the rest may take minutes. None where there are no maps."""
        return self._mapping.result() if self.made is None and self._mapping is not None else self.made

    def set_race(self, race: Race) -> None:
        super().set_race(race)
        shown = tuple(it for stream in self.streams for it in race.entrants if it.stream == stream)
        of = race.landscape, shown, race.noise, race.steps, race.seed
        if of == self._of:
            return
        self._end()
        if self._begun is not None:
            self._begun[1].close()
        self._of, self._entrants, self.made, self._whole, self._begun = of, shown, None, None, None
        self._stopped = False
        self._begin()
        if self.isVisible():
            self._rest.start()

    def show_step(self, recording: Recording, step: int) -> None:
        before = self._shown
        super().show_step(recording, step)
        if before is not None and before[1] != step and self.busy:
            self._timer.stop()  # it plays: its frames come first
            self._rest.start()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.key.set_theme(theme)
        self._draw()

    def advance(self) -> None:
        """One slice of the work."""
        if self._work is None or self._mapping is None:
            self._timer.stop()
            return
        end, share = time.perf_counter() + SLICE_SECONDS, self._share
        while share is not None and time.perf_counter() < end:
            share = next(self._work, None)
        self._share = 1.0 if share is None else share
        if share is None:
            self._end()
        if share is None or time.perf_counter() - self._drawn > REDRAW_SECONDS:
            self._drawn = time.perf_counter()
            self.made = self._mapping.result()
            if self._part is not None:
                self.made = replace(self.made, under=self._whole)
            else:
                self._whole = self.made
            self._draw()

    @property
    def _in_view(self) -> Box | None:
        """The part of the plane that is to be mapped; None for the landscape's box."""
        assert self._race is not None
        landscape = self._race.landscape
        box, part = home(landscape)[: landscape.dim], self.view[: landscape.dim]
        sides = zip(box, part, strict=True)
        same = all(abs(a - c) + abs(b - d) <= SAME * (b - a) for (a, b), (c, d) in sides)
        return None if same else part

    def _begin(self) -> None:
        """Have a map of what is in view; it is computed later."""
        if self._part is None and self._mapping is not None and self._work is not None:
            self._begun, self._work = (self._mapping, self._work, self._share), None
        self._end()
        self._mapping, self._share, self._drawn = None, 0.0, 0.0  # its first slice is drawn at once
        if self._race is not None and self._entrants and not trouble(self._race.landscape):
            self._part = self._in_view
            if self._part is None and self._whole is not None:
                self.made = self._whole
            if self._part is None and self._begun is not None:
                (self._mapping, self._work, self._share), self._begun = self._begun, None
            elif self._part is not None or self._whole is None:
                self._mapping = Mapping(self._race, entrants=self._entrants, part=self._part)
                self._work = self._mapping.work()
        self._draw()

    def _follow(self, moved: Pane) -> None:
        super()._follow(moved)
        if self.isVisible() and moved in self._used and self._mapped_elsewhere:
            self._timer.stop()
            self._rest.start()

    @property
    def _mapped_elsewhere(self) -> bool:
        known = self._race is not None and self._entrants and not trouble(self._race.landscape)
        return bool(known) and self._in_view != self._part

    def _go_on(self) -> None:
        if self.isVisible() and self._mapped_elsewhere:
            self._begin()
        if self.busy and self.isVisible():
            self._timer.start()
        self._tell()

    def _toggle(self) -> None:
        self._stopped = not self._stopped
        self._timer.stop()
        self._go_on()

    def _end(self) -> None:
        self._timer.stop()
        work, self._work = self._work, None
        if work is not None:
            work.close()

    def _draw(self) -> None:
        for pane in self._used:
            known = self.made is not None and knows(self.made, pane.stream)
            pane.arena.backdrop.set_picture(ground_of(self.made, pane.stream) if known and self.made else backdrop)
        self.key.show_map(self.made)
        self._tell()

    def _tell(self) -> None:
        why = trouble(self._race.landscape) if self._race is not None else ""
        left = self._work is not None
        told = f"{'Stopped at' if self._stopped else 'Computing'} {100 * self._share:.0f} %" if left else HOW
        if self.made is not None and not left:
            what = f"A racer is at a minimum if it ends within {self.made.tolerance:.2g} of it."
            if self._part is not None:
                what = f"{self.made.reached.shape[2]} starts a side of what is in view."
            told = f"{what} {HOW}"
        self.progress.set_text(why or told, self._theme.faint)
        self.stop.setText("Go on" if self._stopped else "Stop")
        self.stop.setVisible(left)

    def _describe(self) -> None:
        super()._describe()
        key = f" Key: {self.key.accessibleDescription()}." if self.made is not None else ""
        self.setAccessibleDescription(f"{self.accessibleDescription()}. {self.progress.text}.{key}")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rest.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._rest.stop()
        self._timer.stop()
        super().hideEvent(event)


class BasinKey(QWidget):
    """Hue, hatch and shades in words, on as many lines as there is need of."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._made: Basins | None = None
        self._theme = LIGHT
        self._high = 0
        self.setAccessibleName("Key to the basin maps")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_map(self, made: Basins | None) -> None:
        self._made = made
        self.setVisible(made is not None)
        if made is not None:
            self.setAccessibleDescription("; ".join([*(name for _, name in entries(made)), shades(made, self._theme)]))
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(60, self._high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._made is not None:
            high = round(key_height(self._made, QFontMetricsF(self.font()), self.width(), self._theme))
            if high != self._high:
                self._high = high
                self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._made is not None:
            paint_key(QPainter(self), self._made, self.width(), self._theme)
