"""Adam opened up: m, v and the step, number by number."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Ranking

BETA2S = (0.5, 0.9, 0.99, 0.999)
LINE = {
    "steps": 60,
    "starts": [[5.0]],
    "landscape": {"name": "formula", "formula": "0.001*x", "box": [[-6.0, 6.0]]},
    "entrant": [{"optimizer": "adam", "label": "Adam", "lr": 0.1}],
}

LESSON = Lesson(
    title="Adam opened up",
    summary="Two running means, one division: where it is going, over how large the slopes are.",
    minutes=20,
    place=70,
    source="Kingma & Ba 2015, Adam: A Method for Stochastic Optimization",
    race={
        "steps": 200,
        "starts": [[5.0, 2.0]],
        "landscape": {"name": "ravine", "kappa": 10.0},
        "entrant": [{"optimizer": "adam", "label": "Adam", "lr": 0.2}],
    },
    pages=(
        Page(
            "The same step both ways",
            """
The ravine is x² + 10y², η = 0.2. At the start the gradient is 10 along x and 40 along y.

Adam's first step is −0.2 along x and −0.2 along y: **as long as η, whatever the gradient**.

Run the race. The path sets out at 45°, four times the slope or not.
""",
            overlays=("gradient", "step"),
            panel="inspect",
            findings=(
                Finding("10", Reading("grad.x", at=1)),
                Finding("40", Reading("grad.y", at=1)),
                Finding("−0.2", Reading("move.x", at=1)),
                Finding("−0.2", Reading("move.y", at=1)),
                Finding("45", "180 * atan(0.2 / 0.2) / pi"),
            ),
        ),
        Page(
            "Two memories",
            """
Adam keeps two numbers for every weight:

- **m**, the running mean of the gradient: 0.9 old, 0.1 new.
- **v**, the running mean of its square: 0.999 old, 0.001 new.

Both start at 0. After the first step m is 1 and v is 0.1 along x, for a gradient of 10. That is far too small, so both
are corrected: m̂ = 1/0.1 = 10, v̂ = 0.1/0.001 = 100. The step is η·m̂/√v̂.
Below is all of it.
""",
            panel="inspect",
            questions=(
                Number(
                    "The second gradient along x is 9.6. What is m then?",
                    Reading("m.x", at=2),
                    tolerance=0.01,
                    because="0.9·1 + 0.1·9.6 = 1.86.",
                ),
            ),
            findings=(
                Finding("1", Reading("m.x", at=1)),
                Finding("0.1", Reading("v.x", at=1)),
                Finding("10", "1 / (1 - 0.9)"),
                Finding("100", "0.1 / (1 - 0.999)"),
                Finding("9.6", Reading("grad.x", at=2)),
                Finding("1.86", Reading("m.x", at=2)),
            ),
        ),
        Page(
            "Three gradients by hand",
            """
η = 0.001, and the gradients 4, −1, 3.

- m: 0.4, 0.26, 0.534
- v: 0.016, 0.016984, 0.025967
- step: 0.001, 0.000469, 0.000669

Look at the second one. The gradient points back, and the step **goes on**: m still remembers the 4. It is only
shorter.
""",
            questions=(
                Number(
                    "After one step on gradient 4, a gradient of 0 comes. What is m?",
                    "0.9 * 0.4",
                    tolerance=0.02,
                    because="0.9 · 0.4 + 0.1 · 0 = 0.36. Adam goes on even where there is no slope.",
                ),
            ),
            findings=(
                Finding("0.4", "0.1 * 4"),
                Finding("0.26", "0.9 * 0.4 - 0.1"),
                Finding("0.534", "0.9 * 0.26 + 0.1 * 3"),
                Finding("0.016", "0.001 * 16"),
                Finding("0.016984", "0.999 * 0.016 + 0.001"),
                Finding("0.025967", "0.999 * 0.016984 + 0.001 * 9"),
                Finding("0.001", "0.001 * (0.4/0.1) / sqrt(0.016/0.001)"),
                Finding("0.000469", "0.001 * (0.26/(1 - 0.9**2)) / sqrt(0.016984/(1 - 0.999**2))"),
                Finding("0.000669", "0.001 * (0.534/(1 - 0.9**3)) / sqrt(0.025967016/(1 - 0.999**3))"),
                Finding("0.36", "0.9 * 0.4"),
            ),
        ),
        Page(
            "A slope that hardly is one",
            """
