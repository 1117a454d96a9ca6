"""Weight decay is not L2: in Adam the one is divided by √v̂ and the other is not."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number

FLAT = {
    "steps": 200,
    "starts": [[5.0, 5.0]],
    "landscape": {"name": "formula", "formula": "0*x*y", "box": [[-1.0, 6.0], [-1.0, 6.0]]},
    "entrant": [
        {"optimizer": "sgd", "label": "SGD + L2", "lr": 0.1, "weight_decay": 0.1},
        {"optimizer": "adam", "label": "Adam + L2", "lr": 0.1, "weight_decay": 0.1},
        {"optimizer": "adamw", "label": "AdamW", "lr": 0.1, "weight_decay": 0.1},
    ],
}
BOWL = {
    "steps": 2000,
    "starts": [[5.0, 5.0]],
    "landscape": {
        "name": "formula",
        "formula": "0.5*(x - 4)**2 + 50*(y - 4)**2",
        "box": [[-1.0, 6.0], [-1.0, 6.0]],
    },
    "entrant": [
        {"optimizer": "adam", "label": "Adam + L2", "lr": 0.02, "weight_decay": 1.0},
        {"optimizer": "adamw", "label": "AdamW", "lr": 0.02, "weight_decay": 1.0},
    ],
}

LESSON = Lesson(
    title="Weight decay is not L2",
    summary="In plain descent they are one. In Adam, L2 spares the weights with the loudest gradients.",
    minutes=20,
    place=90,
    source="Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization; Xie & Li 2024, Implicit Bias of AdamW: ℓ∞ "
    "Norm Constrained Optimization",
    race={
        "steps": 1000,
        "seed": 7,
        "starts": [[5.0, 5.0]],
        "landscape": {"name": "formula", "formula": "x + 0.01*y", "box": [[-1.0, 6.0], [-1.0, 6.0]]},
        "noise": {"kind": "multiplicative", "sigma": 100.0},
        "entrant": [
            {"optimizer": "adam", "label": "Adam + L2", "lr": 0.01, "weight_decay": 0.2},
            {"optimizer": "adamw", "label": "AdamW", "lr": 0.01, "weight_decay": 0.2},
        ],
    },
    pages=(
        Page(
            "A loud weight and a quiet one",
            """
Two weights that the loss hardly cares about. Mini-batches pull them to and fro: x with gradients of about ±100, y with
about ±1. Weight decay should bring both down to 0. λ is 0.2 for both racers.

Run the race.

AdamW shrinks both alike, to 0.61 and 0.62. Adam with an L2 term shrinks only the quiet one: y to 0.90, while x stays
at 4.76.
""",
            findings=(
                Finding("100", "100.0 * 1"),
                Finding("1", "100 * 0.01"),
                Finding("0.61", Reading("x", "AdamW")),
                Finding("0.62", Reading("y", "AdamW")),
                Finding("0.90", Reading("y", "Adam + L2")),
                Finding("4.76", Reading("x", "Adam + L2")),
            ),
        ),
        Page(
            "In plain descent they are one",
            """
L2 adds λθ to the gradient. Weight decay takes a share ηλ off the weight. In plain descent that is the same sum:

θ − η·(g + λθ) = (1 − ηλ)·θ − ηg

Here the loss is flat, g = 0, and η = λ = 0.1. Each step leaves 99 % of the weight.
""",
            race=FLAT,
            racers=("SGD + L2",),
            prediction=Number(
                "The weight x starts at 5. Where is it after 100 steps?",
                Reading("x", at=100),
                tolerance=0.15,
                because="5 · 0.99 to the power 100 is 1.83. It halves about every 69 steps.",
            ),
            findings=(
                Finding("99", "100 * (1 - 0.1 * 0.1)"),
                Finding("0.99", "1 - 0.1 * 0.1"),
                Finding("1.83", Reading("x", at=100)),
                Finding("69", "log(2) / 0.01"),
            ),
        ),
        Page(
            "In Adam, λ can cancel",
            """
The same flat loss, η = 0.1, for Adam with an L2 term. λθ is the **only** gradient there is, and Adam divides it by its
own size.

With λ = 0.1 the weight falls from 5 to below 1 in 50 steps. Now λ is 0.001, a hundredth.
""",
            race=FLAT,
            changes=("entrant.weight_decay=0.001",),
            racers=("Adam + L2",),
            prediction=Number(
                "Where is x after 50 steps, with λ = 0.001?",
                Reading("x", at=50),
                tolerance=0.25,
                because="At 0.90, the same path as with λ = 0.1. λ stands above the line and below it. On a weight "
                "without gradients of its own, L2 in Adam pulls with full η, whether λ is 0.1 or 0.001.",
            ),
            findings=(
                Finding("0.90", Reading("x", at=50)),
                Finding("0.90", Reading("x", at=50), given=("Adam + L2.weight_decay=0.1",)),
            ),
        ),
        Page(
            "Divided, or not",
            """
A weight θ = 5, with λ = 0.1 and η = 0.001. Its gradients have the size √v̂ = 2.

- AdamW takes off ηλθ: 0.01 % of the weight.
- Adam + L2 takes off ηλθ/√v̂: 0.005 %.

