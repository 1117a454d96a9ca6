"""The league's window: it races without blocking, shows what the command shows, and opens the race behind a cell."""

from __future__ import annotations

import csv
import multiprocessing
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hosted import LONG, POPS_UP, opened
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from simulator.engine import Engine
from simulator.export import leaguetables
from simulator.export.leaguepage import cell_words, where
from simulator.race import Race
from simulator.studies import journal, leaguefile
from simulator.studies.crew import Here
from simulator.studies.journal import Journal
from simulator.studies.standings import Standings
from simulator.ui.leaguepicture import figure, png_bytes
from simulator.ui.leaguewindow import EXPORTS, LeagueWindow
from simulator.ui.picturetype import type_of
from simulator.ui.profilechart import TYPE, ProfileChart, ticks
from simulator.ui.qt import dress
from simulator.ui.theme import DARK, LIGHT, Theme
from tests import leagues

pytestmark = POPS_UP


@pytest.fixture(scope="module")
def found() -> list[Standings]:
    return leagues.run(leagues.small(), Here()).standings()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LeagueWindow]:
    """On the small league, raced in this process, a look of the timer at a time."""
    it = made(qtbot, tmp_path)
    yield it
    it.close()


def made(qtbot: QtBot, folder: Path, theme: Theme = LIGHT, processes: bool = False) -> LeagueWindow:
    dress(theme)
    it = LeagueWindow(theme, str(folder), None, None if processes else Here)
    qtbot.addWidget(it)
    if not processes:
        it.job.timer.setInterval(3_600_000)
    it.open_file(leagues.write(folder))
    with qtbot.waitExposed(it):
        it.show()
    return it


def raced(it: LeagueWindow) -> None:
    it.go.click()
    while it.job.running:
        it.job.advance()


def texts(it: LeagueWindow) -> list[list[str]]:
    columns = range(it.table.columnCount())
    return [[it.table.item(i, j).text() for j in columns] for i in range(it.table.rowCount())]


