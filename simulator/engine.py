"""The lockstep engine: pure NumPy, every entrant one step at a time, nobody waits and nobody is helped.

All questions of a step are answered by one call of the landscape. What does not steer the dynamics (loss, gradient
norm, status) is left to the referee, a block of steps at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape
from simulator.lanes import PACK, Pack, packs
from simulator.noise import noise_block
from simulator.optimizer import Curvature, State
from simulator.race import Race
from simulator.recording import Recording
from simulator.referee import Referee

Array = NDArray[np.float64]
BLOCK = 64  # steps between two looks of the referee; noise is drawn by the block


class Engine:
    """Advances one race and records it. However n steps are cut up, ``advance`` gives the same bits."""

    def __init__(self, race: Race):
        self.race = race
        start = np.tile(np.asarray(race.starts, dtype=np.float64), (len(race.entrants), 1))
        self.packs = packs(race, start)
        self.recording = _blank(race, self.packs)
        self.recording.theta[0] = start
        self.referee = Referee(self.recording)
        with np.errstate(all="ignore"):
            self.referee.judge(0, 0)

    @property
    def step(self) -> int:
        return self.recording.done

    def advance(self, n: int) -> Recording:
        """Take up to ``n`` more steps, stopping at the end of the race. Returns the recording, which has grown."""
        end = min(self.step + max(n, 0), self.race.steps)
        with np.errstate(all="ignore"):
            while self.step < end:
                first = self.step
                stop = min(end, (first // BLOCK + 1) * BLOCK)
                for pack in self.packs:
                    self._advance(pack, first, stop)
                self.referee.judge(first + 1, stop)
                self.recording.done = stop
        return self.recording

    def run(self) -> Recording:
        """All the steps that are left."""
        return self.advance(self.race.steps)

    def _advance(self, pack: Pack, first: int, stop: int) -> None:
        record, landscape = self.recording, self.race.landscape
        noise = noise_block(self.race, pack.lanes, first // BLOCK, BLOCK)
        grads = [_step(pack, k, landscape, None if noise is None else noise[k % BLOCK]) for k in range(first, stop)]
        if record.grad is not None:
            record.grad[first:stop, pack.lanes] = grads
        rows = slice(first + 1, stop + 1)
        for group in pack.groups:
            record.theta[rows, group.lanes] = group.path
            asked = np.cumsum(group.asked, dtype=np.int32)
            record.evals[rows, group.lanes] = record.evals[first, group.lanes] + asked[:, None]
            for letter, values in group.kept.items():
                values[rows] = [state[letter] for state in group.states]
            group.forget()


def _step(pack: Pack, k: int, landscape: Landscape, draw: Array | None) -> Array:
    """One lockstep step of a pack: ask, answer, go. Returns the first gradients answered, ``(lanes, dim)``."""
    rules = [group.rule.step(group.theta, group.state, group.lr(k), k + 1) for group in pack.groups]
    asks = [next(rule) for rule in rules]
    grads = landscape.grad(np.concatenate([_point(ask) for ask in asks]))
    if draw is not None:
        grads = grads + draw
    for group, rule, ask in zip(pack.groups, rules, asks, strict=True):
        grad = grads[group.part]
        if group.clip is not None:
            grad = grads[group.part] = _clipped(grad, group.clip)
        asked = 1
        try:
            while True:
                ask = rule.send((grad, landscape.hess(ask.theta)) if type(ask) is Curvature else grad)
                # A second question in one step meets the same draw: it is the same mini-batch.
                grad = landscape.grad(_point(ask))
                if draw is not None:
                    grad = grad + (draw if len(draw) == 1 else draw[group.part])
                if group.clip is not None:
                    grad = _clipped(grad, group.clip)
                asked += 1
        except StopIteration as gone:
            group.theta, group.state = gone.value
        group.path.append(group.theta)
        group.states.append(group.state)
        group.asked.append(asked)
    return grads


def _point(ask: Any) -> Array:
    return ask.theta if type(ask) is Curvature else ask


def _clipped(grad: Array, limit: Array) -> Array:
    """``grad`` with lanes longer than ``limit`` shortened to it.

    Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks. torch's form divides by
    the norm plus 1e-6 and so ends a little short of the limit.
    """
    norm = np.sqrt(np.einsum("ij,ij->i", grad, grad))[:, None]
    return np.where(norm > limit, grad * (limit / norm), grad)


def _blank(race: Race, packs: list[Pack]) -> Recording:
    """Room for the whole race; the pages of it that are never written cost nothing.

    A crowd that does not fit one pack is watched for where it goes, not for what each lane remembers.
    """
    rows, lanes, dim = race.steps + 1, race.lanes, race.landscape.dim
    crowd = lanes > PACK
    starts = len(race.starts)
    states: list[State] = [{} for _ in race.entrants]
    for group in [] if crowd else packs[0].groups:
        for letter, value in group.state.items():
            group.kept[letter] = kept = np.empty((rows, *value.shape))
            kept[0] = value
            for i in range(0, len(group.lanes), starts):
                states[group.lanes[i] // starts][letter] = kept[:, i : i + starts]
    return Recording(
        race=race,
        done=0,
        theta=np.empty((rows, lanes, dim)),
        loss=np.empty((rows, lanes)),
        grad_norm=np.empty((rows, lanes)),
        status=np.empty((rows, lanes), dtype=np.int8),
        since=np.empty((rows, lanes), dtype=np.int32),
        evals=np.zeros((rows, lanes), dtype=np.int32),
        grad=None if crowd else np.empty((race.steps, lanes, dim)),
        states=None if crowd else states,
    )
