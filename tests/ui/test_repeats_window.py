"""Repeats in the window: computed in slices after a rest, drawn as bands, told beside the choice."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QImage

from simulator import racefile
from simulator.engine import Engine
from simulator.race import Noise
from simulator.studies.repeats import repeats
from simulator.ui.chart import Chart, Look
from simulator.ui.controller import Controller
from simulator.ui.curves import LossPanel
from simulator.ui.repeatsjob import RepeatsJob
from simulator.ui.theme import DARK, LIGHT

RACE = replace(racefile.find("ravine"), noise=Noise(sigma=1.0), steps=60)


@pytest.fixture
def job(qtbot):
    controller = Controller(RACE)
    made = RepeatsJob(controller, controller)
    yield made
    made.stop()


def compute(job):
    job.rest.stop()
    job.begin()
    for _ in range(1000):
        if job._work is None:
            break
        job.advance()


def test_the_window_finds_what_the_study_does(job):
    found = []
    job.found.connect(found.append)
    job.set_count(5)
    assert job.rest.isActive()
    compute(job)
    assert (found[-1].median == repeats(RACE, 5).median).all()
    job._controller.set_hidden(0, True)
    assert found[-1] is not None, "hiding a racer changes no run"
    job._controller.set_race(replace(RACE, seed=99))
    assert found[-1] is None


def test_nothing_is_computed_while_it_plays(job):
    job.set_count(5)
    job._controller.play()
    job.begin()
    assert job._work is None
    job._controller.pause()
    assert job.rest.isActive()
    job.set_count(0)
    assert not job.rest.isActive()


def painted(look):
    from PySide6.QtGui import QPainter

    image = QImage(500, 320, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    Chart(Engine(RACE).run()).paint(painter, 500, 320, RACE.steps, look, 1.0)
    painter.end()
    return image


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.for_projector()], ids=["light", "dark", "projector"])
@pytest.mark.parametrize("scale", ["log", "linear"])
def test_bands_are_painted_but_not_those_of_hidden_racers(qtbot, theme, scale):
    found = repeats(RACE, 5)
    plain = Look(theme, scale=scale)
    assert painted(replace(plain, repeats=found)) != painted(plain)
    away = replace(plain, hidden=frozenset(e.stream for e in RACE.entrants))
    assert painted(replace(away, repeats=found)) == painted(away)
    other = replace(plain, kind="gradient")
    assert painted(replace(other, repeats=found)) == painted(other)


def test_the_panel_says_who_wins_how_often(qtbot):
    panel = LossPanel()
    qtbot.addWidget(panel)
    recording = Engine(RACE).run()
    panel.show_step(recording, 60)
    found = repeats(RACE, 5)
    panel.set_repeats(found)
    assert "of 5" in panel.note.text()
    assert RACE.entrants[0].label in panel.note.text()
    panel.set_hidden(frozenset({RACE.entrants[0].stream}))
    assert f"{RACE.entrants[0].label} wins" not in panel.note.text()
    chosen = []
    panel.repeats_chosen.connect(chosen.append)
    panel.repeats.setCurrentIndex(2)
    assert chosen == ["20"]
