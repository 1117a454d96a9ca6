"""A recording as CSV: one header row, no comment lines, a row per entrant, start and step."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from simulator.recording import Recording, Status

CHUNK = 4096  # rows turned into text at a time
WORDS = [status.words for status in Status]


def header(dim: int) -> str:
    return ",".join(["entrant,start,step,lr", *(f"theta_{i}" for i in range(dim)), "loss,grad_norm,status"])


def write_csv(recording: Recording, stream: BinaryIO) -> None:
    """Write rows 0 … ``recording.done`` of every lane to ``stream``, as UTF-8.

    ``entrant`` is the label, quoted where it must be; floats have the fewest digits that read back the same; ``lr`` is
    the rate of the step that leaves the row's point, empty in the last row.
    """
    stream.write((header(recording.race.landscape.dim) + "\n").encode())
    for e, entrant in enumerate(recording.race.entrants):
        label = _quoted(entrant.label)
        for s in range(len(recording.race.starts)):
            for text in _rows(recording, e, s, f"{label},{s}"):
                stream.write(text.encode())


def _rows(recording: Recording, e: int, s: int, prefix: str) -> Iterator[str]:
    lane, end = recording.lane(e, s), recording.done
    for first in range(0, end + 1, CHUNK):
        rows = slice(first, min(first + CHUNK, end + 1))
        theta = recording.theta[rows, lane]
        lr = [repr(rate) for rate in recording.lr[rows, e].tolist()]
        if rows.stop == end + 1:
            lr[-1] = ""
        columns = zip(
            range(rows.start, rows.stop),
            lr,
            (",".join(map(repr, point)) for point in theta.tolist()),
            recording.loss[rows, lane].tolist(),
            recording.grad_norm[rows, lane].tolist(),
            recording.status[rows, lane].tolist(),
            strict=True,
        )
        yield "".join(
            [
                f"{prefix},{step},{rate},{point},{loss!r},{slope!r},{WORDS[status]}\n"
                for step, rate, point, loss, slope, status in columns
            ]
        )


def _quoted(label: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([label])
    return line.getvalue()
