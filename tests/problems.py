"""The landscapes that are data sets with a model, and what measures them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from simulator.landscape import Array
from simulator.landscapes import LANDSCAPES
from simulator.problem import DataProblem
from simulator.selfcheck.slopes import inside, slope

__all__ = ["PROBLEMS", "as_it_comes", "every_variant", "near", "slope", "somewhere"]

PROBLEMS = {name: cls for name, cls in LANDSCAPES.items() if issubclass(cls, DataProblem)}

as_it_comes = pytest.mark.parametrize("problem", [cls() for cls in PROBLEMS.values()], ids=list(PROBLEMS))


def variants() -> Iterator[DataProblem]:
    """Each problem as it comes, on two mini-batches, and with its data changed."""
    for name, cls in PROBLEMS.items():
        problem = cls(batch_size=2)
        yield problem
        yield problem.shown(1, 0)
        yield problem.shown(1, 5)
        for changed in {"spirals": [{"turns": 0.4}], "matrix_memory": [{"kappa": 1.0}, {"kappa": 1e4}]}.get(name, []):
            yield cls(**changed)


every_variant = pytest.mark.parametrize(
    "problem", list(variants()), ids=lambda it: f"{it.name}-{it.rows or 'all'}-{list(it.hyper.values())[2:]}"
)


def somewhere(problem: DataProblem, n: int = 6) -> Array:
    """Points about the middle of the box, as far out as weights get."""
    return inside(problem, np.random.default_rng(5).uniform(-0.3, 0.3, (n, problem.dim)))


def near(value: Array, expected: Array) -> None:
    assert value.shape == expected.shape
    assert np.abs(value - expected).max() <= 2e-8 * (1.0 + np.abs(expected).max())
