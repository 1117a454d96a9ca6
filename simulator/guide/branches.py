"""The family tree as data: what each method comes from, what it added, and what it is best for."""

from __future__ import annotations

from typing import NamedTuple

_BOTTOU = "Bottou, Curtis & Nocedal 2018, Optimization Methods for Large-Scale Machine Learning"
_HINTON = "Tieleman & Hinton 2012, Lecture 6.5: RMSProp"
_NOCEDAL = "Nocedal & Wright 2006, Numerical Optimization"
_SUTSKEVER = "Sutskever et al. 2013, On the importance of initialization and momentum in deep learning"


class Branch(NamedTuple):
    """``parents`` by name, the one it is drawn under first. ``added`` to that one, in a sentence.

    ``says``: who says what it is best for; "" where the method's own source does.
    """

    parents: tuple[str, ...]
    added: str
    best_for: str
    says: str = ""


BRANCHES: dict[str, Branch] = {
    # first-order
    "sgd": Branch(
        (),
        "The slope of a sample or a batch in place of all the data: a step at a fraction of the price.",
        "baselines and convex problems",
        _BOTTOU,
    ),
    "momentum": Branch(
        ("sgd",), "A velocity: slopes that agree add up, slopes that alternate cancel.", "vision", _SUTSKEVER
    ),
    "polyak": Branch(
        ("sgd",),
        "The rate from the loss itself: how far it still is above the lowest one.",
        "models that can fit all their data, whose lowest loss is 0",
    ),
    "optimistic": Branch(
        ("sgd",), "The last change of the gradient as a forecast of the next.", "games of two players, such as GANs"
    ),
    "nesterov": Branch(
        ("momentum",),
        "The gradient at the point ahead, where the velocity alone would carry θ.",
        "convex problems and vision",
        _SUTSKEVER,
    ),
    "asgd": Branch(
        ("sgd",), "The mean of the path, in which the noise cancels.", "convex problems seen sample by sample"
    ),
    "rprop": Branch(
        ("sgd",),
        "A step length for every weight, from the signs of its gradient alone.",
        "small networks on the full gradient: batches confuse it",
        _HINTON,
    ),
    "signsgd": Branch(
        ("sgd",),
        "The sign alone: machines need send one another a bit for each weight.",
        "many machines with slow links",
    ),
    "signum": Branch(
        ("signsgd", "momentum"),
        "The sign of the velocity, which one noisy gradient does not turn.",
        "many machines with slow links",
    ),
    "aggmo": Branch(
        ("momentum",),
        "Several velocities of different memory, and their mean as the step.",
        "long memories, up to β = 0.999, that alone would oscillate",
    ),
    "qhm": Branch(
        ("momentum",),
        "The plain gradient beside the velocity, weighed by ν.",
        "where momentum serves, with one more number to tune",
    ),
    # adaptive
    "adagrad": Branch(
        ("sgd",),
        "A rate for each weight, which shrinks with all the gradients that weight has had.",
        "sparse data and online learning",
    ),
    "adadelta": Branch(
        ("adagrad",),
        "A memory that fades, and the size of its own last steps in place of η.",
        "training without choosing η",
    ),
    "rmsprop": Branch(
        ("adagrad", "rprop"), "A memory that fades: old gradients no longer slow it down.", "recurrent networks"
    ),
    "adamax": Branch(
        ("adam",),
        "The largest gradient it remembers, in place of the mean square.",
        "steps with a firm bound: none is longer than η",
    ),
    "adam": Branch(
        ("rmsprop", "momentum"),
        "A velocity over the running size of the gradient, both corrected for their start at 0.",
        "a general default",
    ),
    "nadam": Branch(("adam", "nesterov"), "Nesterov's look-ahead, in the velocity.", "wherever Adam serves"),
    "amsgrad": Branch(
        ("adam",),
        "The largest v so far: no weight's rate ever grows again.",
        "rare large gradients, which Adam forgets",
    ),
    "adafactor": Branch(
        ("adam",),
        "Row and column means of a matrix's squares, in place of a number for every weight.",
        "large models short of memory",
    ),
    "yogi": Branch(
        ("adam",),
        "A v that moves by bounded steps and so forgets slowly.",
        "gradients that die down for a while: its rate does not leap up",
    ),
    "adamw": Branch(
        ("adam",), "Weight decay past the division: every weight shrinks by the same share.", "transformers"
    ),
    "novograd": Branch(
        ("adam",),
        "One mean square for a layer, in place of one for every weight.",
        "large batches and speech, on half of Adam's memory",
    ),
    "qhadam": Branch(
        ("adam", "qhm"),
        "The plain gradient and its square beside their means, weighed by ν₁ and ν₂.",
        "where Adam serves, with two more numbers to tune",
    ),
    "sm3": Branch(
        ("adagrad",), "Sums for rows and columns; a weight takes the lesser of its two.", "large models short of memory"
    ),
    "adabelief": Branch(("adam",), "Division by how far the gradient was from its forecast m.", "vision and GANs"),
    "radam": Branch(
        ("adam",),
        "No division until v has seen enough: a warm-up without a setting.",
        "where Adam would need a warm-up",
    ),
    "adan": Branch(
        ("adam", "nesterov"),
        "The change of the gradient as a third mean: a look-ahead without a second gradient.",
        "vision transformers and large batches",
    ),
    "madgrad": Branch(
        ("adagrad",),
        "Dual averaging: each step from the start, over a cube root of the sum of squares.",
        "vision and language",
    ),
    "adopt": Branch(
        ("adam",),
        "Another order: the gradient over the v before it, and then the mean.",
        "any β₂: it converges where Adam may not",
    ),
    "ademamix": Branch(("adamw",), "A second, very slow mean of the gradient beside the quick one.", "language models"),
    "momo": Branch(
        ("momentum", "polyak"),
        "Polyak's step on a model of the loss: η is only the most it dares.",
        "little tuning, where a floor of the loss is known",
    ),
    # large batch
    "lars": Branch(
        ("momentum",), "Each layer's step as a share of that layer's size.", "convolutional networks in large batches"
    ),
    "lamb": Branch(
        ("adamw", "lars"), "Each layer's step as a share of its size, in the direction Adam gives.", "large batches"
    ),
    # sign and curvature
    "asam": Branch(
        ("sam",), "A neighbourhood measured by the weights' own sizes.", "as SAM, where layers may be rescaled"
    ),
    "sam": Branch(
        ("sgd",),
        "The slope of a neighbour uphill, where a sharp valley is already steep.",
        "flat minima that generalise, at twice the price of a step",
    ),
    "lion": Branch(
        ("momentum", "signum"),
        "The sign of a mean of gradients, found by a search over programs.",
        "large language models short of memory",
    ),
    "sophia": Branch(
        ("adam", "newton"),
        "Division by an estimate of the curvature, with every long step cut off.",
        "language model pre-training",
    ),
    # no tuning
    "dadapt_adagrad": Branch(
        ("adagrad",), "A guess of the way to the minimum, in place of η.", "no time to tune, where AdaGrad serves"
    ),
    "dadapt_adam": Branch(("adam",), "A guess of the way to the minimum, in place of η.", "no time to tune"),
    "dadapt_sgd": Branch(("sgd",), "A guess of the way to the minimum, in place of η.", "no time to tune"),
    "prodigy": Branch(
        ("dadapt_adam",), "Later steps weigh more in the guess, which so catches up sooner.", "no time to tune"
    ),
    "schedulefree_adamw": Branch(
        ("adamw", "schedulefree_sgd"),
        "The mean of the path in place of a decay of η.",
        "training that may be stopped at any time",
    ),
    "schedulefree_sgd": Branch(
        ("sgd", "asgd"),
        "The gradient between the last point and the mean of the path, in place of a decay of η.",
        "training that may be stopped at any time",
    ),
    # second-order
    "newton": Branch(
        (), "The curvature: a jump to the bottom of the fitted parabola.", "a few weights and a smooth loss", _NOCEDAL
    ),
    "gauss_newton": Branch(
        ("newton",),
        "Only the part of the curvature that is never negative, from first derivatives.",
        "least squares",
        _NOCEDAL,
    ),
    "ncg": Branch(
        ("sgd",),
        "Directions that do not undo one another's work, and a search along each.",
        "many weights, a smooth loss and the full gradient",
        _NOCEDAL,
    ),
    "armijo": Branch(
        ("sgd",),
        "A measurement before the step: η is shortened until the loss falls enough.",
        "the full gradient, where no η is known",
        _NOCEDAL,
    ),
    "bfgs": Branch(
        ("newton",),
        "The inverse of the curvature, guessed from how gradients change.",
        "hundreds of weights and a smooth loss",
        _NOCEDAL,
    ),
    "lbfgs": Branch(
        ("bfgs",),
        "The last few moves in place of a matrix.",
        "thousands of weights, a smooth loss and the full gradient",
        _NOCEDAL,
    ),
    "barzilai_borwein": Branch(
        ("sgd", "bfgs"),
        "A rate read off the last move: the one number that fits the curvature best.",
        "smooth losses and the full gradient",
    ),
    "natural_gradient": Branch(
        ("newton",), "Distance measured in predictions, in place of weights.", "small models of probabilities"
    ),
    # matrix
    "kfac": Branch(
        ("natural_gradient",),
        "A layer's Fisher matrix as the product of two small ones.",
        "networks whose layers are narrow enough for two matrices each",
    ),
    "shampoo": Branch(
        ("kfac", "adagrad"),
        "Two small matrices from the gradients alone: AdaGrad for rows and columns.",
        "matrix layers, where steps may cost more if fewer are needed",
    ),
    "muon": Branch(
        ("momentum", "shampoo"),
        "A velocity made nearly orthogonal: equally long along all directions of a matrix.",
        "the hidden matrices of transformers",
    ),
    "soap": Branch(("shampoo", "adam"), "Adam along the axes that Shampoo finds.", "language model pre-training"),
}
