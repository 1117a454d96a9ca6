"""What a step might as well have been: without its gradient, or with the gradients of other samples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.answers import answer
from simulator.landscape import Landscape
from simulator.lanes import alone
from simulator.noise import noise_block
from simulator.problem import DataProblem

if TYPE_CHECKING:  # it reads formulas: nothing a window needs to open
    from simulator.inspector import Inspection

Array = NDArray[np.float64]
OTHERS = 1 << 62  # sets the seed of samples no racer meets apart from the race's own


def coasting(seen: Inspection) -> Array:
    """The step the rule would take if the gradient were zero here, (dim,): what its memory does, and weight decay."""
    race = seen.recording.race
    (group,) = alone(race, seen.recording.lane(seen.entrant, seen.start), seen.theta, seen.step).groups
    zero, shown = np.zeros((1, len(seen.theta))), race.landscape.shown(race.seed, seen.step)
    state = {key: value[None] for key, value in seen.before.items()}
    with np.errstate(all="ignore"):
        rule = group.rule.step(seen.theta[None], state, np.full_like(zero, seen.lr), seen.t)
        try:
            ask = next(rule)
            while True:
                ask = rule.send(
                    zero
                    if isinstance(ask, np.ndarray)
                    else answer(ask, zero, group, shown, race.seeds, seen.step, None)
                )
        except StopIteration as gone:
            return gone.value[0][0] - seen.theta


def other_gradients(seen: Inspection, at: Array, draw: int, count: int) -> Array | None:
    """``count`` gradients at ``at`` (dim,) that this step might as well have been shown, (count, dim).

    Of other mini-batches of the size of this step's, with other draws of the noise, before any clipping. A function
    of the seed, the step and ``draw``. None where every step is shown the true gradient.
    """
    race = replace(seen.recording.race, seed=seen.recording.race.seed ^ OTHERS)
    landscape, here = race.landscape, at[None]
    noise = noise_block(race, np.array([seen.recording.lane(seen.entrant, seen.start)]), draw, count)
    epoch = 1
    if isinstance(landscape, DataProblem) and landscape.order == "shuffled":
        # A batch with the same turn in its epoch is as large: the last ones may be smaller.
        epoch = -(-len(landscape.whole[0]) // landscape.batch_size)
    if type(landscape).shown is not Landscape.shown and landscape.shown(race.seed, seen.step) is not landscape:
        steps = [seen.step % epoch + epoch * (draw * count + i) for i in range(count)]
        gradients = [landscape.shown(race.seed, step).grad(here) for step in steps]
    elif noise is None:
        return None
    else:
        gradients = [landscape.at(seen.step).grad(here)] * count
    if noise is not None:
        gradients = [noise.felt(grad, i) for i, grad in enumerate(gradients)]
    return np.concatenate(gradients)
