"""What a window leaves on disk for the case that its program dies, and the file that holds it.

The file is a race file; a first line, a comment to others, says what else there was: which file the race belongs to,
the race from before a walk in the fog, the lesson and its page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from simulator import racefile
from simulator.param import RaceError
from simulator.race import Race

HEAD = "# optim-race, kept for recovery: "


@dataclass(frozen=True)
class Rescue:
    """race: not saved, or None where all was; path: the file it belongs to; before: what undo comes back to;
    walking: in the fog; lesson: its name, or the whole text of one that has a file of its own; page: which, from 0."""

    race: Race | None = None
    path: Path | None = None
    before: Race | None = None
    walking: bool = False
    lesson: str = ""
    page: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.race or self.lesson)


def dumps(rescue: Rescue) -> str:
    """The text of the file. ``parse(dumps(rescue)) == rescue``."""
    head = {
        "path": str(rescue.path) if rescue.path else "",
        "before": racefile.dumps(rescue.before) if rescue.before else "",
        "walking": rescue.walking,
        "lesson": rescue.lesson,
        "page": rescue.page,
    }
    # ASCII: the name of a file may be no text at all.
    return f"{HEAD}{json.dumps(head)}\n{racefile.dumps(rescue.race) if rescue.race else ''}"


def parse(text: str, where: str = "kept race") -> Rescue:
    """What a file holds; a race file without the first line is a race alone. Raises RaceError."""
    first, _, rest = text.partition("\n")
    head: dict[str, Any] = {}
    if first.startswith(HEAD):
        try:
            given = json.loads(first[len(HEAD) :])
        except (ValueError, RecursionError) as error:
            raise RaceError([f"{where}: its first line is broken"]) from error
        head = cast(dict[str, Any], given) if isinstance(given, dict) else {}
    else:
        rest = text
    path, before = _string(head, "path"), _string(head, "before")
    page = head.get("page")
    return Rescue(
        racefile.parse(rest, where) if rest.strip() else None,
        Path(path) if path else None,
        racefile.parse(before, where) if before else None,
        head.get("walking") is True,
        _string(head, "lesson"),
        page if isinstance(page, int) and page >= 0 else 0,
    )


def _string(head: dict[str, Any], key: str) -> str:
    value = head.get(key)
    return value if isinstance(value, str) else ""
