"""A scan as CSV: one header row, no comment lines, a row a run; and where there are several, their median."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulator.export.csv import quoted
from simulator.studies.scan import Scan


def header(scan: Scan) -> str:
    return ",".join(["entrant", *(axis.key for axis in scan.axes), "start", "seed", scan.metric, "diverged", "outside"])


def chunks(scan: Scan) -> Iterator[tuple[float, str]]:
    """The share done, and the text of one entrant's values more.

    Floats have the fewest digits that read back the same; ``diverged`` is 1 where a run has diverged, ``outside`` where
    it ended outside a box beyond which lie lower values. A median, which has "median" for its seed and no start, counts
    these as infinite: there the two say whether most diverged, and whether it does not count as so many are outside.
    """
    yield 0.0, header(scan) + "\n"
    many = scan.value.shape[-1] > 1
    ends = [(str(start), str(seed)) for start in range(len(scan.race.starts)) for seed in scan.seeds]
    cells = list(np.ndindex(scan.score.shape[1:]))
    done, total = 0, len(scan.who) * len(cells)
    for row, entrant in enumerate(scan.entrants):
        label = quoted(entrant.label)
        for cell in cells:
            values = (axis.values[i] for axis, i in zip(scan.axes, cell, strict=True))
            prefix = ",".join([label, *(_text(value) for value in values)])
            at = (row, *cell)
            runs = zip(ends, *(kept[at].tolist() for kept in (scan.value, scan.lost, scan.outside)), strict=True)
            lines = [f"{prefix},{start},{seed},{value!r},{lost:d},{out:d}" for (start, seed), value, lost, out in runs]
            if many:
                lines.append(f"{prefix},,median,{float(scan.score[at])!r},{scan.diverged[at]:d},{scan.left[at]:d}")
            done += 1
            yield done / total, "\n".join(lines) + "\n"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else quoted(value) if isinstance(value, str) else repr(value)
