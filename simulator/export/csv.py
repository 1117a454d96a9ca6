"""A recording as CSV: one header row, no comment lines, a row per entrant, start and step."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from itertools import repeat
from typing import BinaryIO

from simulator.export.formats import Shot
from simulator.recording import Recording, Status

CHUNK = 4096  # rows turned into text at a time
WORDS = [status.words for status in Status]


def header(dim: int) -> str:
    return ",".join(["entrant,start,step,lr", *(f"theta_{i}" for i in range(dim)), "loss,grad_norm,status"])


def write_csv(recording: Recording, stream: BinaryIO) -> None:
    """Write rows 0 … ``recording.done`` of every lane to ``stream``, see `chunks`."""
    for text in chunks(recording):
        stream.write(text.encode())


def chunks(recording: Recording) -> Iterator[str]:
    """Rows 0 … ``recording.done`` of every lane below their header, some thousands at a time.

    ``entrant`` is the label, quoted where it must be; floats have the fewest digits that read back the same; ``lr`` is
    the rate of the step that leaves the row's point, empty in the last row.
    """
    yield header(recording.race.landscape.dim) + "\n"
    for e, entrant in enumerate(recording.race.entrants):
        label = quoted(entrant.label)
        for s in range(len(recording.race.starts)):
            yield from _rows(recording, e, s, f"{label},{s}")


def export(shot: Shot, stream: BinaryIO) -> Generator[float]:
    """See `simulator.export.formats.Format.writer`."""
    rows = shot.recording.race.lanes * (shot.recording.done + 1)
    for n, text in enumerate(chunks(shot.recording)):
        stream.write(text.encode())
        yield min(1.0, n * CHUNK / rows)


def _rows(recording: Recording, e: int, s: int, prefix: str) -> Iterator[str]:
    """Text a chunk of rows at a time; column by column, which leaves the loops to the interpreter's own C."""
    lane, end = recording.lane(e, s), recording.done
    for first in range(0, end + 1, CHUNK):
        rows = slice(first, min(first + CHUNK, end + 1))
        rates = recording.lr[rows, e].tolist()
        words = {rate: repr(rate) for rate in set(rates)}  # most schedules repeat themselves
        lr = [words[rate] for rate in rates]
        if rows.stop == end + 1:
            lr[-1] = ""
        floats = [*recording.theta[rows, lane].T, recording.loss[rows, lane], recording.grad_norm[rows, lane]]
        columns = [map(repr, column.tolist()) for column in floats]
        status = map(WORDS.__getitem__, recording.status[rows, lane].tolist())
        steps = map(str, range(first, rows.stop))
        lines = map(",".join, zip(repeat(prefix), steps, lr, *columns, status, strict=False))
        yield "\n".join(lines) + "\n"


def quoted(label: str) -> str:
    """``label`` as a cell."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([label])
    return line.getvalue()
