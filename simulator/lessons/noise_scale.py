"""The noise scale: how hard a step is thrown, where the racer settles, and what to do with η when B changes."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number

LESSON = Lesson(
    title="The noise scale",
    summary="η and the batch size act together. η/√B is the kick of a step, η/B decides where it settles.",
    minutes=20,
    place=100,
    source="Krizhevsky 2014, One weird trick for parallelizing convolutional neural networks; Goyal et al. 2017, "
    "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour; Mandt, Hoffman & Blei 2017, Stochastic Gradient "
    "Descent as Approximate Bayesian Inference; Smith et al. 2018, Don't Decay the Learning Rate, Increase the Batch "
    "Size; McCandlish et al. 2018, An Empirical Model of Large-Batch Training; Malladi et al. 2022, On the SDEs and "
    "Scaling Rules for Adaptive Gradient Algorithms",
    race={
        "steps": 2000,
        "seed": 5,
        "starts": [[3.0, 2.0]],
        "landscape": {"name": "bowl"},
        "noise": {"sigma": 4.0},
        "entrant": [{"optimizer": "sgd", "label": "SGD", "lr": 0.02}],
    },
    pages=(
        Page(
            "A bowl that shakes",
            """
A round bowl, and noise on every gradient: σ = 4. Think of it as a batch of **one sample**. A batch of B samples has
noise σ/√B: 2 for four samples, 1 for sixteen.

Run the race. The racer comes down and then never rests. Jump to its end: over the last fifth it hovers 0.160
above the minimum, on average.
""",
            overlays=("samples",),
            findings=(
                Finding("2", "4 / sqrt(4)"),
                Finding("1", "4 / sqrt(16)"),
                Finding("0.160", Reading("hover")),
            ),
        ),
        Page(
            "The kick of one step",
            """
A step is η times a gradient with noise σ/√B. So the random part of a step is in proportion to **η/√B**: this is the
noise scale of a single step.

η = 0.1 with B = 256 and η = 0.4 with B = 4,096 throw a step equally far: 0.1/16 = 0.4/64 = 0.00625.
""",
            overlays=("step", "samples"),
            questions=(
                Number(
                    "η = 0.1 with B = 64. Which η kicks as hard with B = 1,024?",
                    "0.1 * sqrt(1024/64)",
                    tolerance=0.02,
                    because="√(1,024/64) = 4, so 0.4.",
                ),
            ),
            findings=(
                Finding("16", "sqrt(256)"),
                Finding("64", "sqrt(4096)"),
                Finding("0.00625", "0.1 / sqrt(256)"),
                Finding("0.00625", "0.4 / sqrt(4096)"),
                Finding("4", "sqrt(1024/64)"),
                Finding("0.4", "0.1 * sqrt(1024/64)"),
            ),
        ),
        Page(
            "Four samples instead of one",
            """
With one sample and η = 0.02 the racer hovers at 0.160. Now B = 4, so σ = 2, and η is doubled to 0.04: η/√B is **what
it was**. Every step gets the same kick.
""",
            changes=("noise.sigma=2", "entrant.lr=0.04"),
            prediction=Number(
                "How high above the minimum does it hover now?",
                Reading("hover"),
                tolerance=0.2,
                because="0.082, about half. The kicks are equal, but the slope pulls back with twice the η. Where it "
                "settles goes with η·σ², that is with η/B, and η/B has halved.",
            ),
            findings=(
                Finding("0.160", Reading("hover"), given=("noise.sigma=4", "entrant.lr=0.02")),
                Finding("0.082", Reading("hover")),
                Finding("2", "4 / sqrt(4)"),
            ),
        ),
        Page(
            "The linear rule",
            """
B = 4 again, σ = 2. How far may η rise until the racer hovers as high as it did with one sample and η = 0.02?
""",
            changes=("noise.sigma=2",),
            controls=("lr",),
            goal=Goal(
                "Hover between 0.155 and 0.18.",
                (Bound("hover", at_least=0.155, at_most=0.18),),
            ),
            hint="η/B decides. What must η be if B is four times as large?",
            solution=("entrant.lr=0.08",),
            why="η = 0.08 hovers at 0.175. **Four times the batch, four times η**: the linear rule keeps the place "
            "where it settles, the √-rule keeps the kick. They are two answers to two questions.",
            findings=(
                Finding("0.175", Reading("hover"), given=("entrant.lr=0.08",)),
                Finding("0.08", "0.02 * 4"),
            ),
        ),
        Page(
            "How far does it carry?",
            """