def test_it_shows_what_the_command_finds(window: LeagueWindow, found: list[Standings]) -> None:
    assert not window.table.isVisible() and not window.exports.isEnabled()
    raced(window)
    assert window.table.isVisible() and window.exports.isEnabled() and window.bar.value() == window.bar.maximum()
    assert leaguetables.runs(window.found[0]) == leaguetables.runs(found[0])
    assert texts(window) == [row[1:] for row in where(found[0])[1:]]
    words = window.table.item(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert words == cell_words(found[0].rows[0], 0) and words in window.table.item(0, 0).toolTip()
    heads = [window.table.horizontalHeaderItem(i).text() for i in range(3)]
    assert heads == [entrant.label for entrant in found[0].league.entrants]
    window.target.setCurrentIndex(1)
    assert texts(window) == [row[1:] for row in where(found[1])[1:]] != [row[1:] for row in where(found[0])[1:]]
    assert window.view.standings is window.found[1]


def test_worker_processes_find_the_same_and_the_window_stays_awake(
    qtbot: QtBot, tmp_path: Path, found: list[Standings]
) -> None:
    it = made(qtbot, tmp_path, processes=True)
    it.go.click()
    assert it.go.text() == "&Stop" and it.job.running
    qtbot.waitUntil(lambda: not it.job.running, timeout=LONG)
    assert leaguetables.runs(it.found[0]) == leaguetables.runs(found[0])
    assert not multiprocessing.active_children()
    it.close()


def test_it_can_be_stopped_and_goes_on(window: LeagueWindow) -> None:
    window.go.click()
    window.job.advance()
    assert "cells finished" in window.state.text() and not window.found
    window.go.click()
    assert not window.job.running and window.state.text().startswith("Stopped. What is finished is kept")
    kept = len(Journal(journal.place(window.path)))
    assert kept >= 3
    window.go.click()
    window.job.advance()
    assert "of them before" in window.state.text()
    while window.job.running:
        window.job.advance()
    assert window.found


def test_closing_it_ends_the_racing(qtbot: QtBot, tmp_path: Path) -> None:
    it = made(qtbot, tmp_path, processes=True)
    it.go.click()
    it.job.advance()
    it.close()
    assert not it.job.running and not multiprocessing.active_children()


def test_a_changed_file_is_read_again(window: LeagueWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    leagues.write(window.path.parent, leagues.text(title='title = "Other"', seeds="seeds = 1"))
    raced(window)
    assert window.found[0].league.title == "Other" and window.found[0].league.seeds == (0,)
    leagues.write(window.path.parent, leagues.text(steps="steps = 0"))
    window.go.click()
    assert not window.job.running and window.state.text().startswith("steps: must be a whole number")


def test_what_cannot_be_read_is_told(window: LeagueWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    bad = tmp_path / "bad.league.toml"
    bad.write_text(leagues.text(steps="steps = 0"), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *rest: (str(bad), ""))
    window.opener.click()
    assert said == ["steps: must be a whole number from 1 to 100,000, got 0"]
    assert window.league == leagues.small()


def test_a_cell_that_fails_is_told(window: LeagueWindow) -> None:
    window.job._crew = lambda: Here(leagues.faulty)
    raced(window)
    assert window.state.text().startswith("2 of 6 cells could not be raced.\nRavine from (")
    assert not window.found and window.go.text() == "&Race"


def test_the_leagues_that_ship_are_offered(qtbot: QtBot, tmp_path: Path) -> None:
    it = made(qtbot, tmp_path)
    titles = [it.choice.itemText(i) for i in range(it.choice.count())]
    assert titles[:3] == [leaguefile.find(name).title for name in ("classroom", "one-rate-for-all", "wide")]
    it.choice.setCurrentIndex(2)
    it.choice.activated.emit(2)
    assert it.league == leaguefile.find("wide") and "20 landscapes" in it.about.text()
    it.close()


def test_a_cell_opens_a_race_with_the_leagues_bits(qtbot: QtBot, window: LeagueWindow) -> None:
    raced(window)
    races: list[Race] = []
    window.race_wanted.connect(races.append)
    table, it = window.table, window.found[0]
    centre = table.visualItemRect(table.item(2, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    table.setCurrentCell(0, 2)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    table.setCurrentCell(3, 0)  # of all landscapes together
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert [race.landscape.name for race in races] == ["beale", "bowl"]
    for race, place in zip(races, (2, 0), strict=True):
        start = it.league.places[place].starts.index(race.starts[0])
        cell, seed = it.where.index((place, start)), it.league.seeds.index(race.seed)
        record = Engine(race).run()
        for e in range(3):
            assert record.loss[-1, record.lane(e)] == it.outcomes[cell][e].loss[seed]


def test_the_main_window_opens_it_and_takes_the_race(qtbot: QtBot) -> None:
    main = opened(qtbot)
    main.controller.play()
    main.actions_["league"].trigger()
    it = main.beside.league
    assert it.isVisible() and not main.controller.playing
    main.actions_["league"].trigger()
    assert main.beside.league is it
    it._crew = it.job._crew = Here
    race = leagues.small().race(2, 0, 1, (0.1, 0.1, 0.1))
    it.race_wanted.emit(race)
    assert main.controller.race == race
    main.looks._set_dark(True)
    assert it.view.theme.dark
    main.beside.close()
    assert main.beside.league is None


def test_it_is_exported(window: LeagueWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    raced(window)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda parent, title, suggested, kinds: (suggested, kinds))
    for text in EXPORTS:
        window.export(text)
        assert window.told.text() == f"Saved as {EXPORTS[text][0]}."
    assert QImage(str(tmp_path / "league.png")).width() == 1600
    assert (tmp_path / "league.html").read_text(encoding="utf-8").count("<svg ") == 2
    with (tmp_path / "league-runs.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + 12 * 3
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *rest: (str(tmp_path / "no" / "x.png"), ""))
    window.export(next(iter(EXPORTS)))
    assert len(said) == 1 and "there is no folder" in said[0]


def test_every_control_has_a_name_and_it_fits_a_small_screen(qtbot: QtBot, tmp_path: Path) -> None:
    for theme in (LIGHT, DARK, LIGHT.for_projector()):
        it = made(qtbot, tmp_path, theme)
        raced(it)
        for widget in (it.choice, it.target, it.opener, it.go, it.bar, it.table, it.view, it.exports, it.state):
            assert widget.accessibleName()
        assert it.minimumSizeHint().width() <= 1346 and it.minimumSizeHint().height() <= 700
        assert "area" in it.view.accessibleDescription()
        it.close()


# The charts.


def test_a_staircase_stands_where_its_numbers_say(found: list[Standings]) -> None:
    dress(LIGHT)
    it = found[0]
    image = QImage.fromData(png_bytes(it, LIGHT, 800, 450))
    assert (image.width(), image.height()) == (800, 450)
    assert png_bytes(it) == png_bytes(it), "the same league gives the same bytes"
    assert png_bytes(it, DARK) != png_bytes(it)


def test_the_picture_of_a_line_has_its_colour_at_its_height(qtbot: QtBot, window: LeagueWindow) -> None:
    raced(window)
    it, view = window.found[0], window.view
    chart = ProfileChart(it, "profile", LIGHT)
    half = view.rect().toRectF()
    half.setWidth((half.width() - 12.0) / 2)
    plot = chart.plot(half, QFontMetricsF(type_of(LIGHT, TYPE)))
    best = chart.lines[0]
    image = view.grab().toImage()
    at = QPoint(round(plot.right()) - 2, round(chart.y(plot, best.curve.last)))
    near = {image.pixelColor(at + QPoint(0, dy)).name() for dy in (-1, 0, 1)}
    tops = {line.style.color for line in chart.lines if line.curve.last == best.curve.last}
    assert near & tops


def test_ticks_are_powers() -> None:
    assert ticks(40.0, 2.0, 10) == [1, 2, 4, 8, 16, 32]
    assert ticks(40.0, 2.0, 3) == [1, 4, 16]
    assert ticks(1000.0, 10.0, 9) == [1, 10, 100, 1000]


def test_figures_in_one_page_share_no_name(found: list[Standings]) -> None:
    dress(LIGHT)
    first, second = map(figure, found)
    names = [set(re.findall(r'id="([^"]+)"', text)) for text in (first, second)]
    assert names[0] and not names[0] & names[1]
    for own, text in zip(names, (first, second), strict=True):
        assert set(re.findall(r'href="#([^"]+)"', text)) <= own
