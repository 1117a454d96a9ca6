"""The one mutable object: which race, which step is on screen, playing or not.

A change is a new Race, a new Engine advanced to the step on screen, and a redraw; there is nothing to reset. Long
catch-ups are done in slices, a slice a tick, so that the window never freezes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from simulator.engine import BLOCK, Engine
from simulator.options import SPEED
from simulator.race import Race, common_lrs, one_lr, with_lr
from simulator.recording import Recording

SLICE_SECONDS = 0.012  # computing time a tick may take: a frame at 60 Hz lasts 16 ms
CHUNK_SECONDS = 0.012  # within it, the steps computed between two looks at the clock
LONGEST_TICK_SECONDS = 0.25  # a tick that comes late (a sleeping laptop) owes no more steps than this
MERGE_SECONDS = 1.0  # changes of one control closer than this are one entry of the undo list
FRAME_MILLISECONDS = 16
MOST_AHEAD = 5_000_000  # coordinates computed ahead of what is on screen: some 200 MB


@dataclass(frozen=True)
class Moment:
    """What undo brings back."""

    race: Race
    hidden: frozenset[int] = frozenset()  # streams of the racers not drawn
    shared_lr: bool = False  # "One η for all"


class Controller(QObject):
    """Holds the race on screen and its recording; see the attributes. All change goes through its methods.

    While it is ``held``, before a prediction is made, the race stands at its start and nothing of it is computed.
    """

    race_changed = Signal(object)  # Race
    moved = Signal(object, int)  # Recording, step
    playing_changed = Signal(bool)
    history_changed = Signal()

    def __init__(self, race: Race, parent: QObject | None = None):
        super().__init__(parent)
        self.playing = self.held = False
        self.speed = SPEED.default  # steps per second
        self._begin(Moment(race))
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer)
        self._clock = QElapsedTimer()
        self._run_timer()

    # What is on screen.

    @property
    def race(self) -> Race:
        return self._now.race

    @property
    def hidden(self) -> frozenset[int]:
        return self._now.hidden

    @property
    def shared_lr(self) -> bool:
        return self._now.shared_lr

    @property
    def recording(self) -> Recording:
        return self._engine.recording

    @property
    def step(self) -> int:
        """The step on screen: the one asked for, or as far as the engine has come."""
        return min(self._wanted, self.recording.done)

    @property
    def catching_up(self) -> bool:
        return self.recording.done < self._wanted

    @property
    def looking_ahead(self) -> bool:
        """Whether steps not yet asked for are computed: in many dimensions the picture depends on the whole race."""
        return self.recording.done < self._horizon

    def compute(self) -> Recording:
        """Compute some of the steps that are left, less than a tenth of a second's worth; the cursor stays."""
        return self.recording if self.held else self._engine.advance(8 * self._chunk)

    # Changes.

    def load(self, race: Race, held: bool = False, shared_lr: bool | None = None) -> None:
        """Begin anew with ``race``, at its start, with no history; ``held`` until `release`. ``shared_lr`` None: as
        it was, where the race allows it."""
        self.pause()
        self.held = held
        if shared_lr is None:
            shared_lr = self.shared_lr and len(set(common_lrs(race))) == 1
        self._begin(Moment(race, shared_lr=shared_lr))
        self._announce()

    def release(self) -> None:
        """Let a held race go."""
        self.held = False
        self._catch_up()
        self._announce()

    def put_aside(self) -> Callable[[], None]:
        """Returns what brings the race back as it stands: its history, what was computed, the step on screen."""
        self.pause()
        kept = {name: getattr(self, name) for name in ("_now", "_saved", "_past", "_future", "_wanted", "_engine")}

        def bring_back() -> None:
            self.pause()
            vars(self).update(kept, held=False, _merge="")
            self._announce()

        return bring_back

    def set_race(self, race: Race, merge: str = "", shared_lr: bool | None = None) -> None:
        """Change the race, undoably. Calls with the same ``merge`` key in quick succession are one change."""
        shared_lr = self.shared_lr if shared_lr is None else shared_lr
        if shared_lr:
            race = one_lr(self.race, race)
        self._change(replace(self._now, race=race, shared_lr=shared_lr), merge)

    def set_hidden(self, stream: int, hidden: bool) -> None:
        streams = self.hidden | {stream} if hidden else self.hidden - {stream}
        self._change(replace(self._now, hidden=streams), "")

    def set_shared_lr(self, shared: bool) -> None:
        """One η for all: turning it on gives everyone the first entrant's rate."""
        common = common_lrs(self.race) if shared else []
        race = with_lr(self.race, common[0]) if common else self.race
        self._change(replace(self._now, race=race, shared_lr=shared), "")

    def undo(self) -> None:
        if self._past:
            self._future.append(self._now)
            self._show(self._past.pop())

    def redo(self) -> None:
        if self._future:
            self._past.append(self._now)
            self._show(self._future.pop())

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    @property
    def modified(self) -> bool:
        return self.race != self._saved

    def mark_saved(self) -> None:
        self._saved = self.race
        self.history_changed.emit()

    # Playback.

    def play(self) -> None:
        """Play on; from the start when the race is over."""
        if not self.playing and not self.held:
            if self.step >= self.race.steps:
                self._wanted = 0
            self.playing, self._owed = True, 0.0
            self._run_timer()
            self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.playing:
            self.playing = False
            self._wanted = self.step
            self._run_timer()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        self.pause() if self.playing else self.play()

    def seek(self, step: int) -> None:
        """Show ``step``, or the nearest there is."""
        self._wanted = 0 if self.held else min(max(int(step), 0), self.race.steps)
        self._catch_up()
        self._run_timer()
        self.moved.emit(self.recording, self.step)

    def step_by(self, n: int) -> None:
        self.pause()
        self.seek(self.step + n)

    def to_start(self) -> None:
        self.seek(0)

    def to_end(self) -> None:
        self.pause()
        self.seek(self.race.steps)

    def set_speed(self, steps_per_second: float) -> None:
        self.speed = min(max(float(steps_per_second), SPEED.low), SPEED.high)

    def tick(self, seconds: float) -> None:
        """Let ``seconds`` pass: compute what is owed, within a slice, and move the cursor."""
        before, known = self.step, self.recording.done
        if self.playing and not self.catching_up:
            self._owed += min(seconds, LONGEST_TICK_SECONDS) * self.speed
            steps = int(self._owed)
            self._owed -= steps
            self._wanted = min(before + steps, self.race.steps)
        self._catch_up()
        # Of steps computed ahead the views are told whenever there are twice as many, and when that is all.
        done = self.recording.done
        more = done != known and (done.bit_length() > known.bit_length() or not self.looking_ahead)
        if self.step != before or more:
            self.moved.emit(self.recording, self.step)
        if self.playing and self.step >= self.race.steps:
            self.pause()
        self._run_timer()

    # How.

    def _begin(self, moment: Moment) -> None:
        self._now, self._saved = moment, moment.race
        self._past: list[Moment] = []
        self._future: list[Moment] = []
        self._merge, self._merged_at = "", 0.0
        self._wanted, self._owed = 0, 0.0
        self._engine = Engine(moment.race)
        self._chunk = 8  # steps computed between two looks at the clock
        self._catch_up()

    def _change(self, moment: Moment, merge: str) -> None:
        if moment == self._now or self.held:
            return
        now = time.monotonic()
        if not (merge and merge == self._merge and now - self._merged_at < MERGE_SECONDS and self._past):
            self._past.append(self._now)
        self._merge, self._merged_at = merge, now
        self._future.clear()
        self._show(moment, keep_merge=True)

    def _show(self, moment: Moment, keep_merge: bool = False) -> None:
        if not keep_merge:
            self._merge = ""
        raced_anew = moment.race != self.race
        self._now = moment
        if raced_anew:
            self._wanted = min(self._wanted, moment.race.steps)
            self._engine = Engine(moment.race)
            self._catch_up()
        self._announce()

    def _announce(self) -> None:
        self._run_timer()
        self.race_changed.emit(self.race)
        self.moved.emit(self.recording, self.step)
        self.history_changed.emit()

    def _catch_up(self) -> None:
        end = time.perf_counter() + SLICE_SECONDS
        while self.catching_up or self.looking_ahead:
            goal, begin = self._wanted if self.catching_up else self._horizon, time.perf_counter()
            self._engine.advance(min(self._chunk, goal - self.recording.done))
            now = time.perf_counter()
            if now - begin > CHUNK_SECONDS:  # a field of dozens, with line searches among them
                self._chunk = max(1, self._chunk // 2)
            elif now - begin < CHUNK_SECONDS / 4:
                self._chunk = min(BLOCK, 2 * self._chunk)
            if now >= end:
                break

    @property
    def _horizon(self) -> int:
        """The step up to which the race is computed whether it is asked for or not."""
        landscape = self.race.landscape
        if self.held:
            return 0
        return min(self.race.steps, MOST_AHEAD // (self.race.lanes * landscape.dim)) if landscape.dim > 2 else 0

    def _on_timer(self) -> None:
        self.tick(self._clock.restart() / 1000.0)

    def _run_timer(self) -> None:
        wanted = self.playing or self.catching_up or self.looking_ahead
        if wanted and not self._timer.isActive():
            self._clock.start()
            self._timer.start()
        elif not wanted:
            self._timer.stop()
