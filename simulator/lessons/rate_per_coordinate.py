"""One rate per coordinate: AdaGrad's only shrink, RMSProp's do not."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number

CONE = {
    "steps": 400,
    "starts": [[10.0]],
    "landscape": {"name": "formula", "formula": "sqrt(1 + x**2) - 1", "box": [[-12.0, 12.0]]},
    "entrant": [
        {"optimizer": "adagrad", "label": "AdaGrad", "lr": 0.1},
        {"optimizer": "rmsprop", "label": "RMSProp", "lr": 0.1, "rho": 0.9},
    ],
}

LESSON = Lesson(
    title="One rate per coordinate",
    summary="Divide each coordinate by the size of its own gradients. What counts is how long that size is remembered.",
    minutes=20,
    place=60,
    source="Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization; "
    "Tieleman & Hinton 2012, Lecture 6.5",
    race={
        "steps": 300,
        "starts": [[5.0, 2.0]],
        "landscape": {"name": "ravine", "kappa": 100.0},
        "entrant": [
            {"optimizer": "sgd", "label": "SGD", "lr": 0.009},
            {"optimizer": "adagrad", "label": "AdaGrad", "lr": 0.5},
            {"optimizer": "rmsprop", "label": "RMSProp", "lr": 0.05, "rho": 0.9},
        ],
    },
    pages=(
        Page(
            "One step, two rates",
            """
The ravine is x² + 100y². At the start the gradient is 10 along x and 400 along y.

SGD has one η. Its first step is 0.09 along x and 3.6 along y: right across the valley.

AdaGrad divides each coordinate by the size of **its own** gradients. Its first step is 0.5 along both. The rates it
works with are 0.05 for x and 0.00125 for y.

Run the race and compare the paths.
""",
            shows=1,
            overlays=("gradient", "step"),
            findings=(
                Finding("10", Reading("grad.x", "SGD", at=1)),
                Finding("400", Reading("grad.y", "SGD", at=1)),
                Finding("0.09", "0.009 * 10"),
                Finding("3.6", "0.009 * 400"),
                Finding("0.5", "0.5 * 400 / sqrt(400**2)"),
                Finding("0.05", Reading("rate.x", "AdaGrad", at=1)),
                Finding("0.00125", Reading("rate.y", "AdaGrad", at=1)),
            ),
        ),
        Page(
            "AdaGrad adds up",
            """
G is the sum of all squared gradients, one for each coordinate. The step is η·g/√G.

With η = 0.1 and the gradients 3, 2.5, 2.8, 3.1:

- G: 9, 15.25, 23.09, 32.70
- rate: 0.0333, 0.0256, 0.0208, 0.0175

G cannot fall, so the rate **only ever shrinks**. A coordinate that is seldom seen keeps a large one.
""",
            racers=("AdaGrad",),
            questions=(
                Number(
                    "A rare feature: gradients 0, 0, 0, 5, and η = 0.1. What is the rate when the 5 comes?",
                    "0.1 / sqrt(5**2)",
                    tolerance=0.02,
                    because="G is still 0 when the 5 comes, then 25: 0.1/√25 = 0.02.",
                ),
            ),
            findings=(
                Finding("9", "3**2"),
                Finding("15.25", "3**2 + 2.5**2"),
                Finding("23.09", "3**2 + 2.5**2 + 2.8**2"),
                Finding("32.70", "3**2 + 2.5**2 + 2.8**2 + 3.1**2"),
                Finding("0.0333", "0.1 / sqrt(9)"),
                Finding("0.0256", "0.1 / sqrt(15.25)"),
                Finding("0.0208", "0.1 / sqrt(23.09)"),
                Finding("0.0175", "0.1 / sqrt(32.7)"),
                Finding("0.02", "0.1 / sqrt(25)"),
            ),
        ),
        Page(
            "A long way down",
            """
A cone: the slope is close to 1 almost everywhere, and the minimum is 10 away. Both have η = 0.1.

AdaGrad's rate falls as η/√t: 0.05 at step 4, 0.02 at step 25, 0.01 at step 100.
""",
            race=CONE,
            prediction=Number(
                "AdaGrad starts at x = 10. Where is it after 400 steps?",
                Reading("x", "AdaGrad"),
                tolerance=0.15,
                because="At 6.15. In t steps it goes about 2η√t: 4 in 400 steps. RMSProp arrived at step 109.",
            ),
            findings=(
                Finding("0.05", Reading("rate.x", "AdaGrad", at=4)),
                Finding("0.02", Reading("rate.x", "AdaGrad", at=25)),
                Finding("0.01", Reading("rate.x", "AdaGrad", at=100)),
                Finding("6.15", Reading("x", "AdaGrad")),
                Finding("4", "2 * 0.1 * sqrt(400)"),
                Finding("109", Reading("arrival", "RMSProp")),
            ),
        ),
        Page(
            "Give it a start",
            """
