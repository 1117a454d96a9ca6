"""Programs that save again and again, for `test_killed` to kill: KIND FOLDER. Each says its number at its start."""

from __future__ import annotations

import os
import sys
from itertools import cycle
from pathlib import Path

from simulator import files, png_text, racefile, rescue
from tests.pictures import minimal_png


def contents(kind: str) -> list[bytes]:
    """The two files that take each other's place, each of a size that takes a disk its time."""
    small = racefile.find("ravine")
    large = small
    for i in range(10):
        large = large.with_new(large.entrants[i % 3].optimizer, f"Racer {i}")
    texts = [racefile.dumps(race) for race in (small, large)]
    if kind == "rescue":
        return [rescue.dumps(rescue.Rescue(race, Path("mine.toml"), small)).encode() for race in (small, large)]
    if kind == "png":
        return [png_text.insert(minimal_png(), text) for text in texts]
    return [text.encode() for text in texts]


def save_for_ever(target: Path, whole: list[bytes]) -> None:
    for i, content in enumerate(cycle(whole)):
        files.write(target, content)
        if i == 1:
            print(os.getpid(), flush=True)


if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    whole = contents(kind)
    for _ in sys.stdin:  # a program a line: a fork costs less than a start
        child = os.fork()
        if not child:
            save_for_ever(Path(folder) / f"a.{kind}", whole)
        os.waitpid(child, 0)
        print("dead", flush=True)
