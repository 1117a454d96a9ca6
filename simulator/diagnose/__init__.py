"""The failure coach: names one thing that is wrong with a racer, from its recording alone, and one change to try.

It reads a recording up to a step and never races. What cannot be told apart from one lane is said in the help
(assets/help/diagnosis.md): a slow racer with noise may be a crawl or a floor, and the nearer one is named.
"""

from __future__ import annotations

import numpy as np

from simulator.diagnose.causes import told
from simulator.diagnose.diagnosis import FAILURES, FINE, KINDS, Change, Diagnosis, beside, changed, forkable, forked
from simulator.diagnose.remedies import remedy
from simulator.diagnose.verdict import verdict
from simulator.diagnose.window import Window
from simulator.recording import Recording

__all__ = ["FAILURES", "FINE", "KINDS", "Change", "Diagnosis", "beside", "changed", "diagnose", "forkable", "forked"]


def diagnose(recording: Recording, entrant: int, step: int | None = None, start: int = 0) -> Diagnosis:
    """What is the matter with ``entrant`` from its ``start`` at ``step``, by default the last one raced."""
    at = recording.done if step is None else max(0, min(step, recording.done))
    with np.errstate(all="ignore"):
        window = Window(recording, entrant, at, start)
        kind = verdict(window)
        evidence, cause = told(kind, window)
        suggestion, changes, since = remedy(kind, window)
    label = window.entrant.label
    return Diagnosis(kind, label, at, tuple(evidence), cause, suggestion, tuple(changes), since)
