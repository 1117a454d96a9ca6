"""What tells a window that keeps more and more from one that made a thing when it was first wanted."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest
from hosted import POPS_UP, opened, turn
from pytestqt.qtbot import QtBot
from usage import STRETCHES, creeps, grows

from simulator import racefile
from simulator.recording import Recording
from simulator.ui.views import VIEWS

pytestmark = [POPS_UP, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read off /proc")]


def test_what_rises_in_every_stretch_grows() -> None:
    assert grows([1, 2, 3, 4])
    assert grows([9, 1, 1, 2, 2, 3, 3, 4, 4])  # what does not divide is left out at the beginning
    assert grows([18, 18, 19, 19, 20, 21, 22, 22])
    assert grows([100.0, 103.0, 106.0, 109.0], noise=2.0)


def test_what_is_made_once_and_kept_does_not_grow() -> None:
    assert not grows([50] * 8)
    assert not grows([50, 50, 51, 51, 51, 51, 53, 52])
    assert not grows([50, 50, 50, 50, 50, 50, 74, 74])
    assert not grows([4, 3, 2, 1])
    assert not grows([100.0, 103.0, 104.0, 109.0], noise=2.0)


def test_what_seldom_leaks_creeps() -> None:
    assert creeps([1, 1, 2, 2, 2, 3, 3, 4])
    assert not creeps([1, 1, 2, 2, 2, 3, 3, 3])
    assert not creeps([1, 2, 3, 4, 5, 6, 5])


def test_too_few_counts_are_refused() -> None:
    with pytest.raises(AssertionError, match="tell nothing"):
        grows([1] * (STRETCHES - 1))


def test_a_race_that_was_left_is_let_go(qtbot: QtBot) -> None:
    window = opened(qtbot)
    window.controller.seek(40)
    left = weakref.ref(window.controller.recording)
    window.controller.load(racefile.find("plateau"))
    qtbot.waitUntil(lambda: gc.collect() >= 0 and left() is None)  # the cards show a step a little later


@pytest.mark.usefixtures("no_collector")
def test_what_changed_races_recorded_goes_without_a_collector_whatever_is_in_view(qtbot: QtBot) -> None:
    """It may be two gigabytes, and a collector seldom comes by. Some panels lag behind, a race each."""
    window = opened(qtbot)
    controller, bench = window.controller, window.workbench
    views = [lambda name=name: bench.stage.set_view(name) for name in VIEWS]
    tabs = [lambda i=i: bench.tabs.setCurrentIndex(i) for i in range(bench.tabs.count())]
    for look in (*views, *tabs):
        look()
        left = list[weakref.ref[Recording]]()
        for i in range(8):
            left.append(weakref.ref(controller.recording))
            controller.set_race(controller.race.with_hyper(0, lr=0.01 + 0.001 * i))
            controller.seek(40)
            turn()
        qtbot.waitUntil(lambda left=left: sum(ref() is not None for ref in left[1:]) <= 2)
