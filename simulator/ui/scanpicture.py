"""The picture of a scan: curves over one axis, or a map for every entrant over two."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from simulator.studies.scan import Scan
from simulator.ui.export import painted, png_of
from simulator.ui.legend import wrapped, write
from simulator.ui.picture import MARGIN, shrunk
from simulator.ui.picturetype import type_of
from simulator.ui.theme import LIGHT, Theme
from simulator.ui.writers import THEMES
from simulator.words import count_text


@dataclass(frozen=True)
class ScanPicture:
    """``scan`` on the ground of ``theme``; it draws itself on any painter."""

    scan: Scan
    theme: Theme = LIGHT

    def draw(self, painter: QPainter, rect: QRectF, scale: float) -> None:
        """Paint the whole into ``rect``, in the painter's units."""
        small = shrunk(rect)
        theme = replace(self.theme, scale=self.theme.scale * small)
        gap = MARGIN * small
        painter.fillRect(rect, QColor(theme.window))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        page = rect.adjusted(gap, gap, -gap, -gap)
        page.setTop(self._paint_title(painter, page, theme) + gap / 2)
        if len(self.scan.axes) == 1:
            from simulator.ui.scancurves import paint_curves as paint
        else:
            from simulator.ui.scanmaps import paint_maps as paint
        paint(painter, page, self.scan, theme)

    def _paint_title(self, painter: QPainter, page: QRectF, theme: Theme) -> float:
        scan, race = self.scan, self.scan.race
        big, small = type_of(theme, 24.0, bold=True), type_of(theme, 14.0)
        lines = wrapped(QFontMetricsF(big), [race.title], page.width(), most=2)
        below = write(painter, big, theme.text, page.x(), page.y(), lines)
        keys = " and ".join(f"{count_text(len(axis.values))} values of {axis.key}" for axis in scan.axes)
        parts = [race.landscape.title, f"{count_text(race.steps)} steps", keys]
        if (starts := len(race.starts)) > 1:
            parts.append(f"{starts} starts")
        if len(scan.seeds) > 1:
            parts.append(f"{len(scan.seeds)} seeds")
        if scan.value.shape[-1] > 1:
            parts.append("medians" + ", bands from quartile to quartile" * (len(scan.axes) == 1))
        if scan.left.any() and len(scan.axes) == 1:
            parts.append("gaps: outside the box, where lower values do not count")
        lines = wrapped(QFontMetricsF(small), parts, page.width(), most=2)
        return write(painter, small, theme.faint, page.x(), below, lines)


def png_bytes(scan: Scan, width: int = 1600, height: int = 900, dpi: int = 96, theme: str = "light") -> bytes:
    """A PNG with the race inside. Raises OSError where it had too many pixels."""
    from simulator.ui.export import TooLarge

    try:
        return png_of(painted(ScanPicture(scan, THEMES[theme]), width, height, dpi / 96), scan.race)
    except TooLarge as error:
        raise OSError(str(error)) from None