AdaGrad is not lost. It only needs an η that is meant **for the whole way**, not for one step.

Move AdaGrad's η.
""",
            race=CONE,
            controls=("AdaGrad.lr",),
            goal=Goal("Let AdaGrad arrive before RMSProp does.", (Bound("arrival", "AdaGrad", at_most=108),)),
            hint="It has to be several times larger than RMSProp's.",
            solution=("AdaGrad.lr=1",),
            why="At η = 1 it arrives at step 56. At 0.5 it takes 208 steps: half the η, four times the steps, roughly.",
            findings=(
                Finding("56", Reading("arrival", "AdaGrad"), given=("AdaGrad.lr=1",)),
                Finding("208", Reading("arrival", "AdaGrad"), given=("AdaGrad.lr=0.5",)),
            ),
        ),
        Page(
            "RMSProp forgets",
            """
RMSProp lets G fade: nine tenths of the old, one tenth of the new g². For 3, 2.5, 2.8, 3.1 that makes 0.9, 1.435,
2.0755, 2.829, and rates 0.1054, 0.0835, 0.0694, 0.0595. They do not die out.

There is a price. Near the minimum the gradient fades, and G with it: the step keeps the length η. The racer hops
between 0.025 and −0.025, for ever.
""",
            racers=("RMSProp",),
            controls=("schedule",),
            goal=Goal(
                "Bring it to rest: hover below 0.0001 at the end.",
                (Bound("hover", at_most=1e-4), Bound("arrival", at_most=300)),
            ),
            hint="The hop is as long as η: let η fall to 0, gently at the end.",
            solution=("entrant.schedule.name=cosine",),
            why="The hop shrinks with η. RMSProp needs a schedule where AdaGrad brings its own.",
            questions=(
                Number(
                    "It hops between ±0.025 at η = 0.05. Between which ± at η = 0.2?",
                    "0.2 / 2",
                    tolerance=0.05,
                    because="Half the step on either side: ±0.1. The hop is as long as η.",
                ),
            ),
            findings=(
                Finding("0.9", "0.1 * 3**2"),
                Finding("1.435", "0.9 * 0.9 + 0.1 * 2.5**2"),
                Finding("2.0755", "0.9 * 1.435 + 0.1 * 2.8**2"),
                Finding("2.829", "0.9 * 2.0755 + 0.1 * 3.1**2"),
                Finding("0.1054", "0.1 / sqrt(0.9)"),
                Finding("0.0835", "0.1 / sqrt(1.435)"),
                Finding("0.0694", "0.1 / sqrt(2.0755)"),
                Finding("0.0595", "0.1 / sqrt(2.829)"),
                Finding("0.025", Reading("x")),
                Finding("−0.025", Reading("y")),
            ),
        ),
        Page(
            "Ten times narrower",
            """
With κ = 100 AdaGrad arrived at step 160. Now κ is 1,000 and nobody's η was changed. The gradient along y is ten times
as large as it was.
""",
            changes=("landscape.kappa=1000",),
            racers=("AdaGrad", "RMSProp"),
            prediction=Number(
                "At which step does AdaGrad arrive?",
                Reading("arrival", "AdaGrad"),
                tolerance=0.3,
                because="At 124, even a little sooner, as it started higher. Ten times the gradient is divided by ten "
                "times the size: the path is the same, point by point. SGD would need an η below 0.001.",
            ),
            findings=(
                Finding("160", Reading("arrival", "AdaGrad"), given=("landscape.kappa=100",)),
                Finding("124", Reading("arrival", "AdaGrad")),
                Finding("0.001", "2 / (2 * 1000)"),
            ),
        ),
        Page(
            "Not to scale: axes",
            """
The ravine lies **along an axis**. Then one rate for each coordinate is just what is needed, and the picture flatters
these rules.

Real valleys lie askew. Turn this one with φ.
""",
            racers=("AdaGrad",),
            controls=("landscape.rotation",),
            overlays=("gradient", "step"),
            goal=Goal(
                "Turn the ravine until AdaGrad is still above a loss of 1 at the end.",
                (Bound("loss", at_least=1.0),),
            ),
            hint="As far from either axis as can be.",
            solution=("landscape.rotation=45",),
            why="At 45° both coordinates see equally large gradients, so both get the same small rate: the loss ends "
            "at 6.1. What is left is plain descent with a fading η.",
            findings=(Finding("6.1", Reading("loss"), given=("landscape.rotation=45",)),),
        ),
    ),
)