The **louder** the gradients of a weight, the **less** L2 takes from it. AdamW takes the same share from all.
""",
            questions=(
                Number(
                    "Another weight has √v̂ = 100, with the same λ and η. How many per cent does L2 take off a step?",
                    "100 * 0.001 * 0.1 / 100",
                    tolerance=0.05,
                    because="0.01 % divided by 100 is 0.0001 %.",
                    unit="%",
                ),
            ),
            findings=(
                Finding("0.01", "100 * 0.001 * 0.1 * 5 / 5"),
                Finding("0.005", "100 * 0.001 * 0.1 * 5 / 2 / 5"),
                Finding("0.0001", "100 * 0.001 * 0.1 / 100"),
            ),
        ),
        Page(
            "Can a larger λ mend it?",
            """
The loud weight x is at 4.76 under Adam + L2. Turn up its λ until both weights are below 2.

Watch what becomes of the quiet one meanwhile.
""",
            racers=("Adam + L2",),
            controls=("weight_decay",),
            goal=Goal(
                "Bring both weights of Adam + L2 to 2 or less.",
                (Bound("x", at_most=2.0), Bound("y", at_most=2.0)),
            ),
            hint="Much larger than AdamW's 0.2. The slider goes to 10.",
            solution=("entrant.weight_decay=10",),
            why="It takes λ = 10, fifty times AdamW's, and x is still at 1.87. The quiet weight was crushed long "
            "before: no single λ suits both.",
            findings=(
                Finding("4.76", Reading("x")),
                Finding("10", "50 * 0.2"),
                Finding("1.87", Reading("x"), given=("entrant.weight_decay=10",)),
            ),
        ),
        Page(
            "Choose a half-life",
            """
AdamW's λ has a plain meaning. Each step leaves 1 − ηλ of every weight, loud or quiet.

η is 0.01 and there are 1,000 steps. At λ = 0.2 little was left.
""",
            racers=("AdamW",),
            controls=("weight_decay",),
            goal=Goal(
                "Halve both weights in 1,000 steps: from 5 to between 2.2 and 2.8.",
                (Bound("x", at_least=2.2, at_most=2.8), Bound("y", at_least=2.2, at_most=2.8)),
            ),
            hint="ηλ times 1,000 has to be about 0.69.",
            solution=("entrant.weight_decay=0.07",),
            why="With λ = 0.07, 1 − ηλ is 0.9993, and that to the power 1,000 is 0.50. The product ηλ counts: a "
            "smaller η wants a larger λ for the same decay.",
            questions=(
                Number(
                    "η = 0.001 and λ = 0.1. After how many steps of decay alone is half of a weight left?",
                    "log(2) / (0.001 * 0.1)",
                    tolerance=0.1,
                    because="0.69/(ηλ) = 0.69/0.0001, about 6,931 steps.",
                    unit="steps",
                ),
            ),
            findings=(
                Finding("0.69", "log(2)"),
                Finding("0.9993", "1 - 0.01 * 0.07"),
                Finding("0.50", "0.9993**1000"),
                Finding("0.0001", "0.001 * 0.1"),
                Finding("6,931", "log(2) / 0.0001"),
            ),
        ),
        Page(
            "A fence at 1/λ",
            """
Now a real loss without noise, its minimum at (4, 4): flat along x, steep along y. λ = 1, large on purpose.

Adam + L2 ends where loss and penalty are in balance: x = 2.00, y = 3.96. The steep weight hardly gives way.
""",
            race=BOWL,
            controls=("weight_decay",),
            prediction=Number(
                "Where along the steep direction y does AdamW end?",
                Reading("y", "AdamW"),
                tolerance=0.15,
                because="At 1.02, and x too, however steep. Adam's pull is about η at most, the decay is ηλθ. They are "
                "equal at θ = 1/λ: AdamW lives inside that fence.",
            ),
            goal=Goal(
                "Use one λ for both: AdamW within 0.1 of the minimum, Adam + L2's x below 3.7.",
                (Bound("distance", "AdamW", at_most=0.1), Bound("x", "Adam + L2", at_most=3.7)),
            ),
            hint="The minimum has to be well inside the fence: 1/λ much larger than 4.",
            solution=("entrant.weight_decay=0.1",),
            why="At λ = 0.1 the fence is at 10, far away, and AdamW ends close to the minimum. Adam + L2 is in its "
            "balance again, with x at 3.64.",
            findings=(
                Finding("2.00", Reading("x", "Adam + L2")),
                Finding("3.96", Reading("y", "Adam + L2")),
                Finding("1.02", Reading("y", "AdamW")),
                Finding("1.02", Reading("x", "AdamW")),
                Finding("10", "1 / 0.1"),
                Finding("3.64", Reading("x", "Adam + L2"), given=("entrant.weight_decay=0.1",)),
            ),
        ),
        Page(
            "Not to scale",
            """
What weight decay is **for** cannot be seen here: on data the network has not met, smaller weights often err less.
These pictures have no such data. They only show which weights shrink.

AdamW is not always better. On losses where all gradients are alike, √v̂ is alike too, and the two differ by a factor
that λ can make up for.

Usual values: 0.01 to 0.1 for language models, up to 0.3 for vision transformers. All controls are open here.
""",
            controls=("everything",),
        ),
    ),
)
