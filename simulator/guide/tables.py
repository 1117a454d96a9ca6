"""The guide's tables: situations, hyperparameters, what each optimizer is best for, and what to tune first."""

from __future__ import annotations

import re
from typing import NamedTuple

from simulator.guide.advice import ADVICE
from simulator.guide.lineage import BRANCHES, source
from simulator.guide.setting import keeps
from simulator.optimizers import OPTIMIZERS


class Knob(NamedTuple):
    """One row of the hyperparameter table."""

    symbol: str
    name: str
    typical: str
    range: str
    note: str
    source: str


class Tip(NamedTuple):
    """One thing to do when time is short, and why."""

    do: str
    why: str
    source: str


_PLAYBOOK = "Godbole et al. 2023, Deep Learning Tuning Playbook"
_BENGIO = "Bengio 2012, Practical Recommendations for Gradient-Based Training of Deep Architectures"
_ADAM = OPTIMIZERS["adam"].source.split(";")[0]

SITUATIONS = tuple(
    ADVICE[key]
    for key in (
        "llm", "fine_tuning", "convolutional", "vision_transformer", "gan", "diffusion", "reinforcement", "llm_memory",
        "large_batch",
    )
)  # fmt: skip

BEST_FOR = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw", "lamb", "lion", "sophia")

HYPERPARAMETERS = (
    Knob(
        "η",
        "learning rate",
        "1e-3 (Adam), 0.1 (SGD)",
        "1e-5 – 1",
        "Matters most: sweep it before comparing anything.",
        _BENGIO,
    ),
    Knob("β₁", "momentum", "0.9", "0.8 – 0.95", "Remembers about 1/(1 − β₁) gradients.", _ADAM),
    Knob(
        "β₂",
        "second-moment decay",
        "0.999",
        "0.99 – 0.9999",
        "Lower it when the gradient's size changes quickly.",
        _ADAM,
    ),
    Knob(
        "ε", "small constant", "1e-8", "1e-8 – 1e-6", "Rarely tuned; it bounds the step where gradients vanish.", _ADAM
    ),
    Knob(
        "λ",
        "weight decay",
        "0.01",
        "0 – 0.3",
        "Taken apart from the gradient in AdamW, added to it in L2.",
        "Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization",
    ),
    Knob(
        "",
        "warm-up",
        "1 %",
        "1 – 5 % of the steps",
        "Keeps the first steps short while the averages fill.",
        "Devlin et al. 2019, BERT: 10,000 of 1,000,000 steps",
    ),
    Knob(
        "B",
        "batch size",
        "32 – 256",
        "16 – 65,536",
        "The gradient's noise falls as 1/√B.",
        "Bottou, Curtis & Nocedal 2018, Optimization Methods for Large-Scale Machine Learning",
    ),
)

FIRST = (
    Tip(
        "Take the optimizer that others use for this kind of model.",
        "Trying several optimizers at their default settings does about as well as tuning one of them.",
        "Schmidt, Schneider & Hennig 2021, Descending through a Crowded Valley: Benchmarking Deep Learning Optimizers",
    ),
    Tip(
        "Take a batch as large as memory and speed allow, and do not tune it for quality.",
        "It decides how fast training goes. With η and the rest tuned anew, any size should reach the same quality.",
        f"{_PLAYBOOK}; Shallue et al. 2019, Measuring the Effects of Data Parallelism on Neural Network Training",
    ),
    Tip(
        "With fewer than 10 runs, tune η alone.",
        "It is often the one setting that matters most.",
        f"{_PLAYBOOK}; {_BENGIO}",
    ),
    Tip(
        "Take η on a logarithmic scale, and draw values at random in place of a grid.",
        "Few settings matter, and nobody knows beforehand which: a grid tries the same few values of those again and "
        "again.",
        "Bergstra & Bengio 2012, Random Search for Hyper-Parameter Optimization",
    ),
    Tip(
        "Let η decay: linearly, or as a cosine.",
        "Both are good choices to begin with; which is best is open.",
        _PLAYBOOK,
    ),
    Tip("With 10 to 25 runs, tune β₁ too.", "It comes second for Adam.", _PLAYBOOK),
    Tip("With 25 runs or more, ε as well; with many more, β₂.", "Few runs cannot search many settings.", _PLAYBOOK),
    Tip(
        "Believe a comparison only if both sides were tuned alike.",
        "The ranking of optimizers changes with the settings that were searched. Tuned in full, the more general rule "
        "was never behind its special case.",
        "Choi et al. 2019, On Empirical Comparisons of Optimizers for Deep Learning",
    ),
)


def rows(table: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The head and the rows of one of `TABLES`, the source always last."""
    if table == "Situations":
        head = ("Situation", "Optimizer", "η", "Schedule", "λ", "Source")
        return head, [(a.situation, a.optimizer, a.lr, a.schedule, a.weight_decay, a.source) for a in SITUATIONS]
    if table == "Hyperparameters":
        return ("", "Name", "Begin with", "Range", "What to know", "Source"), [tuple(knob) for knob in HYPERPARAMETERS]
    if table == "Best for":
        head = ("Optimizer", "Best for", "It keeps", "Source")
        return head, [(OPTIMIZERS[n].title, BRANCHES[n].best_for, keeps(n), source(n)) for n in BEST_FOR]
    head = ("", "Do", "Why", "Source")
    return head, [(f"{place}.", *tip) for place, tip in enumerate(FIRST, 1)]


def papers(source: str) -> list[str]:
    """The papers that a source names, a title each."""
    return [part.removeprefix("best for: ") for part in source.split("; ")]


def authors(source: str) -> str:
    """The same by authors and year alone, where they are given."""
    return "; ".join(found[0] if (found := re.match(r".*?\d{4}", paper)) else paper for paper in papers(source))


TABLES = ("Situations", "Hyperparameters", "Best for", "When time is short")
