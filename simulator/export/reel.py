"""Which steps a movie shows, and for how long: the last one is always there, and held."""

from __future__ import annotations

from dataclasses import dataclass

HOLD = 2.0  # seconds that the last step stays before the movie begins anew
LEAST, MOST = 4.0, 12.0  # seconds of a movie whose length nobody gave, the hold aside


@dataclass(frozen=True)
class Reel:
    """``ticks[i]`` is the step on screen from ``i / fps`` seconds on; a step may stay for several."""

    ticks: tuple[int, ...]
    fps: int

    @property
    def seconds(self) -> float:
        return len(self.ticks) / self.fps + HOLD

    @property
    def runs(self) -> list[tuple[int, float]]:
        """Each step shown, and the second from which it is; the hold comes after the last one."""
        before = (-1, *self.ticks)
        return [(step, i / self.fps) for i, step in enumerate(self.ticks) if step != before[i]]


def reel(first: int, last: int, fps: int, frames: int | None = None) -> Reel:
    """Steps ``first`` … ``last`` evenly over ``frames`` frames.

    Where ``frames`` is None: a frame a step, if that makes neither a blink nor a wait.
    """
    if frames is None:
        frames = min(max(last - first + 1, round(LEAST * fps)), round(MOST * fps))
    way = max(1, frames - 1)
    return Reel((*(first + round((last - first) * (i / way)) for i in range(frames - 1)), last), fps)
