"""The playback bar: start, step, play, timeline, step counter and speed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from simulator.options import SPEED
from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.fields import TrackSlider
from simulator.ui.icons import icon
from simulator.ui.labels import menu_button
from simulator.ui.theme import LIGHT, Theme, palette
from simulator.ui.timeline import Timeline
from simulator.words import count_text

PRESETS = (1, 5, 20, 60, 200, 1000, 5000)
ICON_PX = 20


class PlaybackBar(QWidget):
    """One row of controls. It shows what it is told and asks for everything else: steps by number or by how many,
    playing on or not, and a speed in steps per second."""

    seek_requested = Signal(int)
    toggle_requested = Signal()
    step_requested = Signal(int)
    start_requested = Signal()
    end_requested = Signal()
    speed_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.playing, self.steps, self.step, self.speed = False, 0, 0, SPEED.default
        self._theme = LIGHT
        self._icons: dict[QToolButton, str] = {}
        self.start = self._button("to_start", "To the start", "Home")
        self.back = self._button("step_back", "One step back", "Left arrow")
        self.play = self._button("play", "Play", "Space")
        self.forward = self._button("step_forward", "One step forward", "Right arrow")
        self.end = self._button("to_end", "To the end", "End")
        self.timeline = Timeline()
        self.counter = QLabel()
        self.counter.setAccessibleName("Step on screen")
        self.counter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = TrackSlider(SPEED)
        self.slider.setAccessibleName("Speed, in steps per second")
        self.slider.setToolTip("How many steps a second are shown, from 1 to 5,000")
        self.preset = self._speed_button()
        self._lay_out()
        self.start.clicked.connect(self.start_requested)
        self.back.clicked.connect(lambda: self.step_requested.emit(-1))
        self.play.clicked.connect(self.toggle_requested)
        self.forward.clicked.connect(lambda: self.step_requested.emit(1))
        self.end.clicked.connect(self.end_requested)
        self.timeline.asked.connect(self.seek_requested)
        self.slider.moved.connect(self._choose_speed)
        self.slider.reset.connect(lambda: self._choose_speed(SPEED.default))
        self.set_theme(LIGHT)
        self.set_speed(SPEED.default)

    # What is shown.

    def set_race(self, race: Race) -> None:
        self.steps = race.steps
        self.timeline.set_steps(race.steps)
        self._fit()
        self._count()

    def show_step(self, recording: Recording, step: int) -> None:
        """Show ``step``, and how far ``recording`` reaches."""
        self.timeline.show_step(step, recording.done)
        if step != self.step:
            self.step = step
            self._count()

    def set_playing(self, playing: bool) -> None:
        self.playing = playing
        self._icons[self.play] = "pause" if playing else "play"
        self._name(self.play, "Pause" if playing else "Play", "Space")
        self._draw_icon(self.play)

    def set_speed(self, steps_per_second: float) -> None:
        """Show a speed, without a signal."""
        self.speed = steps_per_second
        self.slider.set_value(steps_per_second)
        text = speed_text(steps_per_second)
        self.preset.setText(text)
        self.preset.setAccessibleName(f"Speed: {text}")
        for action in self.presets.actions():
            action.setChecked(action.data() == steps_per_second)

    def lock_speed(self, why: str) -> None:
        for control in (self.slider, self.preset):
            control.setEnabled(False)
            control.setToolTip(why)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setPalette(palette(theme))
        font = self.font()
        font.setPixelSize(theme.font_px)
        self.setFont(font)
        self.timeline.set_theme(theme)
        for button in self._icons:
            self._draw_icon(button)
        self.slider.setFixedWidth(round(110 * theme.scale))
        self._fit()

    # How.

    def _button(self, name: str, words: str, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space to the race
        self._icons[button] = name
        self._name(button, words, key)
        return button

    @staticmethod
    def _name(button: QToolButton, words: str, key: str) -> None:
        button.setAccessibleName(words)
        button.setToolTip(f"{words} ({key})")

    def _speed_button(self) -> QToolButton:
        menu = QMenu(self)
        button = menu_button("", "", "Choose a speed", menu)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.presets = QActionGroup(self)
        self.presets.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        for speed in PRESETS:
            action = QAction(speed_text(speed), self.presets, checkable=True)  # type: ignore[call-overload]
            action.setData(float(speed))
            action.triggered.connect(lambda _, speed=float(speed): self._choose_speed(speed))
            menu.addAction(action)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(2)
        for button in (self.start, self.back, self.play, self.forward, self.end):
            row.addWidget(button)
        row.addSpacing(6)
        row.addWidget(self.timeline, 1)
        row.addSpacing(6)
        row.addWidget(self.counter)
        row.addSpacing(16)
        row.addWidget(self.slider)
        row.addWidget(self.preset)

    def _choose_speed(self, speed: float) -> None:
        self.set_speed(speed)
        self.speed_changed.emit(float(speed))

    def _count(self) -> None:
        self.counter.setText(f"{count_text(self.step)} / {count_text(self.steps)}")

    def _fit(self) -> None:
        """Widths for the longest texts, so that nothing moves while the race runs."""
        longest = f"{count_text(self.steps)} / {count_text(self.steps)}"
        self.counter.setFixedWidth(self.counter.fontMetrics().horizontalAdvance(longest) + 4)
        arrow = round(36 * self._theme.scale)
        self.preset.setFixedWidth(self.preset.fontMetrics().horizontalAdvance(speed_text(SPEED.high)) + arrow)

    def _draw_icon(self, button: QToolButton) -> None:
        size = round(ICON_PX * self._theme.scale * (1.2 if button is self.play else 1.0))
        button.setIcon(icon(self._icons[button], self._theme))
        button.setIconSize(QSize(size, size))


def speed_text(steps_per_second: float) -> str:
    """A speed in words: "1,000 steps/s"."""
    number = f"{steps_per_second:,.3g}" if steps_per_second < 1000 else count_text(steps_per_second)
    return f"{number} {'step' if steps_per_second == 1 else 'steps'}/s"
