"""The stylesheet of the whole window, on top of Fusion and the theme's palette.

Widgets say what they are by a dynamic property ``role``: "card", "heading", "faint", "error", "formula", "name",
"number", "quiet" (an icon without a frame), "button", "segment" (of a choice), "disclosure". A field with ``invalid``
set is outlined, a card with ``muted`` set recedes, a push button with ``primary`` set stands out.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtGui import QColor

from simulator.ui.theme import Theme

MARKS = Path(__file__).parent / "marks"


@cache
def stylesheet(theme: Theme) -> str:
    """Everything Fusion does not do: calm cards, sliders one can grasp, a focus one can see, outlines in the dark."""

    def px(size: float) -> str:
        return f"{round(size * theme.scale)}px"

    t = theme
    mood = "dark" if t.dark else "light"
    check, chevron = ((MARKS / f"{mark}-{mood}.svg").as_posix() for mark in ("check", "chevron"))
    groove, knob = round(4 * t.scale), 2 * round(9 * t.scale)  # a radius past the half would make the knob square
    hover, pressed = mix(t.panel, t.text, 0.07), mix(t.panel, t.text, 0.14)
    tight = 9  # whatever the scale: a row of them must leave room on a projector
    close = 9 if t.scale == 1.0 else 4  # and a row of choices among views, with a button beside it
    edge = mix(t.line, t.text, 0.25)  # of what can be clicked or typed into
    return f"""
QFrame[role="card"] {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: {px(8)}; }}
QFrame[role="card"][muted="true"] {{ background: {t.window}; border-style: dashed; }}
QLabel[role="heading"] {{ font-weight: bold; padding-top: {px(6)}; qproperty-indent: 0; }}
QLabel[role="faint"] {{ color: {t.faint}; }}
QLabel[role="formula"] {{ color: {t.text}; background: {hover}; border-radius: {px(4)}; padding: {px(5)} {px(7)}; }}
QLabel[role="error"] {{ color: {t.bad}; }}

QLineEdit {{ background: {t.panel}; color: {t.text}; border: 1px solid {edge}; border-radius: {px(4)};
    padding: {px(2)} {px(5)}; selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QLineEdit:focus {{ border: 2px solid {t.accent}; padding: {px(1)} {px(4)}; }}
QLineEdit[role="name"] {{ background: transparent; border-color: transparent; font-weight: bold;
    padding-left: 2px; padding-right: 2px; }}
QLineEdit[role="name"]:hover {{ border-color: {edge}; }}
QLineEdit[role="name"]:focus {{ background: {t.panel}; border-color: {t.accent}; }}
QLineEdit[role="number"] {{ max-width: {px(60)}; min-width: {px(60)}; }}
QLineEdit[invalid="true"], QLineEdit[invalid="true"]:focus {{ border: 2px solid {t.bad}; }}
QLineEdit:disabled {{ color: {t.faint}; border-color: {t.line}; }}

QPushButton, QCheckBox, QRadioButton {{ qproperty-focusPolicy: TabFocus; }}
QPushButton, QToolButton[role="button"], QComboBox {{ background: {t.panel}; color: {t.text}; border: 1px solid {edge};
    border-radius: {px(4)}; padding: {px(3)} {px(9)}; }}
QPushButton:hover, QToolButton[role="button"]:hover, QComboBox:hover {{ background: {hover}; }}
QPushButton:pressed, QToolButton[role="button"]:pressed {{ background: {pressed}; }}
QPushButton:focus, QToolButton[role="button"]:focus, QComboBox:focus {{ border: 2px solid {t.accent};
    padding: {px(2)} {px(8)}; }}
QPushButton:disabled, QToolButton[role="button"]:disabled, QComboBox:disabled {{
    color: {t.faint}; border-color: {t.line}; }}
QPushButton[primary="true"] {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
    font-weight: bold; }}
QPushButton[primary="true"]:hover {{ background: {mix(t.accent, t.text, 0.15)}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[primary="true"]:disabled {{ background: {t.line}; color: {t.faint}; border-color: {t.line}; }}
QToolButton[role="button"]::menu-indicator {{ subcontrol-position: right center; subcontrol-origin: padding;
    right: {px(4)}; }}
QToolButton[role="button"][popupMode="2"] {{ padding-right: {px(20)}; }}
QToolButton[role="quiet"] {{ background: transparent; border: 2px solid transparent; border-radius: {px(4)};
    padding: 2px; }}
QToolButton[role="segment"] {{ background: {t.panel}; color: {t.text}; border: 1px solid {edge};
    padding: {px(3)} {close}px; }}
QToolButton[role="segment"]:hover {{ background: {hover}; }}
QToolButton[role="segment"]:checked {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
    font-weight: bold; }}
QToolButton[role="segment"]:disabled {{ background: transparent; color: {t.faint}; border-color: {t.line}; }}
QToolButton[role="segment"]:checked:disabled {{ background: {t.faint}; color: {t.window}; }}
QToolButton[role="segment"]:focus {{ border: 2px solid {t.text}; padding: {px(2)} {close - 1}px; }}
QToolButton[role="button"][tight="true"] {{ padding-left: {close}px; padding-right: {close}px; }}
QToolButton[role="disclosure"] {{ background: transparent; border: 2px solid transparent; border-radius: {px(4)};
    padding: {px(1)} {px(4)}; color: {t.accent}; }}
QToolButton[role="quiet"]:hover, QToolButton[role="disclosure"]:hover {{ background: {hover}; }}
QToolButton[role="quiet"]:pressed, QToolButton[role="disclosure"]:pressed {{ background: {pressed}; }}
QToolButton[role="quiet"]:focus, QToolButton[role="disclosure"]:focus {{ border-color: {t.accent}; }}

QComboBox {{ padding-right: {px(4)}; combobox-popup: 0; }}
QComboBox::drop-down {{ border: none; width: {px(22)}; }}
QComboBox::down-arrow, QToolButton[role="button"]::menu-indicator {{ image: url("{chevron}"); width: {px(14)};
    height: {px(14)}; }}
QComboBox QAbstractItemView {{ background: {t.panel}; color: {t.text}; border: 1px solid {edge};
    selection-background-color: {t.accent}; selection-color: {t.on_accent}; outline: none; }}

QCheckBox {{ spacing: {px(7)}; padding: {px(2)}; border: 2px solid transparent; border-radius: {px(4)}; }}
QCheckBox:focus {{ border-color: {t.accent}; }}
QCheckBox::indicator {{ width: {px(14)}; height: {px(14)}; border: {px(1.5)} solid {t.faint}; border-radius: {px(3)};
    background: {t.panel}; }}
QCheckBox::indicator:hover {{ border-color: {t.accent}; }}
QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url("{check}"); }}
QCheckBox::indicator:disabled {{ border-color: {t.line}; }}

