"""What an exported picture says in words."""

from dataclasses import replace

import numpy as np
from racers import field_of

from simulator.engine import Engine
from simulator.recording import Status
from simulator.ui.export import result


def test_the_legend_says_how_a_racer_stands_over_all_its_starts():
    engine = Engine(replace(field_of("sgd"), starts=((5.0, 2.0), (1.0, 1.0)), steps=3))
    engine.run()
    recording = engine.recording
    recording.loss[3], recording.status[3] = (0.5, 2190.0), (Status.ARRIVED, Status.RACING)
    assert result(recording, 0, 3) == "≤ 2,190 above the minimum, 1 arrived, 1 racing"
    recording.loss[3], recording.status[3], recording.since[3] = np.nan, Status.DIVERGED, 2
    assert result(recording, 0, 3) == "diverged at step 2"
