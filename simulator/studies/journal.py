"""What a league has finished, on disk: a line an outcome, so that nothing is raced twice after a kill.

A line is the sum of its content, its key and its outcome. One that was cut short, by a kill or a full disk, does not
have the sum that it says, and counts as never written. Several programs may add to one file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from simulator import files, folders
from simulator.files import FileError
from simulator.studies.leaguecell import Outcome

ENDING = ".journal"
SUM = 16  # letters of a line's sum
LARGEST = 512_000_000  # bytes
KEEP = 32_000_000  # bytes of a file in which outcomes of other leagues may stay


class Journal:
    """The outcomes finished so far, by key; ``add`` writes those of a cell in one go."""

    def __init__(self, path: Path | None, *, fresh: bool = False):
        """Of the file ``path``, which need not be there; None keeps them in memory alone. ``fresh``: what is there is
        removed unread. Raises FileError.
        """
        self.path = path
        self._known: dict[str, bytes] = {}  # as they are written, so that a large file is soon read
        self._sound = True
        if fresh:
            self.forget()
        elif path is not None and path.exists():
            self._read(files.read(path, LARGEST))

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def __getitem__(self, key: str) -> Outcome:
        return Outcome(**json.loads(self._known[key]))

    def __len__(self) -> int:
        return len(self._known)

    def _read(self, content: bytes) -> None:
        self._sound = not content or content.endswith(b"\n")
        for line in content.split(b"\n"):
            total, _, rest = line.partition(b" ")
            if total.decode(errors="replace") != _sum(rest):
                continue
            key, _, data = rest.partition(b" ")
            self._known[key.decode()] = data

    def add(self, outcomes: Iterable[tuple[str, Outcome]]) -> None:
        """Raises FileError where they cannot be written."""
        new = {key: json.dumps(outcome.data(), separators=(",", ":")).encode() for key, outcome in outcomes}
        self._known |= new
        lines = _lines(new)
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab", buffering=0) as stream:
                left = lines if self._sound else b"\n" + lines
                while left:  # a disk that is nearly full takes a part, and says what is wrong the next time
                    left = left[stream.write(left) :]
                os.fsync(stream.fileno())
            self._sound = True
        except OSError as error:
            self._sound = False
            raise FileError("write", self.path, error) from error

    def forget(self) -> None:
        """Begin anew."""
        self._known.clear()
        self._sound = True
        if self.path is not None:
            try:
                self.path.unlink(missing_ok=True)
            except OSError as error:
                raise FileError("remove", self.path, error) from error

    def tidy(self, keys: Iterable[str]) -> None:
        """Drop what no longer belongs to the league with these ``keys``, if the file has become large."""
        if self.path is None or not self.path.exists() or self.path.stat().st_size <= KEEP:
            return
        self._read(files.read(self.path, LARGEST))  # what others have added meanwhile
        wanted = set(keys)
        self._known = {key: data for key, data in self._known.items() if key in wanted}
        files.write(self.path, _lines(self._known))


def place(league_file: Path) -> Path:
    """Where the journal of that file is kept: among what the program may lose."""
    where = str(league_file.resolve())
    name = f"{league_file.name.split('.')[0][:40]}-{hashlib.sha256(where.encode()).hexdigest()[:12]}{ENDING}"
    return folders.cache_folder() / "leagues" / name


def _lines(known: dict[str, bytes]) -> bytes:
    rests = [key.encode() + b" " + data for key, data in known.items()]
    return b"".join(_sum(rest).encode() + b" " + rest + b"\n" for rest in rests)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:SUM]
