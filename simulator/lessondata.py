"""A Lesson as plain data, what a lesson file holds, and back, with every fault named by its key path.

A part of a lesson is a table whose keys are the fields of its dataclass. The exceptions: pages, questions and findings
are lists of tables called in the singular, a question has its ``kind``, and a reading is written in the midst of the
question or finding that it belongs to, or as an expression, ``answer`` or ``value``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, cast

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.param import did_you_mean, joined, no_others, shown
from simulator.question import KINDS, Number, Question

FORMAT = 1
_KEYS = {"pages": "page", "questions": "question", "findings": "finding"}
_EXPRESSIONS = {"answer": "answer", "reading": "value"}
_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple": "a list of texts",
}
_STAND_INS: dict[str, Any] = {"str": "", "int": 0}
Table = Mapping[str, Any]


def to_data(lesson: Lesson) -> dict[str, Any]:
    """``lesson`` as plain data; what has its default is left out."""
    return {"format": FORMAT, **_data(lesson)}


def from_data(data: Table, faults: list[str]) -> Lesson:
    """The lesson that ``data`` describes. What cannot be read adds a line to ``faults`` and has a stand-in."""
    reader = _Reader(faults)
    return reader.lesson(data)


def _data(thing: Any) -> dict[str, Any]:
    """A part of a lesson as plain data."""
    data: dict[str, Any] = {}
    if kind := next((name for name, cls in KINDS.items() if type(thing) is cls), ""):
        data["kind"] = kind
    for f in fields(thing):
        value = getattr(thing, f.name)
        if f.name == "name" or (f.default is not MISSING and value == f.default):
            continue
        if f.name in ("answer", "reading"):
            data |= {_EXPRESSIONS[f.name]: value} if isinstance(value, str) else _data(value)
        else:
            data[_KEYS.get(f.name, f.name)] = _value(value)
    return data


def _value(value: Any) -> Any:
    if is_dataclass(value):
        return _data(value)
    return [_value(part) for part in cast("tuple[Any, ...]", value)] if isinstance(value, tuple) else value


class _Reader:
    """Makes a Lesson of plain data. Each fault is noted with its key path, and a stand-in goes on."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults

    def lesson(self, data: Table) -> Lesson:
        if (version := data.get("format", FORMAT)) != FORMAT or type(version) is not int:
            self._say("format", f"must be {FORMAT}, the only format there is so far, got {shown(version)}")
        special = {"race": self._race(data.get("race"), "race"), "pages": self._each(data, "page", "", self._page)}
        if "race" not in data:
            self._say("race", 'is missing: write race = "ravine", a sample, or a table [race] as in a race file')
            special["race"] = {}
        return self._fill(Lesson, data, "", "a lesson", special, {"page", "race", "format"}, {"name"})

    def _page(self, table: Table, where: str) -> Page:
        special: dict[str, Any] = {
            "race": self._race(table["race"], f"{where}.race") if "race" in table else None,
            "goal": self._goal(table["goal"], f"{where}.goal") if "goal" in table else None,
            "prediction": None,
            "questions": self._each(table, "question", where, self._question),
            "findings": self._each(table, "finding", where, self._finding),
        }
        if "prediction" in table:
            inner = self._table(table["prediction"], f"{where}.prediction")
            special["prediction"] = self._question(inner, f"{where}.prediction")
        own = {"race", "goal", "prediction", "question", "finding"}
        return self._fill(Page, table, where, "a page", special, own)

    def _goal(self, given: Any, where: str) -> Goal:
        table = self._table(given, where)
        bounds = self._each(table, "bounds", where, lambda t, at: self._fill(Bound, t, at, "a bound"))
        return self._fill(Goal, table, where, "a goal", {"bounds": bounds}, {"bounds"})

    def _question(self, table: Table, where: str) -> Question:
        kind = table.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            near = did_you_mean(kind, KINDS) if isinstance(kind, str) else ""
            self._say(f"{where}.kind", f"must be one of {', '.join(KINDS)}, got {shown(kind)}{near}")
            return Number("", "0")
        if kind != "number":
            return self._fill(KINDS[kind], table, where, f"a {kind}", {}, {"kind"})
        answer, own = self._reading(table, where, "answer")
        return self._fill(Number, table, where, "a number", {"answer": answer}, {"kind", *own})

    def _finding(self, table: Table, where: str) -> Finding:
        reading, own = self._reading(table, where, "value")
        over = table.get("over")
        divisor = None
        if over is not None:
            divisor = self._fill(Reading, self._table(over, f"{where}.over"), f"{where}.over", "a reading")
        return self._fill(Finding, table, where, "a finding", {"reading": reading, "over": divisor}, {"over", *own})

    def _reading(self, table: Table, where: str, key: str) -> tuple[Reading | str, set[str]]:
        """Written as an expression under ``key``, or as a measure; and the keys that this takes."""
        if key in table and "measure" in table:
            self._say(where, f"has both {key} and measure; one of them is enough")
        if key in table:
            return self._plain("str", table[key], f"{where}.{key}", "0"), {key, "measure"}
        own = {f.name for f in fields(Reading)}
        if "measure" not in table:
            self._say(where, f'needs a measure, or {key} = "…", an expression in numbers')
            return "0", own
        return self._fill(Reading, {k: v for k, v in table.items() if k in own}, where, "a reading"), own

    def _race(self, given: Any, where: str) -> Any:
        if given is None or isinstance(given, (str, dict)):
            return cast("Any", given)
        self._say(where, f"must be a sample's name or a table, got {shown(given)}")
        return {}

    def _fill(
        self,
        cls: type[Any],
        table: Table,
        where: str,
        who: str,
        special: Table | None = None,
        own: Iterable[str] = (),
        never: Iterable[str] = (),
    ) -> Any:
        """A ``cls`` with the values of ``table``. ``special`` has those read already, of the keys ``own``."""
        values = dict(special or {})
        plain = {f.name: f for f in fields(cls) if f.name not in values and f.name not in never}
        known = sorted([*plain, *own])
        no_others(table, known, where, who, self.faults)
        for name, f in plain.items():
            stand_in = _STAND_INS[str(f.type)] if f.default is MISSING else f.default
            if name in table:
                values[name] = self._plain(str(f.type), table[name], joined(where, name), stand_in)
            elif f.default is MISSING:
                self._say(where or name, f"{name} is missing")
                values[name] = stand_in
        return cls(**values)

    def _plain(self, kind: str, value: Any, where: str, stand_in: Any) -> Any:
        """``value`` if it is of that kind, the annotation of a field."""
        if kind == "str" and isinstance(value, str):
            return value
        if kind.startswith("int") and type(value) is int and abs(value) < 10**9:
            return value
        if kind.startswith("float") and type(value) in (int, float) and not math.isnan(value):
            return float(value) if abs(value) < 1e300 or math.isinf(value) else math.inf
        if kind == "bool" and isinstance(value, bool):
            return value
        if kind.startswith("tuple") and isinstance(value, list) and all(isinstance(x, str) for x in cast("Any", value)):
            return tuple(cast("list[str]", value))
        self._say(where, f"must be {_WORDS[kind.split(' ')[0].split('[')[0]]}, got {shown(value)}")
        return stand_in

    def _table(self, given: Any, where: str) -> Table:
        if isinstance(given, dict):
            return cast("Table", given)
        self._say(where, f"must be a table, got {shown(given)}")
        return {}

    def _each(self, table: Table, key: str, where: str, read: Callable[[Table, str], Any]) -> tuple[Any, ...]:
        """What a list of tables holds, each read."""
        given, path = table.get(key, []), joined(where, key)
        if not isinstance(given, list):
            header = re.sub(r"\[\d+\]", "", path)
            self._say(path, f"must be a list of tables, written [[{header}]], got {shown(given)}")
            return ()
        return tuple(
            read(self._table(t, f"{path}[{i}]"), f"{path}[{i}]") for i, t in enumerate(cast("list[Any]", given))
        )

    def _say(self, where: str, what: str) -> None:
        self.faults.append(f"{where}: {what}")
