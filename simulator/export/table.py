"""The end of a race as a table: plain data, and JSON."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, cast

import numpy as np

from simulator import __version__, racefile
from simulator.export.formats import Shot
from simulator.recording import Recording


@dataclass(frozen=True)
class Row:
    """How one lane stands at one step."""

    entrant: str  # label
    start: int
    status: str  # in words
    status_step: int  # the step at which that status began
    gap: float  # f − f*; the loss itself where no minimum is known
    grad_norm: float
    grad_evals: int
    theta: list[float]
    loss: float
    mean_gap: float | None  # on a landscape that moves, the mean from the start to here: how well it was followed


def rows(recording: Recording, step: int | None = None) -> list[Row]:
    """A row per lane at ``step``, the last one by default, in the order of the lanes."""
    k = recording.done if step is None else step
    floor, moving = recording.floor or 0.0, recording.race.landscape.moving
    gap, standing = (recording.loss[k] - floor).tolist(), (recording.standing(k) - floor).tolist()
    table: list[Row] = []
    for e, entrant in enumerate(recording.race.entrants):
        for s in range(len(recording.race.starts)):
            lane = recording.lane(e, s)
            status, since = recording.status_at(k, lane)
            table.append(
                Row(
                    entrant=entrant.label,
                    start=s,
                    status=status.words,
                    status_step=since,
                    gap=gap[lane],
                    grad_norm=float(recording.grad_norm[k, lane]),
                    grad_evals=int(recording.evals[k, lane]),
                    theta=recording.theta[k, lane].tolist(),
                    loss=float(recording.loss[k, lane]),
                    mean_gap=standing[lane] if moving else None,
                )
            )
    return table


def heads(recording: Recording) -> list[str]:
    """What stands above the columns of `cells`."""
    measured = "loss" if recording.floor is None else "loss − minimum"
    if recording.race.landscape.moving:
        measured = f"mean {measured}"
    return ["entrant", "status", "since step", measured, "‖gradient‖", "gradients"]


def cells(recording: Recording, step: int | None = None) -> Iterator[list[str]]:
    """`rows` as people read them."""
    many = len(recording.race.starts) > 1
    for row in rows(recording, step):
        label = f"{row.entrant}, start {row.start}" if many else row.entrant
        gap = row.gap if row.mean_gap is None else row.mean_gap
        yield [
            label, row.status, f"{row.status_step:,}", f"{gap:.4g}", f"{row.grad_norm:.4g}", f"{row.grad_evals:,}"
        ]  # fmt: skip


def to_json(recording: Recording) -> str:
    """The last rows, the race and the versions that ran it. Strict JSON: a number that is not finite becomes null."""
    document = {
        "format": 1,
        "step": recording.done,
        "minimum": recording.floor,
        "results": [asdict(row) for row in rows(recording)],
        "race": racefile.to_data(recording.race),
        "versions": {"optim-race": __version__, "python": platform.python_version(), "numpy": np.__version__},
    }
    return json.dumps(_finite(document), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def export(shot: Shot, stream: BinaryIO) -> Generator[float]:
    """See `simulator.export.formats.Format.writer`."""
    stream.write(to_json(shot.recording).encode())
    yield 1.0


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_finite(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in cast("dict[str, Any]", value).items()}
    return value