An even slope. With slope 4 and η = 0.1 Adam goes from x = 5 to 2 in 30 steps: 0.1 a step.

Now the slope is 0.001, four thousand times less. Adam starts at x = 5 again.
""",
            race=LINE,
            prediction=Number(
                "Where is Adam after 60 steps on the slope of 0.001?",
                Reading("x"),
                tolerance=0.1,
                because="At −1, as on the slope of 4. m̂ and √v̂ shrink together, and their quotient stays 1. Only "
                "the direction of an even slope counts, not its size.",
            ),
            findings=(
                Finding("2", Reading("x", at=30), given=("landscape.formula=4*x",)),
                Finding("−1", Reading("x"), given=("landscape.formula=4*x",)),
                Finding("0.1", "(5 - 2) / 30"),
            ),
        ),
        Page(
            "Beta one",
            """
β₁ is the momentum in Adam. With 0.9 the racer runs 0.37 past the minimum here and arrives at step 97.
""",
            controls=("beta1",),
            shows=3,
            overlays=("velocity",),
            goal=Goal("Arrive within 70 steps.", (Bound("arrival", at_most=70),)),
            hint="Less memory, as with the ball in the ravine.",
            solution=("entrant.beta1=0.7",),
            why="At β₁ = 0.7 it takes 63 steps and hardly overshoots. With noise a longer memory is worth more: 0.9 "
            "is a default, not a law.",
            findings=(
                Finding("0.37", Reading("overshoot")),
                Finding("97", Reading("arrival")),
                Finding("63", Reading("arrival"), given=("entrant.beta1=0.7",)),
            ),
        ),
        Page(
            "Beta two",
            """
β₂ is how long Adam remembers the **size** of the gradients. Four racers with β₁ = 0.9 and β₂ = 0.5, 0.9, 0.99 and
0.999.

With 0.5 the size is forgotten in a few steps.
""",
            race={
                "steps": 200,
                "starts": [[5.0, 2.0]],
                "landscape": {"name": "ravine", "kappa": 10.0},
                "entrant": [{"optimizer": "adam", "label": f"β₂ {b}", "lr": 0.2, "beta2": b} for b in BETA2S],
            },
            prediction=Ranking(
                "Who is lowest after 200 steps?",
                "gap",
                because="The longer the memory, the lower. Who forgets that slopes were steep divides by next to "
                "nothing near the minimum, and its steps stay long: RMSProp's hop again.",
            ),
        ),
        Page(
            "What epsilon is for",
            """
ε stands beside √v̂ so that nothing is divided by 0. The default is 1e-8, far too small to be seen.

A large ε takes part: where it is larger than the gradients, the step is shorter, and Adam turns into plain momentum.
""",
            controls=("eps",),
            overlays=("step",),
            panel="inspect",
            goal=Goal(
                "Make the first step along x half as long: 0.1, with η still 0.2.",
                (Bound("move.x", at=1, at_least=-0.11, at_most=-0.09),),
            ),
            hint="η·g/(g + ε) is half of η when ε is as large as g. The gradient along x is 10.",
            solution=("entrant.eps=10",),
            why="With ε = 10 the step is 0.1 along x, but 0.16 along y, where the gradient is 40. ε is a size of "
            "gradient: below it, Adam's evenness ends.",
            findings=(
                Finding("0.1", "0.2 * 10 / (10 + 10)"),
                Finding("10", Reading("grad.x", at=1)),
                Finding("40", Reading("grad.y", at=1)),
                Finding("0.16", "0.2 * 40 / (40 + 10)"),
            ),
        ),
        Page(
            "Not to scale",
            """
Adam is the default for good reasons: its η hardly depends on how a problem is scaled. But it is no champion on this
ravine. Plain descent at its best η arrives at step 33; Adam, as it stands, at 97.

And it works **coordinate by coordinate**. This ravine lies along an axis. Turn it with φ, and steps of equal length
in x and y are nothing special any more.
""",
            controls=("everything",),
            findings=(
                Finding("33", Reading("arrival", "SGD")),
                Finding("97", Reading("arrival", "Adam")),
            ),
            race={
                "steps": 200,
                "starts": [[5.0, 2.0]],
                "landscape": {"name": "ravine", "kappa": 10.0},
                "entrant": [
                    {"optimizer": "adam", "label": "Adam", "lr": 0.2},
                    {"optimizer": "sgd", "label": "SGD", "lr": 0.089},
                ],
            },
        ),
    ),
)
