"""The failure coach: names one thing that is wrong with a racer, from its recording alone, and one change to try.

It reads a recording up to a step and never races. What cannot be told apart from one lane is said in the help
(assets/help/diagnosis.md): a slow racer with noise may be a crawl or a floor, and the nearer one is named.
"""

from __future__ import annotations

import numpy as np

from simulator.diagnose.causes import told
from simulator.diagnose.diagnosis import FAILURES, FINE, KINDS, Change, Diagnosis, beside, changed, forkable, forked
from simulator.diagnose.remedies import NONE, remedy
from simulator.diagnose.verdict import verdict
from simulator.diagnose.window import Window
from simulator.recording import Recording

__all__ = ["FAILURES", "FINE", "KINDS", "Change", "Diagnosis", "beside", "changed", "diagnose", "forkable", "forked"]


def diagnose(recording: Recording, entrant: int, step: int | None = None, start: int = 0) -> Diagnosis:
    """What is the matter with ``entrant`` from its ``start`` at ``step``, by default the last one raced."""
    at = recording.done if step is None else max(0, min(step, recording.done))
    racer = recording.race.entrants[entrant]
    begin = racer.forked.step if racer.forked is not None else 0
    with np.errstate(all="ignore"):
        window = Window(recording, entrant, at, start)
        kind = verdict(window)
        evidence, cause = told(kind, window)
        # What a fork did before it was one is its original's: there it has no settings to change.
        suggestion, changes, since = remedy(kind, window) if at > begin or begin == 0 else NONE
    return Diagnosis(kind, racer.label, at, tuple(evidence), cause, suggestion, tuple(changes), since, begin)
