"""Steps that a person chose."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.optimizer import Array, Cost, Optimizer, Rule, State
from simulator.param import RaceError, number, param

MOST = 64  # moves: more than anybody clicks


@dataclass(frozen=True)
class ByHand(Optimizer):
    """Goes where a person sent it: in every step by η times h, the slope that person chose to go down.

    Every step costs a gradient, as the person felt the slope before choosing. After the last move it stands still. A
    move of fewer numbers than the landscape has coordinates leaves the others as they are; numbers too many count for
    nothing.
    """

    title = "By hand"
    year = 2026
    family = "first-order"
    cost = Cost(buffers=1)
    source = "Whoever walked, since 2026"
    formula = "h ← the slope chosen for this step\nθ ← θ − η·h"

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="How long every move is: twice the η, twice as far.")
    moves: str = param("h", "", scale="text", doc="The moves: numbers apart by spaces, moves by semicolons.")

    def __post_init__(self) -> None:
        """Raises RaceError with the move that is none."""
        read_moves(self.moves)

    def init(self, theta: Array) -> State:
        return {"h": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        yield theta
        h, moves = np.zeros_like(theta), read_moves(self.moves)
        if t <= len(moves):
            move = moves[t - 1][: theta.shape[1]]
            h[:, : len(move)] = move
        return theta - lr * h, {"h": h}


@lru_cache(maxsize=64)
def read_moves(text: str) -> tuple[tuple[float, ...], ...]:
    """The moves written in ``text``, as in ``"3 −1.5; 0.2 0"``; RaceError where one is none or there are too many."""
    parts = [part.split() for part in text.replace("−", "-").split(";")] if text.strip() else []
    if len(parts) > MOST:
        raise RaceError([f"moves: there can be {MOST} at most, got {len(parts)}"])
    return tuple(tuple(_coordinate(word, i) for word in part) for i, part in enumerate(parts, start=1))


def _coordinate(word: str, move: int) -> float:
    try:
        return number(float(word), -1e12, 1e12)
    except ValueError:
        raise RaceError([f"moves: move {move} must be numbers from -1e+12 to 1e+12, got {word!r}"]) from None
