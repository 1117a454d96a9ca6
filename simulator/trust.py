"""The trust ratio of LARS and LAMB: a layer's step is measured by the layer's own size."""

from __future__ import annotations

import numpy as np

from simulator.layerwise import Layerwise
from simulator.optimizer import Array


class Trusting(Layerwise):
    """For rules whose step is as long as a share of the parameters of its block."""

    def trusted(self, theta: Array, step: Array, eps: Array | float = 0.0, share: Array | float = 1.0) -> Array:
        """``step`` times share·‖θ‖ / (‖step‖ + ε), block by block; as it is where either length is 0."""
        size, length = (self.spread(np.sqrt(self.sums(x * x))) for x in (theta, step))
        usual = (size != 0.0) & (length != 0.0)
        return np.divide(share * size, length + eps, out=np.ones_like(step), where=usual) * step
