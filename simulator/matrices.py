"""What rules that see theta as matrices have in common. Stacks of matrices are (lanes, rows, columns)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from simulator.layerwise import Layerwise
from simulator.optimizer import Array, Block, State


def shape(block: Block) -> tuple[int, int]:
    """Rows and columns of a block: a vector is one column, further axes lie side by side."""
    return block.shape[0], math.prod(block.shape[1:])


def stacked(x: Array, block: Block) -> Array:
    """The block's part of ``x`` (lanes, dim) as matrices."""
    return x[:, block.part].reshape(len(x), *shape(block))


def eigh(stack: Array) -> tuple[Array, Array]:
    """Eigenvalues, rising, and eigenvectors of symmetric matrices; nan of one not finite, or on which LAPACK fails."""
    fine = np.isfinite(stack).all(axis=(1, 2))
    values, vectors = np.full(stack.shape[:2], np.nan), np.full_like(stack, np.nan)
    try:
        values[fine], vectors[fine] = np.linalg.eigh(stack[fine])
    except np.linalg.LinAlgError:  # raised for all because of one, its entries hundreds of powers of ten apart
        if len(stack) > 1:
            halves = eigh(stack[: len(stack) // 2]), eigh(stack[len(stack) // 2 :])
            return np.concatenate([half[0] for half in halves]), np.concatenate([half[1] for half in halves])
    return values, vectors


def power(stack: Array, exponent: float) -> Array:
    """Symmetric matrices to a negative power; directions of eigenvalue 0, which nothing was seen of, become 0."""
    values, vectors = eigh(stack)
    size = np.abs(values)
    size = np.power(size, exponent, out=np.zeros_like(size), where=size != 0.0)
    return (vectors * size[:, None]) @ vectors.swapaxes(1, 2)


class Side(NamedTuple):
    """Rows (axis 0) or columns (1) of a block that has ``of`` sides; where its square matrix is in the state."""

    block: Block
    axis: int
    of: int
    size: int
    letter: str
    place: slice

    def matrix(self, state: State, mark: str = "") -> Array:
        """This side's square matrices, (lanes, size, size), under its letter and ``mark``."""
        return state[self.letter + mark][:, self.place].reshape(-1, self.size, self.size)


class Sided(Layerwise):
    """State with a square matrix for each side of each matrix, of its rows and of its columns, and one a vector.

    A letter's matrices stand flat, one after the other, in one array of the state, (lanes, numbers).
    """

    of_matrix: ClassVar[str] = "LR"  # the letters of rows and of columns
    of_vector: str = "G"  # empty where a vector has no side

    @cached_property
    def sides(self) -> tuple[tuple[Block, tuple[Side, ...]], ...]:
        """Each block with its sides: two, or one of a vector, or none."""
        ends: dict[str, int] = {}
        found: list[tuple[Block, tuple[Side, ...]]] = []
        for block in self.blocks:
            letters = self.of_matrix if len(block.shape) > 1 else self.of_vector
            mine: list[Side] = []
            for axis, letter in enumerate(letters):
                size, begin = shape(block)[axis], ends.get(letter, 0)
                ends[letter] = begin + size * size
                mine.append(Side(block, axis, len(letters), size, letter, slice(begin, ends[letter])))
            found.append((block, tuple(mine)))
        return tuple(found)

    def gathered(self, square: Callable[[Side], Array], mark: str = "") -> State:
        """What ``square`` makes of each side, (lanes, size, size), as part of a state."""
        parts: dict[str, list[Array]] = {}
        for _, sides in self.sides:
            for side in sides:
                made = square(side)
                parts.setdefault(side.letter + mark, []).append(made.reshape(len(made), -1))
        return {letter: np.concatenate(some, axis=1) for letter, some in parts.items()}

    def squares(self, x: Array) -> State:
        """M·Mᵀ of the rows and Mᵀ·M of the columns of each block M of ``x`` (lanes, dim)."""

        def square(side: Side) -> Array:
            stack = stacked(x, side.block)
            turned = stack.swapaxes(1, 2)
            return stack @ turned if side.axis == 0 else turned @ stack

        return self.gathered(square)

    def applied(self, x: Array, square: Callable[[Side], Array]) -> Array:
        """``x`` (lanes, dim), each block multiplied from each of its sides by what ``square`` makes of that side."""
        out = np.empty_like(x)
        for block, sides in self.sides:
            stack = stacked(x, block)
            for side in sides:
                stack = square(side) @ stack if side.axis == 0 else stack @ square(side)
            out[:, block.part] = stack.reshape(len(x), -1)
        return out
