"""Bar, keys and controller play as one, and the speed is remembered."""

from __future__ import annotations

from simulator.ui.actions import Actions
from simulator.ui.controller import Controller
from simulator.ui.playback import PlaybackBar
from simulator.ui.remembered import remember_speed
from simulator.ui.settings import Settings


def link_playback(c: Controller, bar: PlaybackBar, actions: Actions, settings: Settings) -> None:
    """Whatever is done in one place is seen in the others."""
    c.moved.connect(bar.show_step)
    c.playing_changed.connect(bar.set_playing)
    bar.seek_requested.connect(c.seek)
    bar.toggle_requested.connect(c.toggle)
    bar.step_requested.connect(c.step_by)
    bar.start_requested.connect(c.to_start)
    bar.end_requested.connect(c.to_end)
    bar.speed_changed.connect(c.set_speed)
    set_pace(c, bar, settings["speed"])
    remember_speed(bar, settings, actions)

    def quicken(factor: float) -> None:
        set_pace(c, bar, factor * c.speed)
        settings.set("speed", c.speed)

    for name, do in (
        ("toggle", c.toggle), ("forward", lambda: c.step_by(1)), ("back", lambda: c.step_by(-1)),
        ("to_start", c.to_start), ("to_end", c.to_end), ("faster", lambda: quicken(2.0)),
        ("slower", lambda: quicken(0.5)),
    ):  # fmt: skip
        actions.on(name, do)


def set_pace(c: Controller, bar: PlaybackBar, steps_per_second: float) -> None:
    """Play so fast, as far as the controller can; the speed is not remembered."""
    c.set_speed(steps_per_second)
    bar.set_speed(c.speed)
