"""The panel under the stage: how far each racer gets at every η, live; and what tunes the racers by it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from simulator.costs import EVEN, Against, Weights
from simulator.lessoncontrols import EVERYTHING, opens
from simulator.race import Race
from simulator.recording import Recording
from simulator.studies.ratesurvey import Survey
from simulator.studies.robustness import GOALS, MEASURES, RATES, Robustness
from simulator.studies.scan import Scanning
from simulator.studies.tune import SEEDS, Tuned, tuned, tuning
from simulator.ui.fields import Combo
from simulator.ui.job import waiting
from simulator.ui.labels import Line, menu_button
from simulator.ui.parts import button
from simulator.ui.ratechart import RateChart
from simulator.ui.ratefiles import save_csv, save_png
from simulator.ui.rateplot import RatePlot
from simulator.ui.raterows import RateRows
from simulator.ui.ratewords import share_text, summary
from simulator.ui.theme import LIGHT, Theme
from simulator.variants import GOAL

SLICE_SECONDS = 0.012
FINISHING = 0.3  # seconds after which a study that has become stale is dropped rather than finished
TITLES = ("Final loss", "Steps to goal", "Gradients to goal", "All evaluations to goal")  # of the measures
HELD = "Shown once the prediction is made."


class RatePanel(QWidget):
    """Shows `Robustness` of the race on screen while it is visible, a slice at a time; the newest race wins.

    ``changed`` carries a new Race and a merge key, ``tuned`` one in which each racer has an η of its own.
    """

    changed = Signal(object, str)
    tuned = Signal(object)
    told = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Learning rates")
        self._race: Race | None = None
        self._held = False
        self._controls: tuple[str, ...] | None = None
        self._theme, self._weights = LIGHT, EVEN
        self.result: Robustness | None = None
        self._study: Survey | None = None
        self._begun = 0.0
        self._tuning: Scanning | None = None
        self._timer = QTimer(self, interval=0)  # type: ignore[call-overload]
        self._timer.timeout.connect(self.advance)
        self.waits: Callable[[], bool] = lambda: False  # whether the race on screen has to be computed first
        self.measure, self.goal = Combo(), Combo()
        self.measure.setAccessibleName("What is measured at each rate")
        self.measure.setToolTip("What is measured at each rate: where the race ends, or how long it is to the goal")
        for text, data in zip(TITLES, MEASURES, strict=True):
            self.measure.addItem(text, data)
        self.goal.setAccessibleName("Goal: the share of the start's gap that may be left")
        self.goal.setToolTip("A rate works if at most this share of the way from the start to the minimum is left")
        for share in GOALS:
            self.goal.addItem(f"Goal {share_text(share)}", share)
        self.goal.choose(GOAL)
        self.tune = button("Tune", f"Give every racer its best of the same {len(RATES)} rates", lambda: self._tune(1))
        tip = f"The same with the median over {SEEDS} seeds of the noise"
        self.tune_seeds = button(f"Over {SEEDS} seeds", tip, lambda: self._tune(SEEDS))
        self.tune_seeds.setAccessibleName(f"Tune over {SEEDS} seeds")
        self.stop = button("Stop", "Stop tuning and leave the racers as they are", self._stop_tuning)
        self.stop.hide()
        menu = QMenu(self)
        menu.addAction("Picture (PNG)…", lambda: self._save(save_png))
        menu.addAction("Table (CSV)…", lambda: self._save(save_csv))
        self.save = menu_button("Save", "Save the chart of rates", "This chart as a picture or a table", menu)
        self.close_button = button("×", "Close this panel", self.closed.emit)
        self.close_button.setAccessibleName("Close the panel of rates")
        self.words, self.plot = Line(), RatePlot()
        self._lay_out()
        self.measure.currentIndexChanged.connect(self._look)
        self.goal.currentIndexChanged.connect(self._restart)
        self.plot.rate_moved.connect(self._move)
        self.plot.told.connect(self._tell)
        self.plot.menu_wanted.connect(lambda at: menu.popup(QPoint(at)))

    def _lay_out(self) -> None:
        choices, tuners = ((self.measure, 3), (self.goal, 2)), (self.tune, self.tune_seeds, self.stop)
        self._rows = RateRows(choices, tuners, (self.save, self.close_button), self.words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._rows)
        column.addWidget(self.plot, 1)

    # What it is told.

    def set_race(self, race: Race) -> None:
        self._race = race
        self._stop_tuning()
        self._lock()
        self._restart()

    def show_step(self, recording: Recording, step: int) -> None:
        """Nothing here depends on the step."""

    def set_hidden(self, hidden: frozenset[int]) -> None:
        if hidden != self.plot.look.hidden:
            self.plot.set_look(replace(self.plot.look, hidden=hidden))
            self._describe()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._rows.set_large(theme.scale > 1.0)
        self.plot.set_look(replace(self.plot.look, theme=theme))
        self._tell(self.words.text)

    def set_controls(self, controls: tuple[str, ...] | None) -> None:
        """Leave only these controls, see `simulator.lesson`; None: all of them."""
        self._controls = controls
        self._lock()

    def count(self, against: Against, weights: Weights) -> None:
        """What is counted as cost; ``against`` is what the curves count."""
        if weights != self._weights:
            self._weights = weights
            if self.result is not None:
                self._show_plot(self.result)

    def set_held(self, held: bool) -> None:
        """Before a prediction is made, nothing is shown."""
        self._held = held
        self.result = None
        self._restart()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._restart()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop_tuning()
        self._study = None
        self._timer.stop()

    # The study of the race on screen.

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._study is None and self._tuning is None

    def advance(self) -> None:
        """One slice of what is under way."""
        if waiting(self._timer, self.waits()):
            return
        if self._study is not None:
            self._show(self._study.advance(SLICE_SECONDS))
        elif self._tuning is not None:
            self._tuning.advance(SLICE_SECONDS)
            self._show_tuning(self._tuning)
        if self.idle:
            self._timer.stop()

    def _restart(self) -> None:
        """See to it that the newest race is studied: at once where little is to be done, and after the study under way
        where that is nearly done, so that there is something to see while a start is dragged."""
        race = self._race
        if race is None or self._held or not self.isVisible():
            self._study = None
            self.plot.waiting = HELD if self._held else ""
            self._show_plot(None)
            return
        running = self._study
        quick = time.perf_counter() - self._begun < FINISHING
        if running is not None and quick and _streams(running.race) == _streams(race) and running.share == self._share:
            self._show_plot(self.result)
            return
        self._begin(race)

    def _begin(self, race: Race) -> None:
        self._begun = time.perf_counter()
        self._study = Survey(race, share=self._share, before=self.result)
        self._timer.start()
        self._study.advance(SLICE_SECONDS)
        self._show(True)

    def _show(self, more: bool) -> None:
        """Show what the study has come to: all of it, or a part where that is better than what is on screen."""
        study, race = self._study, self._race
        assert study is not None and race is not None
        late = time.perf_counter() - self._begun > FINISHING
        other = self.result is None or _streams(self.result.race) != _streams(study.race)
        if study.complete or (more and (late or other)):
            self._show_plot(study.result())
        elif more:
            self._show_plot(self.result)
        if study.complete:
            self._study = None
            if study.race is not race or study.share != self._share:
                self._begin(race)

    def _show_plot(self, result: Robustness | None) -> None:
        if result is not None and result.weights != self._weights:
            result = replace(result, weights=self._weights)
        self.result = result
        now = {entrant.stream: entrant.lr for entrant in self._race.entrants} if self._race is not None else {}
        self.plot.show_result(result, now)
        if result is not None and result.complete:
            self._describe()

    @property
    def _share(self) -> float:
        return float(self.goal.currentData())

    def _look(self) -> None:
        self.plot.set_look(replace(self.plot.look, measure=self.measure.currentData()))
        self._describe()

    def _describe(self) -> None:
        if self.result is not None:
            text = summary(self.result, self.plot.look.measure, self.plot.look.hidden)
            keys = "Up and Down choose a racer, Left and Right move its η."
            self.plot.setAccessibleDescription(f"{text}\n{keys}")

    def _tell(self, text: str) -> None:
        if not text and self._tuning is None:
            text = "Drag a racer's line to change its η. At the right: how many decades of rates work."
        if text:
            self.words.set_text(text, self._theme.faint)

    # What a person does.

    def _lock(self) -> None:
        if self._race is None:
            return
        free = self._controls is None or EVERYTHING in self._controls
        shut = {
            entrant.stream for entrant in self._race.entrants
            if self._controls is not None and not opens(self._controls, "lr", entrant.label)
        }  # fmt: skip
        self.plot.lock(frozenset(shut))
        for widget in (self.tune, self.tune_seeds):  # finding the rates may be what the page is about
            widget.setEnabled(free)
        noisy = self._race.noise.sigma > 0.0 or self._race.noise.kind == "sparse" or self._race.landscape.model
        self.tune_seeds.setVisible(bool(noisy))

    def _move(self, stream: int, rate: float) -> None:
        if self._race is None:
            return
        for e, entrant in enumerate(self._race.entrants):
            if entrant.stream == stream:
                self.changed.emit(self._race.with_hyper(e, lr=rate), f"lr/{stream}")

    def _tune(self, seeds: int) -> None:
        if self._race is None or self._held:
            return
        known = self.result
        if seeds == 1 and known is not None and known.complete and known.race == self._race:
            self._take(tuned(known.scans["loss"]))  # raced already, for the chart
            return
        self._tuning = tuning(self._race, seeds)
        self.stop.show()
        self._timer.start()
        self._tuning.advance(SLICE_SECONDS)
        self._show_tuning(self._tuning)

    def _show_tuning(self, under_way: Scanning) -> None:
        if under_way.done:
            self._stop_tuning()
            self._take(tuned(under_way.result()))
        else:
            self.words.set_text(f"Tuning: {100 * under_way.share:.0f} % of {under_way.runs:,} runs", self._theme.text)

    def _take(self, found: Tuned) -> None:
        self.tuned.emit(found.race)
        left = [found.scan.race.entrants[i].label for i in found.left]
        rest = f" {', '.join(left)} left as it was: no rate holds." if left else ""
        self.told.emit(f"Tuned for the lowest loss at the end. {found.sentence}{rest}")

    def _stop_tuning(self) -> None:
        if self._tuning is not None:
            self._tuning = None
            self.stop.hide()
            self._tell("")

    def _save(self, save: Callable[[QWidget, RateChart], str]) -> None:
        if self.plot.chart is not None and (told := save(self, self.plot.chart)):
            self.told.emit(told)


def _streams(race: Race) -> list[int]:
    return [entrant.stream for entrant in race.entrants]
