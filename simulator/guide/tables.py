"""The guide's tables: hyperparameters at a glance, and what each optimizer is best for and costs in memory."""

from __future__ import annotations

from typing import NamedTuple


class Knob(NamedTuple):
    """One row of the hyperparameter table."""

    symbol: str
    name: str
    typical: str
    range: str
    note: str


class Use(NamedTuple):
    """What an optimizer is best for, and how many numbers it keeps for every weight."""

    optimizer: str
    best_for: str
    buffers: int


HYPERPARAMETERS = (
    Knob(
        "η", "learning rate", "1e-3 (Adam), 0.1 (SGD)", "1e-5 – 1", "Matters most: sweep it before comparing anything."
    ),
    Knob("β₁", "momentum", "0.9", "0.8 – 0.95", "Remembers about 1/(1 − β₁) gradients."),
    Knob("β₂", "second-moment decay", "0.999", "0.99 – 0.9999", "Lower it when the gradient's size changes quickly."),
    Knob("ε", "small constant", "1e-8", "1e-8 – 1e-6", "Rarely tuned; it bounds the step where gradients vanish."),
    Knob("λ", "weight decay", "0.01", "0 – 0.3", "Taken apart from the gradient in AdamW, added to it in L2."),
    Knob("", "warm-up", "1 %", "1 – 5 % of the steps", "Keeps the first steps short while the averages fill."),
    Knob("B", "batch size", "32 – 256", "16 – 65,536", "The gradient's noise falls as 1/√B."),
)

BEST_FOR = (
    Use("SGD", "baselines and convex problems", 0),
    Use("Momentum", "vision", 1),
    Use("AdaGrad", "sparse data and online learning", 1),
    Use("RMSProp", "recurrent networks", 1),
    Use("Adam", "a general default", 2),
    Use("AdamW", "transformers", 2),
    Use("LAMB", "large batches", 2),
    Use("Lion", "large language models short of memory", 1),
    Use("Sophia", "language model pre-training", 2),
)
