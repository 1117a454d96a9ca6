"""What was read off a race and what was asked for, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable

from simulator.words import short_text

EVENTS = {  # measures that are steps: what happens then
    "arrival": ("arrive", "arrives"),
    "diverged": ("diverge", "diverges"),
    "left": ("leave the view", "leaves the view"),
    "below": ("get that low", "gets that low"),
}
SENTENCES = {
    "loss": "the loss of {who} is {value}",
    "best": "the lowest loss of {who} is {value}",
    "peak": "the highest loss of {who} is {value}",
    "rises": "the loss of {who} rises {value} times",
    "distance": "{who} is {value} from the minimum",
    "overshoot": "{who} goes {value} past the minimum",
    "turns": "{who} turns back {value} times",
    "travelled": "the path of {who} is {value} long",
    "curvature": "the curvature where {who} is comes to {value}",
    "hover": "{who} hovers at {value}",
    "spread": "the last positions of {who} have a spread of {value}",
    "scatter": "the gradients of {who} have a scatter of {value}",
    "lr": "η of {who} is {value}",
    "x": "{who} is at x = {value}",
    "y": "{who} is at y = {value}",
    "move.x": "the step of {who} along x is {value}",
    "move.y": "the step of {who} along y is {value}",
}


def told(measure: str, who: str, value: float) -> str:
    """What was read: "SGD arrives at step 31", "SGD turns back 3 times"."""
    if measure in EVENTS:
        verb, verbs = EVENTS[measure]
        return f"{who} {verbs} at step {value:,.0f}" if math.isfinite(value) else f"{who} does not {verb}"
    if math.isnan(value):
        return f"{who} is lost"
    sentence = SENTENCES.get(measure, f"{measure.replace('_', ' ')} of {{who}} is {{value}}")
    return sentence.format(who=who, value=short_text(value)).replace(" 1 times", " once")


def wanted(measure: str, limits: Iterable[tuple[str, float]]) -> str:
    """What was asked for: "by step 60", "from 2 to 3". Of each limit the word: at most, at least, less than, more than;
    and the number."""
    asked = dict(limits)
    if measure not in EVENTS and asked.keys() == {"at most", "at least"}:
        return f"from {short_text(asked['at least'])} to {short_text(asked['at most'])}"
    return " and ".join(_limit(measure, word, number) for word, number in asked.items())


def _limit(measure: str, word: str, value: float) -> str:
    if measure not in EVENTS:
        return f"{word} {short_text(value)}"
    if not math.isfinite(value):
        return "never" if word in ("at least", "more than") else "at all"
    words = {"at most": "by step", "at least": "not before step", "less than": "before step", "more than": "after step"}
    return f"{words[word]} {value:,.0f}"
