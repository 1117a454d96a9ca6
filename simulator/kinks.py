"""Derivatives where there are none: at a cusp or a kink every landscape defines them as 0."""

from typing import Any

import numpy as np


def reciprocal(x: Any) -> Any:
    """1/x elementwise, and 0 where x is 0."""
    nowhere = x == 0.0
    return np.where(nowhere, 0.0, 1.0 / np.where(nowhere, 1.0, x))