QSlider:horizontal {{ min-height: {px(24)}; }}
QSlider::groove:horizontal {{ height: {groove}px; border-radius: {px(2)}; background: {edge}; }}
QSlider::sub-page:horizontal {{ border-radius: {px(2)}; background: {t.accent}; }}
QSlider::handle:horizontal {{ width: {knob - 4}px; height: {knob - 4}px; margin: {(groove - knob) // 2}px 0;
    border-radius: {knob // 2}px; background: {t.panel}; border: 2px solid {t.accent}; }}
QSlider::handle:horizontal:hover {{ background: {mix(t.panel, t.accent, 0.25)}; }}
QSlider::handle:horizontal:pressed, QSlider::handle:horizontal:focus {{ background: {t.accent};
    border-color: {t.text}; }}
QSlider::sub-page:horizontal:disabled, QSlider::groove:horizontal:disabled {{ background: {t.line}; }}
QSlider::handle:horizontal:disabled {{ border-color: {t.line}; }}

QTabWidget::pane {{ border: none; border-top: 1px solid {t.line}; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tear {{ width: 0; border: none; }}
QTabBar::tab {{ background: transparent; color: {t.faint}; padding: {px(6)} {tight - 2}px; border: none;
    border-bottom: {px(3)} solid transparent; }}
QTabBar::tab:disabled {{ color: {t.line}; }}
QTabBar::tab:hover:!disabled {{ color: {t.text}; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
QTabBar::tab:selected:focus {{ background: {hover}; color: {t.accent}; }}

QScrollBar:vertical {{ background: transparent; width: {px(10)}; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(10)}; margin: 0; }}
QScrollBar::handle {{ background: {edge}; border-radius: {px(3)}; margin: {px(2)}; }}
QScrollBar::handle:vertical {{ min-height: {px(28)}; }}
QScrollBar::handle:horizontal {{ min-width: {px(28)}; }}
QScrollBar::handle:hover {{ background: {t.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QWidget[role="popup"] {{ background: {t.panel}; border: 1px solid {edge}; }}
QWidget[role="popup"] QListWidget {{ background: {t.panel}; color: {t.text}; border: none; outline: none; }}
QWidget[role="popup"] QListWidget::item {{ padding: {px(2)} {px(4)}; border-radius: {px(3)}; }}
QWidget[role="popup"] QListWidget::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
QWidget[role="popup"] QListWidget::item:hover:!selected {{ background: {hover}; }}

QMenu {{ background: {t.panel}; color: {t.text}; border: 1px solid {edge}; padding: {px(4)}; }}
QMenu::item {{ padding: {px(4)} {px(22)} {px(4)} {px(22)}; border-radius: {px(4)}; }}
QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
QMenu::item:disabled {{ color: {t.faint}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: {px(4)} {px(6)}; }}
QToolTip {{ background: {t.panel}; color: {t.text}; border: 1px solid {edge}; padding: {px(3)}; }}
QSplitter::handle {{ background: {t.window}; }}
QSplitter::handle:hover {{ background: {t.accent}; }}
"""


def mix(under: str, over: str, share: float) -> str:
    """``share`` of the colour ``over`` on ``under``."""
    a, b = QColor(under), QColor(over)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return "#" + "".join(f"{round(x + share * (y - x)):02x}" for x, y in pairs)
