"""How long repeats take: 6 entrants, 20 seeds, 500 noisy steps."""

import time
from dataclasses import replace

from simulator import racefile
from simulator.race import Noise
from simulator.studies.repeats import repeats


def test_repeats_of_six_entrants():
    race = racefile.find("ravine")
    race = replace(race, noise=Noise(sigma=0.5), steps=500)
    while len(race.entrants) < 6:
        race = race.with_new(race.entrants[-1].optimizer)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        repeats(race, 20)
        times.append(time.perf_counter() - begin)
    print(f"\nrepeats, 6 entrants × 20 seeds × 500 steps: {min(times) * 1e3:.0f} ms, slowest {max(times) * 1e3:.0f} ms")
