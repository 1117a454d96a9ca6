"""Where the parameter blocks of θ are, and what belongs to each in what a rule remembers."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from simulator.notation.square import Identity, Matrix
from simulator.optimizer import Block

Value = Any
SIDES = ("L", "R", "G", "A")


class Layout:
    """Cuts values into blocks and puts them together again."""

    def __init__(self, blocks: Sequence[Block], sided: bool = False):
        """``sided``: L, R, G and A, and P_L or Q_L, are square matrices on the sides of blocks, as in Shampoo."""
        self.blocks, self.sided = tuple(blocks), sided
        self.dim = self.blocks[-1].part.stop

    @property
    def layers(self) -> list[slice] | None:
        """The parts that a layer's own norms are taken over; None: there is one."""
        return [block.part for block in self.blocks] if len(self.blocks) > 1 else None

    def of_kind(self, scope: str) -> list[int]:
        """The blocks that are matrices, or vectors."""
        return [i for i, block in enumerate(self.blocks) if (len(block.shape) > 1) == (scope == "matrix")]

    def place(self, coordinate: int) -> tuple[int, tuple[int, ...]]:
        """The block of a coordinate, and where it is in it."""
        at, block = next((i, b) for i, b in enumerate(self.blocks) if coordinate < b.part.stop)
        inside = coordinate - block.part.start
        return at, (divmod(inside, block.shape[1]) if len(block.shape) > 1 else (inside,))

    def cut(self, name: str, value: Value, at: int) -> Value:
        """What ``value`` of ``name`` says of block ``at``, in the block's shape."""
        if isinstance(value, Matrix | Identity) or np.ndim(value) == 0:
            return value
        shape = self._shape(name, at)
        if value.shape[-1] == 1 and self.dim > 1:
            return value.reshape(*value.shape[:-1], *(1,) * len(shape))
        piece = value[..., self._spot(name, value.shape[-1], at)].reshape(*value.shape[:-1], *shape)
        return Matrix(piece) if self.is_square(name) and piece.ndim == 2 else piece

    def joined(self, name: str, old: Value, pieces: dict[int, Value]) -> Value:
        """``old`` with what became of it in some blocks."""
        plain = {at: self._plain(piece, self._shape(name, at)[0]) for at, piece in pieces.items()}
        lead = max((p.shape[: p.ndim - len(self._shape(name, at))] for at, p in plain.items()), key=len, default=())
        size = sum(prod(self._shape(name, at)) for at in pieces) if self.is_square(name) else self.dim
        rest = (
            np.nan if old is None else old if isinstance(old, int | float) else 0.0
        )  # what nobody knows stays unknown
        fresh = np.full((*lead, size), rest)
        whole = fresh if old is None or np.ndim(old) == 0 else np.array(old)
        if whole.shape[-1] == 1 < size:
            whole = np.repeat(whole, size, axis=-1)
        for at, piece in plain.items():
            shape = self._shape(name, at)
            whole[..., self._spot(name, whole.shape[-1], at)] = np.broadcast_to(piece, (*lead, *shape)).reshape(
                *lead, -1
            )
        return whole

    @staticmethod
    def _plain(value: Value, size: int) -> Any:
        if isinstance(value, Identity):
            value = value.like(size)
        return np.asarray(value.whole if isinstance(value, Matrix) else value)

    def has(self, name: str, size: int, at: int) -> bool:
        """Whether an array of ``size`` kept under ``name`` has anything of block ``at``."""
        matrix = len(self.blocks[at].shape) > 1
        if not matrix and name in ("R", "C"):
            return False
        kin = self.of_kind("matrix" if matrix else "vector")
        return size == sum(prod(self._shape(name, i)) for i in kin)

    def is_square(self, name: str) -> bool:
        """Whether ``name`` stands for square matrices on the sides of blocks."""
        return self.sided and name.rpartition("_")[2] in SIDES

    def _shape(self, name: str, at: int) -> tuple[int, ...]:
        """What ``name`` holds of block ``at``: R a number a row, C a number a column, all others one a parameter."""
        rows, columns = (*self.blocks[at].shape, 1)[:2]
        if self.is_square(name):
            size = columns if name[-1] in "RA" else rows
            return size, size
        if len(self.blocks[at].shape) == 1:
            return (rows,)
        return {"R": (rows, 1), "C": (1, columns)}.get(name, (rows, columns))

    def _spot(self, name: str, size: int, at: int) -> slice:
        """Where that stands in an array of ``size``: one of all parameters, or one of blocks of this kind alone."""
        shape, block = self._shape(name, at), self.blocks[at]
        if size == self.dim and shape == block.shape:
            return block.part
        kin = [i for i in self.of_kind("matrix" if len(block.shape) > 1 else "vector") if i < at]
        before = sum(prod(self._shape(name, i)) for i in kin)
        return slice(before, before + prod(shape))
