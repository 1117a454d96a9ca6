"""The dialog that shows a racer's script, and the ways to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hosted import POPS_UP, opened, show
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from simulator import racefile
from simulator.export.code import LIBRARIES, script
from simulator.race import Race
from simulator.ui.codedialog import CodeDialog
from simulator.ui.theme import DARK, LIGHT, Theme

pytestmark = POPS_UP


@pytest.fixture
def race() -> Race:
    return racefile.find("heavy-tails")  # SGD, SGD clipped, Adam, Lion


def dialog(qtbot: QtBot, race: Race, place: int, folder: Path, theme: Theme = LIGHT) -> CodeDialog:
    it = CodeDialog(race, race.entrants[place].stream, theme, str(folder))
    show(qtbot, it, it.width(), it.height(), theme)
    return it


def test_a_tab_a_library_shows_the_racers_script(qtbot: QtBot, race: Race, tmp_path: Path) -> None:
    it = dialog(qtbot, race, 1, tmp_path)
    assert [it.tabs.tabText(i) for i in range(it.tabs.count())] == [known.name for known in LIBRARIES.values()]
    assert it.pages["torch"].toPlainText() == script(race, race.entrants[1], "torch")
    it.racer.setCurrentIndex(2)
    assert it.pages["optax"].toPlainText() == script(race, race.entrants[2], "optax")
    assert len({it.pages["torch"].fontMetrics().horizontalAdvance(letter) for letter in "iW0_"}) == 1


def test_where_there_is_no_script_the_reason_stands(qtbot: QtBot, race: Race, tmp_path: Path) -> None:
    it = dialog(qtbot, race, 3, tmp_path)
    assert it.pages["torch"].toPlainText().startswith("No script: torch has no Lion; optax")
    assert not it.copy.isEnabled() and not it.save.isEnabled()
    it.tabs.setCurrentIndex(1)
    assert it.copy.isEnabled() and it.save.isEnabled()


def test_it_is_copied(qtbot: QtBot, race: Race, tmp_path: Path) -> None:
    it = dialog(qtbot, race, 0, tmp_path)
    it.copy.click()
    text = script(race, race.entrants[0], "torch")
    assert QGuiApplication.clipboard().text() == text
    assert it.told.text() == f"Copied {text.count(chr(10))} lines."
    it.tabs.setCurrentIndex(1)
    assert it.told.text() == ""


def test_it_is_saved_with_the_ending_a_script_has(
    qtbot: QtBot, race: Race, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = dialog(qtbot, race, 1, tmp_path)
    asked: list[str] = []

    def name(parent: object, title: str, suggested: str, kinds: str) -> tuple[str, str]:
        asked.append(suggested)
        return str(tmp_path / "mine"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    it.save.click()
    assert asked == [str(tmp_path / "sgd-clipped-torch.py")]
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == script(race, race.entrants[1], "torch")
    assert it.told.text() == "Saved as mine.py."


def test_a_script_that_cannot_be_written_is_told(
    qtbot: QtBot, race: Race, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = dialog(qtbot, race, 1, tmp_path)
    said: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *rest: (str(tmp_path / "no" / "x.py"), ""))
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    it.save.click()
    assert len(said) == 1 and "there is no folder" in said[0]


def test_every_control_has_a_name_and_fits_a_small_screen(qtbot: QtBot, race: Race, tmp_path: Path) -> None:
    for theme in (LIGHT, DARK, LIGHT.for_projector()):
        it = dialog(qtbot, race, 0, tmp_path, theme)
        for widget in (it.racer, it.start, it.tabs, it.copy, it.save, *it.pages.values()):
            assert widget.accessibleName()
        assert it.width() <= 1366 and it.height() <= 720


def test_the_menu_and_a_card_lead_to_it(qtbot: QtBot) -> None:
    window = opened(qtbot)
    shown: list[str] = []

    def read() -> None:
        it = QApplication.activeModalWidget()
        assert isinstance(it, CodeDialog)
        shown.append(it.racer.currentText())
        it.reject()

    QTimer.singleShot(0, window, read)
    window.actions_["code"].trigger()
    card = window.workbench.racers.cards[1]
    card.more.setChecked(True)
    QTimer.singleShot(0, window, read)
    card.tuning.code.click()
    assert shown == ["SGD", "Momentum"]
