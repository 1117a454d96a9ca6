"""A test of the window leaves no window behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget


def top_level_widgets() -> set[QWidget]:
    """Those alive once the ones asked to go are gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return set(QApplication.topLevelWidgets())


@pytest.fixture(autouse=True)
def _no_leaked_windows(qapp: QApplication) -> Iterator[None]:
    """Fails a test after which a top-level widget lives on: give it a parent, or to qtbot.addWidget."""
    before = top_level_widgets()
    yield
    leaked = bool(top_level_widgets() - before)
    if leaked:
        gc.collect()  # some are held by nothing but a cycle
    left = [f"{type(widget).__name__} {widget.windowTitle()!r}" for widget in top_level_widgets() - before]
    assert not left, f"top-level widgets left behind: {', '.join(left)}"
