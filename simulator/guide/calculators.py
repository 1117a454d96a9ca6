"""What an optimizer costs in memory, and what batch size and momentum do to η; each with its derivation in a line.

GB are 10⁹ bytes.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from simulator.guide.setting import number_text
from simulator.optimizers import OPTIMIZERS
from simulator.words import count_text

PRESETS = {"7B": 7_000_000_000, "13B": 13_000_000_000}  # weights
PRECISIONS = {"fp32": 4, "bf16": 2}  # bytes a number
CHOICES = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw", "lamb", "lion", "sophia", "amsgrad", "ademamix")
"""Those that keep whole numbers for every weight, whatever the shapes."""

LINEAR, ROOT = "linear", "square root"


class Rule(NamedTuple):
    """How η follows the batch, when that may be trusted, and who says so."""

    name: str
    keeps: str
    condition: str
    source: str


BATCH_RULES = (
    Rule(
        LINEAR,
        "η/B",
        "For SGD with momentum, after a gradual warm-up, and only up to some size: 8,192 images in the source.",
        "Goyal et al. 2017, Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour",
    ),
    Rule(
        ROOT,
        "η/√B",
        "For Adam and its kin, where noise governs the gradients. The first source moves β₁, β₂ and ε too.",
        "Malladi et al. 2022, On the SDEs and Scaling Rules for Adaptive Gradient Algorithms; You et al. 2020, "
        "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes",
    ),
)
LIMIT = Rule(
    "the limit",
    "",
    "Past some batch size no rule helps: more examples a step no longer save steps.",
    "Shallue et al. 2019, Measuring the Effects of Data Parallelism on Neural Network Training; McCandlish et al. "
    "2018, An Empirical Model of Large-Batch Training",
)
NOISE = Rule(
    "noise of a step",
    "η/√B",
    "The mean of B gradients has noise σ/√B, and a step multiplies it by η. What many small steps add up to goes with "
    "η/B instead: hence two rules below.",
    "Bottou, Curtis & Nocedal 2018, Optimization Methods for Large-Scale Machine Learning; Smith & Le 2018, A Bayesian "
    "Perspective on Generalization and Stochastic Gradient Descent",
)
MOST_WEIGHTS = 10**15


class Answer(NamedTuple):
    """A result in words, and how it came about."""

    value: float
    text: str
    derivation: str


def memory(optimizer: str, weights: int, precision: str) -> Answer:
    """What ``optimizer`` keeps beside ``weights`` weights, in GB. One of `CHOICES` and of `PRECISIONS`."""
    buffers, size = int(OPTIMIZERS[optimizer]().cost.buffers), PRECISIONS[precision]
    gigabytes = weights * buffers * size / 1e9
    numbers = f"{buffers} number{'s' * (buffers != 1)}"
    return Answer(
        gigabytes,
        f"{gigabytes:,.4g} GB",
        f"{count_text(weights)} weights × {numbers} × {size} bytes",
    )


def read_weights(text: str) -> int:
    """A number of weights, also with K, M, B or T for thousands to 10¹². Raises ValueError with what is allowed."""
    plain = text.strip().upper().replace(",", "").replace(" ", "")
    times = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}.get(plain[-1:], 1.0)
    try:
        weights = round(float(plain.rstrip("KMBT")) * times)
    except (ValueError, OverflowError):
        weights = 0
    if not 1 <= weights <= MOST_WEIGHTS:
        raise ValueError(f"must be a number of weights from 1 to 1000T, as 7B or 350M, got '{text.strip()}'")
    return weights


def factored(rows: int, columns: int) -> Answer:
    """How many numbers AdaFactor keeps of the squares of one ``rows`` × ``columns`` matrix, where Adam keeps all."""
    kept = rows + columns
    return Answer(
        kept,
        f"{count_text(kept)} numbers in place of {count_text(rows * columns)}",
        f"{count_text(rows)} + {count_text(columns)}, in place of {count_text(rows)} × {count_text(columns)}",
    )


def noise(lr: float, batch: float) -> Answer:
    """The noise scale η/√B: what chance adds to a step, in units of one example's noise."""
    scale = lr / sqrt(batch)
    return Answer(scale, f"{scale:.3g}", f"{number_text(lr)} / √{count_text(batch)}")


def compared(first: tuple[float, float], second: tuple[float, float]) -> str:
    """The second noise scale in words of the first; each is (η, B)."""
    ratio = noise(*second).value / noise(*first).value
    if abs(ratio - 1.0) < 5e-3:
        return "Equal noise."
    return f"The second has {ratio:.3g} times the noise of the first."


def scaled(rule: str, lr: float, batch: float, new: float) -> Answer:
    """η for a batch of ``new`` examples, where ``lr`` served at ``batch``; ``rule`` is `LINEAR` or `ROOT`."""
    times = new / batch
    factor = times if rule == LINEAR else sqrt(times)
    shown = f"{times:.3g}" if rule == LINEAR else f"√{times:.3g} = {number_text(lr)} · {factor:.3g}"
    return Answer(lr * factor, f"{lr * factor:.3g}", f"{number_text(lr)} · {shown}")


def effective_lr(lr: float, beta: float) -> Answer:
    """Where momentum's step tends under a constant gradient: η/(1 − β) times that gradient. β below 1."""
    rate = lr / (1.0 - beta)
    return Answer(rate, f"{rate:.3g}", f"{number_text(lr)} / (1 − {beta:g})")


def remembered(beta: float) -> Answer:
    """About how many gradients an average with decay β holds, and what is left of one after as many steps."""
    steps = 1.0 / (1.0 - beta)
    left = beta ** round(steps)
    return Answer(
        steps, f"about {steps:.3g} steps", f"1 / (1 − {beta:g}); of a gradient that old {100.0 * left:.2g} % are left"
    )
