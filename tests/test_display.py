"""What is missing for a window is said in one line, before Qt aborts."""

from __future__ import annotations

import ctypes
import os
import shlex
import socket
import sys
from pathlib import Path

import pytest

from simulator import display

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about displays of Linux")


@pytest.fixture(autouse=True)
def headless(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display, Qt installed, every library there."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(display, "qt_missing", lambda: None)
    monkeypatch.setattr(display, "_loads", lambda library: True)


def test_no_display() -> None:
    wanted = (
        "no display: DISPLAY is not set; WAYLAND_DISPLAY is not set; without a window: optim-race run {} --png {}.png"
    )
    assert display.window_trouble() == wanted.format("ravine", "ravine")
    assert display.window_trouble("dir/my race.toml") == wanted.format("'dir/my race.toml'", "my-race")


def test_a_display_that_nobody_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    trouble = display.window_trouble()
    assert trouble is not None
    assert "no compositor answers at WAYLAND_DISPLAY=wayland-7" in trouble
    ctypes.CDLL("libxcb.so.1")
    assert "no X server answers at DISPLAY=:4711" in trouble


def test_a_display_that_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        assert display.window_trouble() is None
        monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
        assert "DISPLAY is not set" in str(display.window_trouble())


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600"])
def test_a_platform_without_a_display_needs_none(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert display.window_trouble() is None


def test_missing_libraries_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_x11_trouble", lambda: None)
    monkeypatch.setattr(display, "_loads", lambda library: library not in ("libxcb-cursor.so.0", "libEGL.so.1"))
    assert display.window_trouble() == (
        "Qt needs libEGL.so.1, libxcb-cursor.so.0, missing on this system: "
        "sudo apt install libegl1 libxcb-cursor0 (Fedora: sudo dnf install libglvnd-egl xcb-util-cursor)"
    )
    # A picture is drawn in memory: it needs no library of the display.
    assert display.picture_trouble() == (
        "Qt needs libEGL.so.1, missing on this system: sudo apt install libegl1 (Fedora: sudo dnf install libglvnd-egl)"
    )


def test_one_display_that_works_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_x11_trouble", lambda: None)
    monkeypatch.setattr(display, "_wayland_trouble", lambda: None)
    monkeypatch.setattr(display, "_loads", lambda library: library != "libxcb-cursor.so.0")
    assert display.window_trouble() is None


def test_a_library_is_tried_by_loading_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert display._loads("libc.so.6")
    assert not display._loads("libnone-such.so.1")


@pytest.mark.parametrize(
    ("told", "drawn"),
    [
        (None, "offscreen"),
        ("", "offscreen"),
        ("xcb", "offscreen"),
        ("wayland;xcb", "offscreen"),
        ("minimal", "minimal"),
    ],
)
def test_a_picture_is_drawn_in_memory(told: str | None, drawn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", told or "")
    if told is None:
        monkeypatch.delenv("QT_QPA_PLATFORM")
    assert display.picture_trouble() is None
    assert os.environ["QT_QPA_PLATFORM"] == drawn


def test_qt_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for name in ("PySide6", "pyqtgraph"):
        monkeypatch.setitem(sys.modules, name, None)
    assert display.window_trouble("ravine") == (
        f"the window needs Qt and pyqtgraph: {display.INSTALL_QT}; "
        "without a window: optim-race run ravine --csv ravine.csv"
    )
    fit = '"PySide6-Essentials<6.12"' if sys.version_info < (3, 12) else "PySide6-Essentials"
    assert f"pip install {fit} pyqtgraph" == display.INSTALL_QT


def test_what_to_run_instead_can_be_pasted_into_a_shell() -> None:
    said = display.window_trouble("my races/Ann's.toml") or ""
    words = shlex.split(said.partition("without a window: ")[2])
    assert words == ["optim-race", "run", "my races/Ann's.toml", "--png", "Ann's.png"]