A batch of 64: σ = 0.5. The linear rule says η = 0.02 · 64 = 1.28.

The limit of this bowl is η = 1, noise or no noise. Run the race: it is gone at step 19.
""",
            changes=("noise.sigma=0.5", "entrant.lr=1.28"),
            controls=("lr",),
            goal=Goal(
                "Find an η of 0.4 or more that hovers below 0.17.",
                (Bound("lr", at_least=0.4), Bound("hover", at_most=0.17)),
            ),
            hint="About half of the limit is the fastest here anyway.",
            solution=("entrant.lr=0.5",),
            why="η = 0.5 hovers at 0.128. Beyond some batch size, curvature sets the limit and not noise: then larger "
            "batches cost more and buy nothing. McCandlish and others call it the critical batch size.",
            findings=(
                Finding("0.5", "4 / sqrt(64)"),
                Finding("1.28", "0.02 * 64"),
                Finding("1", Reading("limit", at=0)),
                Finding("19", Reading("diverged")),
                Finding("0.128", Reading("hover"), given=("entrant.lr=0.5",)),
            ),
        ),
        Page(
            "Less noise at the end",
            """
One sample, σ = 4, η = 0.1: fast, and it hovers high. To settle, the noise scale has to fall. There are two ways: let
**η** fall, or let the **batch** grow. Smith and others found that both give nearly the same curve.

Here the schedule is yours.
""",
            changes=("entrant.lr=0.1",),
            controls=("schedule",),
            goal=Goal("Hover lower than 0.034 over the last fifth of the race.", (Bound("hover", at_most=0.034),)),
            hint="A schedule that goes down to 0 and lingers there.",
            solution=("entrant.schedule.name=cosine",),
            why="Cosine decay hovers at 0.033 over the last fifth, linear decay at 0.091: cosine spends longer at "
            "small η.",
            findings=(
                Finding("0.033", Reading("hover"), given=("entrant.schedule.name=cosine",)),
                Finding("0.091", Reading("hover"), given=("entrant.schedule.name=linear",)),
            ),
        ),
        Page(
            "Momentum counts, too",
            """
η = 0.02 without momentum hovered at 0.160. Now a velocity comes in, β = 0.9, at the same η.
""",
            changes=("entrant.optimizer=momentum", "entrant.beta=0.9", "entrant.label=Momentum"),
            controls=("lr",),
            prediction=Number(
                "How high above the minimum does Momentum hover?",
                Reading("hover"),
                tolerance=0.25,
                because="1.75, about eleven times as high. With momentum the effective rate is η/(1 − β) = 0.2, and "
                "that is what belongs over B.",
            ),
            goal=Goal(
                "Let Momentum hover between 0.15 and 0.18 again.",
                (Bound("hover", at_least=0.15, at_most=0.18),),
            ),
            hint="η/(1 − β) should be 0.02.",
            solution=("entrant.lr=0.002",),
            why="η = 0.002 hovers at 0.158.",
            findings=(
                Finding("0.160", Reading("hover"), given=("entrant.beta=0",)),
                Finding("1.75", Reading("hover")),
                Finding("0.2", "0.02 / (1 - 0.9)"),
                Finding("0.158", Reading("hover"), given=("entrant.lr=0.002",)),
            ),
        ),
        Page(
            "Which rule?",
            """
When B grows k times:

- √k times η keeps the kick. Krizhevsky gave it as the theory in 2014 and wrote that k times η worked better.
- k times η, with a warm-up: Goyal and others in 2017, up to B = 8,192.
- For Adam, √k: Malladi and others in 2022.

All are starting points for a sweep. In this bowl the noise is the same everywhere and Gaussian; in a network it changes
with θ. And the seed matters: try another.
""",
            controls=("lr", "noise.sigma", "seed"),
            questions=(
                Number(
                    "B grows 8 times. By which factor does the √-rule raise η?",
                    "sqrt(8)",
                    tolerance=0.02,
                    because="√8 = 2.83. The linear rule says 8.",
                ),
            ),
            findings=(Finding("2.83", "sqrt(8)"),),
        ),
    ),
)
