"""What tests do to lanes in the midst of a race, however these take their steps."""

from __future__ import annotations

import numpy as np

from simulator.asked import Asked
from simulator.fused import Fused
from simulator.pack import Pack


def put_back(pack: Pack, low: object, high: object) -> None:
    """Have every lane stand between ``low`` and ``high``, as if the step just taken had led there."""
    for stepper in pack.steppers:
        if isinstance(stepper, Asked):
            group = stepper.group
            group.theta = stepper._path[-1] = np.clip(group.theta, low, high)
        else:
            assert isinstance(stepper, Fused)
            theta = stepper._kept[: stepper.part.stop]  # of all lanes the first rows
            theta[...] = np.clip(theta, low, high)
            stepper._row[...] = stepper._kept


def forget_step(pack: Pack) -> None:
    """Have the step just taken not be in what is told of the span."""
    for stepper in pack.steppers:
        assert isinstance(stepper, Asked)
        stepper._path.pop(), stepper._states.pop(), stepper._evaluations.pop()
