"""A test of the window leaves no window behind, and no question open."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from simulator.ui.qt import application, dress
from simulator.ui.style import stylesheet
from simulator.ui.theme import LIGHT

PATIENCE = 10_000  # ms that a dialog may stand in the way; a test that answers it does so at once


def name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.windowTitle()!r}"


def top_level_widgets() -> set[QWidget]:
    """Those alive once the ones asked to go are gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return set(QApplication.topLevelWidgets())


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The program's own, with its font and its keys, whichever test comes first."""
    app = application()
    dress(LIGHT)
    return app


@pytest.fixture(autouse=True)
def _whole_catch_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seek arrives at once on a busy machine too; a test of the slices sets its own."""
    monkeypatch.setattr("simulator.ui.controller.SLICE_SECONDS", 60.0)


@pytest.fixture(autouse=True)
def _plain_looks(qapp: QApplication) -> Iterator[None]:
    """The looks are the application's: a test that left them dark or large leaves them to no other."""
    yield
    top_level_widgets()  # those that are to go would take the new looks first, a widget at a time
    if qapp.styleSheet() not in ("", stylesheet(LIGHT)):
        dress(LIGHT)


@pytest.fixture(autouse=True)
def _no_leaked_windows(qapp: QApplication) -> Iterator[None]:
    """Fails a test after which a top-level widget lives on: give it a parent, or to qtbot.addWidget."""
    before = top_level_widgets()
    yield
    if top_level_widgets() - before:
        gc.collect()  # some are held by nothing but a cycle
    left = [name(widget) for widget in top_level_widgets() - before]
    assert not left, f"top-level widgets left behind: {', '.join(left)}"


@pytest.fixture(autouse=True)
def _no_open_questions(qapp: QApplication) -> Iterator[None]:
    """Fails a test that opens a modal dialog and never answers it, which would otherwise never end."""
    closed: list[str] = []

    def close() -> None:
        if (dialog := QApplication.activeModalWidget()) is not None:
            closed.append(name(dialog))
            dialog.close()

    timer = QTimer()
    timer.timeout.connect(close)
    timer.start(PATIENCE)
    yield
    timer.stop()
    assert not closed, f"nobody answered: {', '.join(closed)}"
