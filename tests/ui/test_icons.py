"""Icons: all drawable, crisp at every ratio, in the theme's colours."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from pytestqt.qtbot import QtBot

from simulator.ui import icons
from simulator.ui.icons import PATHS, icon
from simulator.ui.theme import DARK, LIGHT

WANTED = (
    "play", "pause", "step_forward", "step_back", "to_start", "to_end", "add", "duplicate", "remove", "rename", "eye",
    "eye_off", "undo", "redo", "open", "save", "export", "image", "projector", "sun", "moon", "guide", "loop", "rates",
)  # fmt: skip


def picture(name: str, theme=LIGHT, size: int = 20, ratio: float = 1.0, mode=QIcon.Mode.Normal) -> QImage:
    return icon(name, theme).pixmap(QSize(size, size), ratio, mode).toImage()


def opaque(image: QImage) -> list[QColor]:
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return [pixel for pixel in pixels if pixel.alpha() == 255]


@pytest.mark.parametrize("name", WANTED)
def test_every_icon_is_drawn_in_the_text_colour_inside_its_square(qtbot: QtBot, name: str) -> None:
    image = picture(name, DARK, 24)
    ink = opaque(image)
    assert 15 < len(ink) < 24 * 24 / 2
    assert {pixel.name() for pixel in ink} == {DARK.text}
    edge = [image.pixelColor(x, y).alpha() for x in range(24) for y in (0, 23)]
    assert max(edge) < 128


def test_no_two_icons_look_alike(qtbot: QtBot) -> None:
    assert len({bytes(picture(name).constBits()) for name in PATHS}) == len(PATHS)
    assert set(WANTED) == set(PATHS)


@pytest.mark.parametrize(("size", "ratio"), [(16, 1.0), (20, 1.25), (20, 1.5), (20, 2.0), (24, 1.75), (30, 1.5)])
def test_icons_come_in_the_device_pixels_of_the_screen(
    qtbot: QtBot, size: int, ratio: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = SimpleNamespace(devicePixelRatio=lambda: ratio)
    monkeypatch.setattr(icons.QGuiApplication, "screens", lambda: [screen])
    icons._device_sizes.cache_clear()
    icons.icon.cache_clear()
    assert picture("pause", size=size, ratio=ratio).width() == pytest.approx(size * ratio, abs=0.5)


@pytest.fixture(autouse=True)
def _screens() -> Iterator[None]:
    yield
    icons._device_sizes.cache_clear()
    icons.icon.cache_clear()


def test_a_disabled_icon_is_faint_and_a_colour_may_be_chosen(qtbot: QtBot) -> None:
    assert opaque(picture("pause")) and not opaque(picture("pause", mode=QIcon.Mode.Disabled))
    red = icon("pause", LIGHT, "#ff0000").pixmap(QSize(20, 20)).toImage()
    assert {pixel.name() for pixel in opaque(red)} == {"#ff0000"}


def test_an_unknown_icon_is_an_error(qtbot: QtBot) -> None:
    with pytest.raises(KeyError):
        icon("paws", LIGHT)
