"""The picture of a sweep: it carries its race, and what ends outside a box with lower values beyond is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from racers import field_of

from simulator import racefile
from simulator.landscapes import LANDSCAPES
from simulator.studies import axis
from simulator.studies.scan import Scan, scan
from simulator.ui.scanpicture import png_bytes
from simulator.ui.theme import LIGHT


def swept(keys: tuple[str, ...]) -> Scan:
    race = replace(field_of("momentum").on(LANDSCAPES["eggholder"]()), steps=60)
    axes = [axis.of(race, key) for key in keys]
    return scan(race, [axis.with_values(race, it, axis.grid(it.param, 0.01, 10.0, 25)) for it in axes])


def ink(found: Scan) -> int:
    image = QImage.fromData(png_bytes(found, 800, 500))
    assert (image.width(), image.height()) == (800, 500)
    color = LIGHT.style(0).color
    return sum(image.pixelColor(x, y).name() == color for x in range(60, 780) for y in range(90, 400))


def test_a_curve_has_gaps_where_it_ends_outside(qtbot: QtBot) -> None:
    found = swept(("lr",))
    assert found.left.any() and not found.left.all()
    assert 0 < ink(found) < ink(replace(found, outside=np.zeros_like(found.outside)))


@pytest.mark.parametrize("keys", [("lr",), ("lr", "clip_norm")])
def test_a_picture_carries_its_race(qtbot: QtBot, tmp_path: Path, keys: tuple[str, ...]) -> None:
    found, path = swept(keys), tmp_path / "sweep.png"
    path.write_bytes(png_bytes(found, 800, 500))
    assert racefile.find(path) == found.race
