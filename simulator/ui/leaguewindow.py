"""The league in a window: choose one, race it on all cores, see the profiles and who wins where, look at a race."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from simulator import resources
from simulator.export import leaguetables
from simulator.export.leaguepage import page
from simulator.files import FileError, write
from simulator.param import RaceError
from simulator.studies import journal, leaguefile
from simulator.studies.crew import Crew
from simulator.studies.journal import Journal
from simulator.studies.league import League
from simulator.studies.standings import Standings
from simulator.ui import parts
from simulator.ui.fields import chain
from simulator.ui.labels import menu_button
from simulator.ui.leaguejob import LeagueJob
from simulator.ui.leaguepicture import figure, png_bytes
from simulator.ui.leagueviews import ProfileView, WhereTable
from simulator.ui.theme import Theme
from simulator.ui.where import ask_where

SIZE = 1180, 680  # at scale 1
STEPS = 1000  # of the progress bar
FILES = "Leagues (*.league.toml *.toml);;All files (*)"
EXPORTS = {
    "Picture (PNG)…": ("league.png", "PNG (*.png)"),
    "Page for reading and printing (HTML)…": ("league.html", "HTML (*.html)"),
    "Table of every run (CSV)…": ("league-runs.csv", "CSV (*.csv)"),
    "Summary (CSV)…": ("league-summary.csv", "CSV (*.csv)"),
}
WAITING = "Choose a league, then race it. What is finished is kept."


class LeagueWindow(QDialog):
    """Stays beside the race window. Closing it, or Stop, ends the racing; nothing goes on behind."""

    race_wanted = Signal(object)  # a Race

    def __init__(
        self, theme: Theme, folder: str, parent: QWidget | None = None, crew: Callable[[], Crew] | None = None
    ):
        super().__init__(parent)
        self.setWindowTitle("League")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._folder, self._theme = folder, theme
        self.league: League | None = None
        self.path = Path()
        self.found: list[Standings] = []
        self.job = LeagueJob(self, crew) if crew else LeagueJob(self)
        self.choice, self.target = QComboBox(), QComboBox()
        self.opener, self.go = QPushButton("&Open…"), parts.primary("&Race", self.toggle)
        self.about, self.state = parts.label("", "league-about", "faint"), parts.label(WAITING, "league-state")
        self.bar = QProgressBar(maximum=STEPS)
        self.view, self.table = ProfileView(theme), WhereTable()
        self.exports = menu_button("&Export", "Export the league", "Write picture, page or tables", self._export_menu())
        self.told = QLabel()
        self.told.setProperty("role", "faint")
        self._lay_out()
        self._connect()
        self._fill_choice()
        self.resize(*parts.fitting(SIZE, theme, self))

    def _lay_out(self) -> None:
        for widget, name in (
            (self.choice, "League"), (self.target, "Target"), (self.opener, "Open a league file"),
            (self.go, "Race the league"), (self.about, "What is raced"), (self.state, "How it stands"),
            (self.bar, "Progress"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.setMinimumContentsLength(20)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for widget in (self.choice, self.opener, self.target, self.go):
            head.addWidget(widget, int(widget is self.choice))
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.view)
        self.split.addWidget(self.table)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        close = parts.close_box(self)
        foot.addWidget(self.exports)
        foot.addWidget(self.told, 1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.addLayout(head)
        middle = QHBoxLayout()
        middle.addWidget(self.bar, 1)
        middle.addWidget(self.state, 3)
        column.addWidget(self.about)
        column.addLayout(middle)
        column.addWidget(self.split, 1)
        column.addLayout(foot)
        for button in (self.opener, self.go):
            button.setAutoDefault(False)
        chain([self.choice, self.opener, self.target, self.go, self.table, self.exports, *close.buttons()])

    def _connect(self) -> None:
        self.opener.clicked.connect(lambda: self._ask_file())
        self.choice.activated.connect(self._choose)
        self.target.currentIndexChanged.connect(lambda _: self._show_found())
        self.table.chosen.connect(self._look_at)
        self.job.progressed.connect(self._show_progress)
        self.job.done.connect(self._on_done)
        self.job.failed.connect(self._on_failed)

    def _fill_choice(self) -> None:
        for path in resources.leagues().values():
            self.choice.addItem(leaguefile.find(path).title, path)
        self._choose(0)

    # Which league.

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a league", self._folder, FILES)
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Show the league in a file, or say what is wrong with it and keep the one there is."""
        try:
            league = leaguefile.find(path)
        except RaceError as error:
            QMessageBox.warning(self, "This league cannot be opened", "\n".join(str(error).splitlines()[:12]))
            return
        at = next((i for i in range(self.choice.count()) if self.choice.itemData(i) == path), -1)
        if at < 0:
            at = self.choice.count()
            self.choice.addItem(path.name, path)
        self.choice.setCurrentIndex(at)
        self._set(league, path)

    def _choose(self, index: int) -> None:
        path: Path = self.choice.itemData(index)
        if path != self.path:
            self.open_file(path)

    def _set(self, league: League, path: Path) -> None:
        self.job.stop()
        self.league, self.path, self.found = league, path, []
        self.target.blockSignals(True)
        self.target.clear()
        self.target.addItems([f"f − f* at {target:g}".replace("e-0", "e−") for target in league.targets])
        self.target.blockSignals(False)
        starts, seeds = sum(len(place.starts) for place in league.places), len(league.seeds)
        whole = Standings(league, ())
        self.about.setText(
            f"{len(league.entrants)} entrants on {league.problems:,} problems ({len(league.places)} landscapes, "
            f"{starts:,} starts, {seeds:,} seed{'s' * (seeds > 1)}), {league.steps:,} steps each. {whole.budget_text}"
        )
        self.state.setText(WAITING)
        self.bar.setValue(0)
        self._show_found()

    # Racing it.

    def toggle(self) -> None:
        """Begin, or stop."""
        if self.job.running:
            self.job.stop()
            self.state.setText("Stopped. What is finished is kept: Race goes on from there.")
        elif self.league is not None:
            try:
                league = leaguefile.find(self.path)  # as it stands now: it may have been edited
                if league != self.league:
                    self._set(league, self.path)
                self.job.start(league, Journal(journal.place(self.path)))
            except (RaceError, FileError) as error:
                self._on_failed(str(error))
        self._show_buttons()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous() and self.job.running:
            self.toggle()
        super().hideEvent(event)

    def _show_progress(self) -> None:
        it = self.job.under_way
        if it is not None:
            self.bar.setValue(round(STEPS * it.share))
            before = f", {it.found:,} of them before" if it.found else ""
            self.state.setText(f"{it.finished:,} of {it.cells:,} cells finished{before}.")

    def _on_done(self) -> None:
        self.found = self.job.found
        self.bar.setValue(STEPS)
        self._show_found()

    def _on_failed(self, why: str) -> None:
        self.state.setText(why)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.go.setText("&Stop" if self.job.running else "&Race")
        self.go.setAccessibleName("Stop the league" if self.job.running else "Race the league")
        self.exports.setEnabled(bool(self.found))

    # What was found.

    @property
    def standings(self) -> Standings | None:
        """At the target chosen."""
        return self.found[max(0, self.target.currentIndex())] if self.found else None

    def _show_found(self) -> None:
        it = self.standings
        self.view.show_standings(it)
        self.table.show_standings(it)
        self.table.setVisible(it is not None)
        if it is not None:
            best = it.league.entrants[it.order[0]].label
            told = f"Largest area: {best}, {it.areas[it.order[0]]:.2f}."
            self.state.setText(f"{told} In a cell: first in how many problems · median cost. It opens such a race.")
        self._show_buttons()

    def _look_at(self, row: int, column: int) -> None:
        """Open the race behind a cell: a start and a seed with which that entrant was first, if there is one."""
        it = self.standings
        if it is None:
            return
        start, seed = it.example(row, column)
        try:
            race = it.league.race(row, start, seed, it.rates(row, start))
        except RaceError as error:
            QMessageBox.warning(self, "This race cannot be opened", error.plain)
            return
        self.race_wanted.emit(race)

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        for text in EXPORTS:
            menu.addAction(text, lambda text=text: self.export(text))
        return menu

    def export(self, text: str) -> None:
        """Ask where, and write what the entry ``text`` of the menu says."""
        it, (name, kinds) = self.standings, EXPORTS[text]
        path = ask_where(self, text.rstrip("…"), str(Path(self._folder) / name), Path(name).suffix, kinds)
        if path is None or it is None:
            return
        try:
            write(path, self._content(name, it))
        except FileError as error:
            QMessageBox.warning(self, "The league was not written", str(error))
        else:
            self.told.setText(f"Saved as {path.name}.")

    def _content(self, name: str, it: Standings) -> bytes | str:
        if name.endswith(".png"):
            return png_bytes(it, self._theme)
        if name.endswith(".html"):
            return page(self.found, list(map(figure, self.found)), leaguefile.source(self.path))
        return leaguetables.runs(it) if "runs" in name else leaguetables.summary(it)

    def set_theme(self, theme: Theme) -> None:
        self._theme = self.view.theme = theme
        self.view.update()
