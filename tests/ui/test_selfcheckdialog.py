"""The self-check's window: it runs in slices, can be stopped, and says what it found in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hosted import LONG, POPS_UP, opened, show
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from simulator.selfcheck import report
from simulator.selfcheck.examination import Examination
from simulator.selfcheck.finding import Check, Finding
from simulator.ui.selfcheckdialog import FAILED, PASSED, STOPPED, SelfCheckDialog
from simulator.ui.theme import DARK, LIGHT, Theme

pytestmark = POPS_UP


def check(name: str, *errors: float) -> Check:
    def look(who: str) -> Iterator[Finding]:
        for error in errors:
            yield Finding(who, "here", error, 1.0, "1", f"{1.0 + error:g}")

    return Check(name, f"Every {name} is right", "1", lambda: ["one", "two"], look)


def dialog(
    qtbot: QtBot, *checks: Check, folder: Path | str = "", theme: Theme = LIGHT, by_hand: bool = True
) -> SelfCheckDialog:
    it = SelfCheckDialog(theme, str(folder), None, Examination(checks or (check("slope", 0.5), check("law", 0.0, 2.0))))
    if by_hand:
        it.timer.start(3_600_000)
    show(qtbot, it, it.width(), it.height(), theme)
    return it


def test_it_runs_by_itself_and_says_what_it_found(qtbot: QtBot) -> None:
    it = dialog(qtbot, by_hand=False)
    qtbot.waitUntil(lambda: not it.running, timeout=LONG)
    words = [it.list.topLevelItem(i).text(1) for i in range(2)]
    assert words == [PASSED, FAILED] and "✓" in PASSED and "✗" in FAILED
    fault = it.list.topLevelItem(1).child(0).text(0)
    assert fault == "one: here: expected 1, got 3 (error 2, tolerance 1)"
    assert it.list.topLevelItem(1).isExpanded() and it.list.topLevelItem(1).childCount() == 2
    assert it.detail.text() == fault, "the first failure is told whole"
    it.list.setCurrentItem(it.list.topLevelItem(0))
    assert it.detail.text().startswith(
        "Every slope is right: 2 comparisons over 2 entries, worst 5.0e-01 (one); allowed"
    )
    assert it.state.text() == report.verdict(it.examination) == "FAILED: 1 of 2 checks (law)."
    assert it.bar.value() == it.bar.maximum()


def test_the_first_failure_is_told_where_the_focus_has_chosen_the_first_line(qtbot: QtBot) -> None:
    it = dialog(qtbot)
    it.list.setCurrentItem(it.list.topLevelItem(0))  # as a list does when it is given the focus
    it.advance()
    assert it.detail.text() == "one: here: expected 1, got 3 (error 2, tolerance 1)"


def test_all_well_is_said_in_words(qtbot: QtBot) -> None:
    it = dialog(qtbot, check("slope", 0.5))
    it.advance()
    assert it.state.text().startswith("PASSED: all 1 checks, 2 comparisons") and LIGHT.good in it.state.styleSheet()


def test_it_can_be_stopped_and_says_so(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.ui.selfcheckdialog.SLICE_SECONDS", 0.0)
    it = dialog(qtbot)
    it.advance()
    assert it.running and not it.copy.isEnabled() and "Every slope is right: one" in it.state.text()
    it.stop.click()
    assert not it.running and not it.stop.isEnabled() and it.copy.isEnabled()
    assert it.state.text() == "STOPPED: 0 of 2 checks done, none failed."
    assert not it.state.styleSheet(), "neither good nor bad"
    assert it.list.topLevelItem(1).text(1) == STOPPED


def test_closing_it_stops_it(qtbot: QtBot) -> None:
    it = dialog(qtbot)
    it.reject()
    assert not it.running and not it.examination.ended


def test_the_report_is_copied_and_saved(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    it = dialog(qtbot, folder=tmp_path)
    it.advance()
    it.copy.click()
    assert QGuiApplication.clipboard().text() == report.text(it.examination)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda parent, title, suggested, kinds: (suggested, kinds))
    it.save.click()
    saved = (tmp_path / "optim-race-self-check.txt").read_text(encoding="utf-8")
    assert saved == report.text(it.examination) and "✗ one: here: expected 1, got 3" in saved
    assert it.told.text() == "Saved as optim-race-self-check.txt."
    said: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *rest: (str(tmp_path / "no" / "x.txt"), ""))
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    it.save.click()
    assert len(said) == 1 and "there is no folder" in said[0]


def test_what_cannot_be_told_by_a_number_is_red_too(qtbot: QtBot) -> None:
    it = dialog(qtbot, check("slope", math.nan))
    it.advance()
    assert it.list.topLevelItem(0).text(1) == FAILED


def test_every_control_has_a_name_and_fits_a_small_screen(qtbot: QtBot) -> None:
    for theme in (LIGHT, DARK, LIGHT.for_projector()):
        it = dialog(qtbot, theme=theme)
        for widget in (it.list, it.bar, it.stop, it.copy, it.save, it.state):
            assert widget.accessibleName()
        assert it.width() <= 1290 and it.height() <= 900 and it.detail.wordWrap()
        assert "&" in it.stop.text() and "&" in it.copy.text() and "&" in it.save.text()


def test_the_menu_leads_to_it(qtbot: QtBot) -> None:
    window = opened(qtbot)
    seen: list[SelfCheckDialog] = []

    def read() -> None:
        it = QApplication.activeModalWidget()
        assert isinstance(it, SelfCheckDialog)
        seen.append(it)
        assert it.running and not window.controller.playing
        it.reject()
        assert not it.running

    QTimer.singleShot(0, window, read)
    window.actions_["selfcheck"].trigger()
    assert len(seen) == 1
