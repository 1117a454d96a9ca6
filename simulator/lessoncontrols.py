"""The controls of the window that a page of a lesson can leave open, by name."""

from __future__ import annotations

from collections.abc import Iterable

EVERYTHING = "everything"
OF_A_RACER = {
    "schedule": "the schedule of η",
    "clip_norm": "the longest gradient",
    "clip_value": "the largest coordinate of a gradient",
    "restart": "forgetting at a new phase of the schedule",
}
OF_THE_RACE = {
    "landscape": "the landscape and its parameters",
    "noise": "the noise",
    "starts": "the starting points",
    "steps": "the length of the race",
    "seed": "the seed of the noise",
}
CONTROLS = {
    EVERYTHING: "all there is",
    "racers": "adding, removing and choosing racers",
    "coach": "what is wrong with a racer, where a page asks something",
    **OF_A_RACER,
    **OF_THE_RACE,
}
"""Beside the hyperparameters, which go by their own names."""


def opens(controls: Iterable[str], key: str, racer: str = "") -> bool:
    """Whether ``controls`` open the control ``key``, of ``racer`` where it is a racer's."""
    head = key.split(".")[0]
    return not {EVERYTHING, key, head, f"{racer}.{key}", f"{racer}.{head}"}.isdisjoint(controls)
