"""What an exported picture says in words."""

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from racers import field_of

from simulator import racefile
from simulator.engine import Engine
from simulator.race import Noise
from simulator.recording import Status
from simulator.schedules import SCHEDULES
from simulator.ui import legend
from simulator.ui.picturewords import protocol, recipe, result
from simulator.words import short_text


def test_the_legend_says_how_a_racer_stands_over_all_its_starts():
    engine = Engine(replace(field_of("sgd"), starts=((5.0, 2.0), (1.0, 1.0)), steps=3))
    engine.run()
    recording = engine.recording
    recording.loss[3], recording.status[3] = (0.5, 2190.0), (Status.ARRIVED.value, Status.RACING.value)
    assert result(recording, 0, 3) == "≤ 2,190 above the minimum, 1 arrived, 1 racing"
    recording.loss[3], recording.status[3], recording.since[3] = np.nan, Status.DIVERGED.value, 2
    assert result(recording, 0, 3) == "diverged at step 2"


def test_on_a_landscape_that_moves_the_mean_is_told_as_in_the_window():
    recording = Engine(replace(racefile.find("drifting-bowl"), steps=50)).run()
    mean = short_text(float(recording.loss[:51, 0].mean()))
    assert result(recording, 0, 50) == f"on average {mean} above the minimum, racing"


def test_the_protocol_says_what_kind_of_noise_was_felt():
    race = field_of("sgd")
    for noise, words in (
        (Noise(), " · no noise · "),
        (Noise(0.5), " · noise σ = 0.5, the same draws for all · "),
        (Noise(0.5, shared=False), " · noise σ = 0.5, own draws each · "),
        (Noise(2.0, "student"), " · heavy-tailed noise σ = 2, "),
        (Noise(2.0, "multiplicative"), " · multiplicative noise σ = 2, "),
        (Noise(0.0, "sparse", 0.25), " · sparse gradients p = 0.25, "),
    ):
        assert words in protocol(replace(race, noise=noise), 3)


def test_the_legend_tells_all_that_differs_from_the_defaults():
    entrant = field_of("adam").with_hyper(0, lr=0.5, bias_correction=False).entrants[0]
    entrant = replace(entrant, clip_value=2.0, clip_norm=3.0, restart=True, schedule=SCHEDULES["step"]())
    told = recipe(entrant)
    assert told.startswith("η = 0.5, β₁ = 0.9, corrected off, ")
    for words in ("coordinates clipped at 2", "clipped at 3", "step schedule", "memory restarted"):
        assert words in told
    assert "λ" not in told


def test_settings_without_room_are_cut_and_never_the_result():
    race = field_of("adam").with_entrant(0, clip_value=2.0, restart=True, schedule=SCHEDULES["cosine_restarts"]())
    recording = Engine(replace(race, steps=2)).run()
    metrics = QFontMetricsF(QGuiApplication.font())
    how = f": {result(recording, 0, 2)}"
    room = metrics.horizontalAdvance(recipe(race.entrants[0]))
    told = legend.told(metrics, recording, 0, 2, room)
    assert told.startswith("η = ") and told.endswith(f"…{how}") and metrics.horizontalAdvance(told) <= room
