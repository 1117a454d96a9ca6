"""Rules made at random have the same bits whether they are asked or told, among few lanes and in a crowd."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.moments import Bias
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.pack import FEW, Pack
from simulator.race import Entrant, Noise, Race
from simulator.schedules import SCHEDULES

ONE = (np.sqrt, np.square, np.negative, np.absolute, np.sign)
TWO = (np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum)
GIVEN = ("lr", "half", "bias", "next bias")  # which are no place to go to
RATES = Bias(0.9)


class Dice(random.Random):
    def operations(self, known: list[str], most: int, mark: str) -> list[tuple[str, Any, list[str]]]:
        """What is computed in turn of what is ``known``, which grows by it."""
        made: list[tuple[str, Any, list[str]]] = []
        for i in range(self.randint(0, most)):
            one = self.random() < 0.3
            of = [self.choice(known if self.random() < 0.5 else known[-5:]) for _ in range(1 if one else 2)]
            of[0] = self.choice([name for name in known if name not in GIVEN])
            made.append((f"{mark}{i}", self.choice(ONE if one else TWO), of))
            known.append(made[-1][0])
        return made

    def rule(self) -> type[Optimizer]:
        letters = "abc"[: self.randint(0, 3)]
        first = [self.choice((0.0, 1.0, -0.5)) for _ in letters]
        known = [*GIVEN, "theta", *letters]
        before = self.operations(known, 3, "before")
        ask = self.choice(known[len(GIVEN) :])
        known.append("grad")
        after = self.operations(known, 9, "after")
        goes, *keeps = (self.choice(known[len(GIVEN) :][-6:]) for _ in range(1 + len(letters)))
        bounded = self.random() < 0.7

        class Rule(OPTIMIZERS["sgd"]):  # type: ignore[misc, valid-type]
            def init(self, theta: Any) -> Any:
                return {letter: np.full_like(theta, value) for letter, value in zip(letters, first, strict=True)}

            def step(self, theta: Any, state: Any, lr: Any, t: Any) -> Any:
                here = {"lr": lr, "half": 0.5, "bias": RATES.at(t), "next bias": RATES.at(t + 1), "theta": theta}
                here |= state
                for name, operation, of in before:
                    here[name] = operation(*(here[it] for it in of))
                here["grad"] = yield here[ask]
                for name, operation, of in after:
                    here[name] = operation(*(here[it] for it in of))
                end = theta - 0.01 * np.minimum(np.maximum(here[goes], -1.0), 1.0) if bounded else here[goes]
                return end, {letter: here[name] for letter, name in zip(letters, keeps, strict=True)}

        return Rule

    def race(self) -> Race:
        rules = [rule for rule in (self.rule() for _ in range(self.randint(1, 3))) for _ in range(self.randint(1, 2))]
        entrants = tuple(
            Entrant(rule(lr=0.01 + 0.01 * i), f"{i}", SCHEDULES[self.choice(("constant", "cosine"))](), stream=i)
            for i, rule in enumerate(rules)
        )
        starts = tuple((0.5 + 0.01 * i, 1.5 - 0.003 * i) for i in range(self.choice((1, 3, FEW + 1, 2 * FEW + 1))))
        noise = self.choice((Noise(), Noise(0.1)))
        return Race(LANDSCAPES["himmelblau"](), entrants, starts, noise, steps=self.choice((4, 25)))


@pytest.mark.parametrize("seed", range(100))
def test_a_rule_made_at_random_has_the_bits_of_its_program(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    race = Dice(seed).race()
    engine = Engine(race)
    assert all(group.program is not None for pack in engine.packs for group in pack.groups)
    told = engine.run()
    monkeypatch.setattr(Pack, "follow_programs", lambda _: None)
    asked = Engine(race).run()
    assert np.array_equal(told.theta, asked.theta, equal_nan=True)
    for mine, theirs in zip(told.states, asked.states, strict=True):
        assert mine.keys() == theirs.keys()
        assert all(np.array_equal(mine[letter], theirs[letter], equal_nan=True) for letter in mine)
