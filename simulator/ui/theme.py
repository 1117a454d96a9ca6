"""Colours, sizes and racer styles: light, dark, and either of them for a projector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True)
class Style:
    """How one racer is drawn: colour is never the only cue."""

    color: str
    dash: tuple[float, ...]  # Qt dash pattern in pen widths; () is solid
    marker: str  # "o", "s", "t", "d", "p", "h", "x", "+" : pyqtgraph's symbol letters


@dataclass(frozen=True)
class Theme:
    """Everything a view needs to know to look right. Sizes are in device-independent pixels."""

    name: str
    window: str  # behind the panels
    panel: str  # cards, lists, text fields
    plot: str  # behind curves
    text: str
    faint: str  # secondary text, axes
    line: str  # borders, grid
    accent: str  # focus, selected, primary buttons
    on_accent: str
    good: str  # arrived
    bad: str  # diverged
    contour_low: str  # band colours from the lowest loss …
    contour_mid: str
    contour_high: str  # … to the highest
    contour_line: str
    racers: tuple[str, ...]  # Okabe & Ito 2008, Color Universal Design; light ones darkened on light ground
    scale: float = 1.0  # projector: lines and type grow by this

    @property
    def dark(self) -> bool:
        return self.name == "dark"

    @property
    def font_px(self) -> int:
        return round(13 * self.scale)

    @property
    def trail_px(self) -> float:
        return 2.0 * self.scale

    def style(self, stream: int) -> Style:
        """The look of the racer with this stream, the same wherever it is drawn."""
        colors = self.racers
        dashes = DASHES[(stream // len(colors)) % len(DASHES)]
        return Style(colors[stream % len(colors)], dashes, MARKERS[stream % len(MARKERS)])

    def for_projector(self) -> Theme:
        return replace(self, scale=1.5)


MARKERS = ("o", "s", "t", "d", "p", "h", "x", "+")
DASHES: tuple[tuple[float, ...], ...] = ((), (4.0, 2.5), (1.5, 2.0), (6.0, 2.0, 1.5, 2.0))

LIGHT = Theme(
    name="light",
    window="#f3f4f6", panel="#ffffff", plot="#ffffff", text="#16181d", faint="#5b6270", line="#c9ced6",
    accent="#0b62c4", on_accent="#ffffff", good="#00704f", bad="#b3261e",
    contour_low="#2f5d8c", contour_mid="#a9c6de", contour_high="#f7f8f5", contour_line="#1f3b57",
    racers=("#d55e00", "#0072b2", "#007d5a", "#b0578d", "#8a6d00", "#1b1b1b", "#2a86b8", "#a35f00"),
)  # fmt: skip

DARK = Theme(
    name="dark",
    window="#16181d", panel="#20242b", plot="#1a1d23", text="#eceff4", faint="#a2abb9", line="#4a5261",
    accent="#5aa9ff", on_accent="#0c1118", good="#35c795", bad="#ff7b72",
    contour_low="#0b1016", contour_mid="#22384f", contour_high="#5f7f9c", contour_line="#a9c3dc",
    racers=("#ff8a3d", "#56b4e9", "#2fd0a0", "#e59ac6", "#f0e442", "#ffffff", "#7fc8f8", "#e69f00"),
)  # fmt: skip


@cache
def palette(theme: Theme) -> QPalette:
    """The Qt palette for Fusion: setColorScheme is ignored on plain xcb, so it is set by hand."""
    p = QPalette()
    role = QPalette.ColorRole
    for name, color in (
        (role.Window, theme.window), (role.WindowText, theme.text), (role.Base, theme.panel),
        (role.AlternateBase, theme.window), (role.Text, theme.text), (role.Button, theme.panel),
        (role.ButtonText, theme.text), (role.BrightText, theme.bad), (role.ToolTipBase, theme.panel),
        (role.ToolTipText, theme.text), (role.PlaceholderText, theme.faint), (role.Link, theme.accent),
        (role.Highlight, theme.accent), (role.HighlightedText, theme.on_accent), (role.Light, theme.line),
        (role.Midlight, theme.line), (role.Mid, theme.line), (role.Dark, theme.faint), (role.Shadow, theme.line),
    ):  # fmt: skip
        p.setColor(name, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for name in (role.WindowText, role.Text, role.ButtonText):
        p.setColor(disabled, name, QColor(theme.faint))
    return p
