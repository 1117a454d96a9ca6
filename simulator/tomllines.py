"""On which line of a TOML text each of its values stands, which tomllib does not say.

``lines(text)["page[1].goal.bounds[0].measure"]`` is a line number, counted from 1. The text is one that tomllib has
read, so that this reader only has to find its way, never to judge.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PART = re.compile(r'"(?P<basic>(?:[^"\\]|\\.)*)"|\'(?P<literal>[^\']*)\'|(?P<bare>[A-Za-z0-9_-]+)')
_STRING = re.compile(
    r'"""(?:\\.|"{1,2}(?!")|[^"\\])*"{3,5}|' r"'''(?:'{1,2}(?!')|[^'])*'{3,5}|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]+")


def lines(text: str) -> dict[str, int]:
    """Line by key path, for tables, keys, and the elements of lists and inline tables."""
    reader = _Reader(text)
    with suppress(RecursionError):  # nested as deep as tomllib could still read: what was found so far will do
        reader.document()
    return reader.found


def line_of(path: str, found: Mapping[str, int]) -> int:
    """The line of ``path``, or of the innermost of what it stands in that is there; the first where nothing is."""
    while path and path not in found:
        shorter = re.sub(r"(?:\.[^.\[]+|\[\d+\]|^[^.\[]+)$", "", path)
        path = shorter if shorter != path else path[:-1]  # a stray bracket or dot of a key in quotes
    return found.get(path, 1)


class _Reader:
    def __init__(self, text: str):
        self.text, self.at = text, 0
        self.found: dict[str, int] = {}
        self._counted: Counter[str] = Counter()  # how many tables each list of tables has so far
        self._line, self._seen = 1, 0  # the line at offset `_seen`

    def document(self) -> None:
        table = ""
        self._skip(_BLANK)
        while self.at < len(self.text):
            before = self.at
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
            if self.at == before:  # not TOML after all
                return

    def _header(self) -> str:
        line, listed = self._here(), self.text.startswith("[[", self.at)
        self.at += 2 if listed else 1
        parts = self._key()
        self.at += 2 if listed else 1
        path = ""
        for i, part in enumerate(parts):
            path = f"{path}.{part}" if path else part
            if listed and i == len(parts) - 1:
                self._counted[path] += 1
            self.found.setdefault(path, line)
            if self._counted[path]:
                path = f"{path}[{self._counted[path] - 1}]"
                self.found.setdefault(path, line)
        return path

    def _pair(self, table: str) -> None:
        line, parts = self._here(), self._key()
        self.at += 1  # =
        path = table
        for part in parts:
            path = f"{path}.{part}" if path else part
            self.found.setdefault(path, line)
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: str) -> None:
        if string := _STRING.match(self.text, self.at):
            self.at = string.end()
        elif self.text.startswith("[", self.at):
            self._inside("]", path)
        elif self.text.startswith("{", self.at):
            self._inside("}", path)
        else:
            self._skip(_BARE)

    def _inside(self, end: str, path: str) -> None:
        """The elements of a list, or the pairs of an inline table."""
        self.at += 1
        number = 0
        self._skip(_BLANK)
        while self.at < len(self.text) and not self.text.startswith(end, self.at):
            before = self.at
            if end == "]":
                self.found.setdefault(f"{path}[{number}]", self._here())
                self._value(f"{path}[{number}]")
            else:
                self._pair(path)
            number += 1
            self._skip(_BLANK)
            if self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_BLANK)
            if self.at == before:
                return
        self.at += 1

    def _key(self) -> list[str]:
        """A dotted key and the spaces round it."""
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            if part := _PART.match(self.text, self.at):
                parts.append(part["basic"] or part["literal"] or part["bare"] or "")
                self.at = part.end()
            self._skip(_SPACE)
            if not part or not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if match := pattern.match(self.text, self.at):
            self.at = match.end()

    def _here(self) -> int:
        self._line += self.text.count("\n", self._seen, self.at)
        self._seen = self.at
        return self._line
