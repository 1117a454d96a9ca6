"""What rules that read the parameter blocks have in common: a number a block, or a row and a column of numbers."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.optimizer import Array, Block, State


class Layerwise:
    """Sums over each block of theta, and what is made of them."""

    blocks: ClassVar[tuple[Block, ...]]

    @cached_property
    def firsts(self) -> NDArray[np.intp]:
        return np.array([block.part.start for block in self.blocks], dtype=np.intp)

    @cached_property
    def sizes(self) -> NDArray[np.intp]:
        return np.array([block.part.stop - block.part.start for block in self.blocks], dtype=np.intp)

    def each(self, value: Array | float) -> Array:
        """The hyperparameter ``value`` (lanes, dim), a number a block; shape (lanes, blocks)."""
        return np.asarray(value)[:, self.firsts]

    def sums(self, x: Array) -> Array:
        """Sums over every block of ``x`` (lanes, dim); shape (lanes, blocks)."""
        if len(self.blocks) == 1:
            return np.einsum("ij->i", x)[:, None]  # less than half the time
        return np.add.reduceat(x, self.firsts, axis=1)

    def rms(self, x: Array) -> Array:
        """Root mean square of every block of ``x`` (lanes, dim); shape (lanes, blocks)."""
        return np.sqrt(self.sums(x * x) / self.sizes)

    def spread(self, x: Array) -> Array:
        """Each block's number in ``x`` (lanes, blocks) for all of its parameters; shape (lanes, dim)."""
        return np.repeat(x, self.sizes, axis=1)

    def trusted(self, theta: Array, step: Array, eps: Array | float = 0.0, share: Array | float = 1.0) -> Array:
        """``step`` times share·‖θ‖ / (‖step‖ + ε), block by block; as it is where either length is 0.

        The trust ratio of LARS and LAMB: a layer's step is measured by the layer's own size.
        """
        size, length = (self.spread(np.sqrt(self.sums(x * x))) for x in (theta, step))
        usual = (size != 0.0) & (length != 0.0)
        return np.divide(share * size, length + eps, out=np.ones_like(step), where=usual) * step


class Place(NamedTuple):
    """A block and where its factors stand in the state: those of a matrix in R and C, those of a vector in V."""

    block: Block
    factors: dict[str, slice]


class Factored(Layerwise):
    """State that holds a number a row (R) and a column (C) of each matrix, and one a parameter (V) of the rest."""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        ends: dict[str, int] = {}
        places: list[Place] = []
        for block in self.blocks:
            lengths = dict(zip("RC", block.shape, strict=True)) if len(block.shape) == 2 else {"V": block.shape[0]}
            factors = {letter: slice(ends.get(letter, 0), ends.get(letter, 0) + n) for letter, n in lengths.items()}
            ends |= {letter: part.stop for letter, part in factors.items()}
            places.append(Place(block, factors))
        return tuple(places)

    def unseen(self, lanes: int) -> State:
        """The state before the first gradient: zeros, under the letters that the blocks have need of."""
        letters = {letter for place in self.places for letter in place.factors}
        return {letter: np.zeros((lanes, self._end(letter))) for letter in sorted(letters)}

    def _end(self, letter: str) -> int:
        return max(place.factors[letter].stop for place in self.places if letter in place.factors)
