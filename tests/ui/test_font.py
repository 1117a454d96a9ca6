"""The font of the program: what formulas need is there, and where it belongs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QImage, QPainter

from simulator import resources

PX = 40


@pytest.fixture
def font(qapp: object) -> QFont:
    """The one that ships, on whatever machine."""
    (family,) = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(resources.font())))
    it = QFont(family)
    it.setPixelSize(PX)
    return it


def ink(text: str, font: QFont) -> np.ndarray:
    """Where ``text`` leaves ink, (rows, columns), its baseline at row 2·PX, its beginning in column PX."""
    image = QImage(4 * PX, 3 * PX, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawText(PX, 2 * PX, text)
    painter.end()
    return np.asarray(image.constBits()).reshape(image.height(), -1)[:, : image.width()] < 128


def test_the_program_uses_the_one_that_ships() -> None:
    ask = "from simulator.ui.qt import application; print(application().font().family())"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, check=True).stdout
    assert said.strip() == "OptimRace Sans"


@pytest.mark.parametrize("letter", "mnvgdfθx")
@pytest.mark.parametrize("mark", ["\u0302", "\u0304", "\u0303"])
def test_a_hat_sits_on_its_letter(letter: str, mark: str, font: QFont) -> None:
    bare, marked = ink(letter, font), ink(letter + mark, font)
    hat = marked & ~bare
    rows, columns = np.flatnonzero(hat.any(axis=1)), np.flatnonzero(hat.any(axis=0))
    top = np.flatnonzero(bare.any(axis=1))[0]
    middle, width = columns.mean() - PX, QFontMetricsF(font).horizontalAdvance(letter)
    assert top - PX / 2 < rows[0] <= rows[-1] <= top + 1, "just above it"
    assert 0.2 * width < middle < 0.8 * width, "over it, not beside it"
