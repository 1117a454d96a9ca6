"""Repeats in the window: computed in slices after a rest, drawn as bands, told beside the choice."""

import io
from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QSplitter

from simulator import racefile
from simulator.engine import Engine
from simulator.export.formats import Shot
from simulator.export.options import Options
from simulator.race import Noise
from simulator.studies import repeats as study
from simulator.studies.repeats import no_band, repeats
from simulator.ui.chart import Chart, Look
from simulator.ui.controller import Controller
from simulator.ui.curves import LossPanel
from simulator.ui.picture import Picture
from simulator.ui.repeatsjob import RepeatsJob
from simulator.ui.theme import DARK, LIGHT
from simulator.ui.wins import ALIKE, WAITING
from simulator.ui.workbench import Workbench
from simulator.ui.writers import html

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


def test_a_question_about_the_race_takes_its_repeats_away_until_it_is_answered(job):
    found, wanted = [], []
    job.found.connect(found.append)
    job.wanted.connect(wanted.append)
    job.set_count(5)
    compute(job)
    assert found[-1] is not None
    job._controller.load(RACE, held=True)
    assert found[-1] is None and not wanted[-1] and not job.rest.isActive()
    job._controller.release()
    assert wanted[-1] and job.rest.isActive()


def test_nothing_is_computed_while_it_plays(job):
    job.set_count(5)
    job._controller.play()
    job.begin()
    assert job._work is None
    job._controller.pause()
    assert job.rest.isActive()
    job.set_count(0)
    assert not job.rest.isActive()


def test_the_race_on_screen_is_computed_first(job, monkeypatch):
    job.set_count(5)
    job.rest.stop()
    job.begin()
    monkeypatch.setattr(Controller, "catching_up", True)
    monkeypatch.setattr(job, "_work", iter(()))  # a slice of it would end it
    job.advance()
    assert job._work is not None and job._timer.isActive()
    monkeypatch.undo()
    compute(job)
    assert job._work is None


def test_that_nothing_is_random_is_told_at_once(job):
    told = []
    job.told.connect(told.append)
    job._controller.set_race(replace(RACE, noise=Noise()))
    job.set_count(5)
    assert job.rest.isActive() and told[-1] == no_band(5)


def painted(look):
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
    panel.set_theme(LIGHT.for_projector())
    assert panel.note.text() == found.note and " wins " in panel.note.toolTip()
    chosen = []
    panel.repeats_chosen.connect(chosen.append)
    panel.repeats.setCurrentIndex(2)
    assert chosen == ["20"]


@pytest.fixture
def bench(qtbot):
    split = QSplitter()
    qtbot.addWidget(split)
    made = Workbench(Controller(RACE), split, LIGHT)
    yield made
    made.close()


def test_each_card_says_how_often_its_racer_wins_at_the_step_on_screen(bench):
    cards, controller = list(bench.racers.cards.values()), bench._controller
    assert all(card.wins.isHidden() for card in cards)
    bench.repeats.set_count(5)
    assert all(not card.wins.isHidden() and card.wins.text == WAITING for card in cards)
    compute(bench.repeats)
    found = repeats(RACE, 5)
    for step in (60, 3):
        controller.seek(step)
        bench.racers._live.now()
        assert [card.wins.text for card in cards] == [found.wins_text(i, step) for i in range(len(cards))]
    assert any(card.wins.text != found.wins_text(i, 60) for i, card in enumerate(cards))
    controller.set_race(replace(controller.race, seed=99))
    assert all(not card.wins.isHidden() and card.wins.text == WAITING for card in cards), "no card changes its height"
    bench.repeats.set_count(0)
    assert all(card.wins.isHidden() for card in cards)


def test_a_card_counts_no_wins_where_chance_has_no_part(bench):
    bench._controller.set_race(replace(RACE, noise=Noise()))
    bench.repeats.set_count(5)
    compute(bench.repeats)
    bench.racers._live.now()
    assert {card.wins.text for card in bench.racers.cards.values()} == {ALIKE}


def test_repeats_that_do_not_fit_leave_the_cards_as_they_were(bench, monkeypatch):
    monkeypatch.setattr(study, "MOST", 10)
    bench.repeats.set_count(5)
    compute(bench.repeats)
    assert bench.curves.note.text().startswith("No repeats.")
    assert all(card.wins.isHidden() for card in bench.racers.cards.values())


@pytest.mark.parametrize("kind", ["loss", "gradient"])
def test_a_picture_and_a_report_say_who_wins_how_often(qtbot, kind):
    recording, found = Engine(RACE).run(), repeats(RACE, 5)
    picture = Picture(recording, 40, curves=Look(LIGHT, kind=kind, repeats=found))
    wins = found.standings(40)
    assert picture.below[-len(wins) :] == wins and not set(wins) & set(picture.protocol)
    assert "5 seeds" in " · ".join(picture.below)
    assert ("Band" in " · ".join(picture.below)) == (kind == "loss")
    assert all(line in picture.words for line in wins)
    away = replace(picture, hidden=frozenset({RACE.entrants[0].stream}))
    assert wins[0] not in away.below and wins[1] in away.below
    other = replace(picture, recording=Engine(replace(RACE, seed=9)).run())
    assert not other.repeats and "5 seeds" not in " · ".join(other.below)
    page = io.BytesIO()
    for _ in html(Shot(recording, Options(width=900, height=640), picture), page):
        pass
    told = page.getvalue().decode()
    assert "Repeats with 5 seeds, at step 40" in told
    alike = told[told.index("The same for all") : told.index("Landscape</h2>")]
    assert "seed " in alike and "Band" not in alike, "a band is nothing that all were given"
    assert all(f">{cell}</td>" in told for row in found.table(40)[1:] for cell in row)


def test_the_map_of_a_movie_stands_still_while_wins_change(qtbot):
    recording, found = Engine(RACE).run(), repeats(RACE, 5)
    picture, tops = Picture(recording, 0, curves=Look(LIGHT, repeats=found)), set()
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for step in range(RACE.steps + 1):
        tops.add(replace(picture, step=step)._paint_protocol(painter, QRectF(0, 0, 420, 600)))
    painter.end()
    lengths = {len(" · ".join(replace(picture, step=step).below)) for step in range(RACE.steps + 1)}
    assert len(tops) == 1 and len(lengths) > 1
