"""On which plane a race in five dimensions is drawn, when it changes, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest
from planes import Five, race_in_five

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.plane import Section, principal_plane
from simulator.ui.ground import Outlook


def ran(race, steps=None):
    return Engine(race).advance(race.steps if steps is None else steps)


def test_two_dimensions_need_no_plane():
    ravine = LANDSCAPES["ravine"]()
    race = replace(race_in_five(), landscape=ravine, starts=ravine.starts[:1])
    outlook = Outlook()
    assert not outlook.look(ran(race)) and outlook.plane is None and outlook.ground(ravine) is ravine
    assert outlook.look(ran(race_in_five())) and outlook.look(ran(race)) and outlook.plane is None


def test_the_main_directions_are_those_of_the_whole_race_as_far_as_it_is_known():
    race = race_in_five(steps=100)
    engine, outlook, changes = Engine(race), Outlook(), []
    for step in range(101):
        changes += [step] * outlook.look(engine.advance(step - engine.recording.done))
    assert len(changes) <= 9  # at most once whenever twice as many steps are known, and at the end
    best = principal_plane(engine.recording).share(engine.recording)
    assert 0.95 * best <= outlook.share <= best and outlook.words.startswith("Main directions · ")


def test_while_a_computed_race_plays_the_plane_lies_still():
    recording, outlook = ran(race_in_five()), Outlook()
    assert outlook.look(recording)
    plane, box = outlook.plane, outlook.box
    assert not any(outlook.look(recording) for _ in range(5))
    assert outlook.plane is plane and outlook.box is box


def test_a_small_change_of_the_race_leaves_the_plane_and_a_large_one_does_not():
    outlook = Outlook()
    outlook.look(ran(race_in_five()))
    plane = outlook.plane
    assert not outlook.look(ran(race_in_five(lr=0.101)))
    away = tuple(-x for x in Five().starts[0])
    assert outlook.look(ran(replace(race_in_five(), starts=(away,)))) and outlook.plane is not plane
    assert np.array_equal(outlook.plane.origin, away)


def test_a_new_race_of_which_nothing_is_known_yet_keeps_the_plane():
    outlook = Outlook()
    outlook.look(ran(race_in_five()))
    assert not outlook.look(ran(race_in_five(lr=0.05), steps=0)) and outlook.percent == ""
    fresh = Outlook()
    assert fresh.look(ran(race_in_five(), steps=0)) and fresh.plane is not None


def test_a_start_moved_within_the_plane_keeps_it():
    outlook = Outlook()
    outlook.look(ran(race_in_five()))
    within = tuple(outlook.plane.lift(np.array([0.05, -0.05])).tolist())
    before = outlook.plane
    outlook.look(ran(replace(race_in_five(), starts=(within,)), steps=0))
    assert outlook.plane is before


def test_random_directions_are_kept_until_others_are_asked_for():
    recording, outlook = ran(race_in_five()), Outlook()
    outlook.look(recording)
    outlook.choose("random", 3)
    assert outlook.look(recording) and outlook.words.startswith("Random")
    first, small = outlook.plane.axes, outlook.share
    assert small < principal_plane(recording).share(recording)
    assert not outlook.look(ran(race_in_five(lr=0.09))) and outlook.plane.axes is first
    outlook.choose("random", 4)
    assert outlook.look(recording) and not np.allclose(outlook.plane.axes, first)
    assert (np.abs(outlook.box) >= 1.0).all()  # as far as the directions are long, at least
    outlook.choose("principal", 4)
    assert outlook.look(recording) and outlook.share > small


def test_what_is_drawn_is_the_section_in_the_box():
    recording, outlook = ran(race_in_five()), Outlook()
    outlook.look(recording)
    ground = outlook.ground(recording.race.landscape)
    assert isinstance(ground, Section) and ground.box == outlook.box
    shadows = outlook.plane.project(recording.theta)
    assert (shadows > np.array(ground.box)[:, 0]).all() and (shadows < np.array(ground.box)[:, 1]).all()


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "100"), (0.99999, "99.9"), (0.992, "99.2"), (0.87, "87"), (0.0996, "10"), (0.036, "3.6"), (0.0004, "0.0")],
)
def test_the_share_is_told_in_percent(share, words):
    outlook = Outlook()
    outlook.look(ran(race_in_five()))
    outlook.share = share
    assert outlook.percent == f"{words} % of the movement"
