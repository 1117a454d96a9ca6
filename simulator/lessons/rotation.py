"""What a rotation does: rules with one rate per coordinate depend on where the axes lie."""

from typing import Any

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking

_FIELD: list[dict[str, Any]] = [
    {"optimizer": "sgd", "label": "SGD", "lr": 0.024},
    {"optimizer": "momentum", "label": "Momentum", "lr": 0.0063, "beta": 0.9},
    {"optimizer": "adagrad", "label": "AdaGrad", "lr": 1.0},
    {"optimizer": "adam", "label": "Adam", "lr": 0.2},
]


def _turned(degrees: float, x: float, y: float) -> dict[str, Any]:
    """The ravine turned, and the start with it."""
    landscape = {"name": "ravine", "kappa": 40.0, "rotation": degrees}
    return {"steps": 400, "starts": [[x, y]], "landscape": landscape, "entrant": _FIELD}


_HALF_WAY = _turned(45.0, 2.1213, 4.9497)

LESSON = Lesson(
    title="What rotation does",
    summary="Turn the same valley by 45 degrees: SGD does not notice, Adam and AdaGrad do.",
    minutes=15,
    place=150,
    source="Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization; "
    "Vyas et al. 2024, SOAP: Improving and Stabilizing Shampoo using Adam",
    race=_turned(0.0, 5.0, 2.0),
    pages=(
        Page(
            "Along the axes",
            """
A ravine of condition number 40, straight along the x axis. Each coordinate has a curvature of its own.

AdaGrad and Adam give **each coordinate its own rate**. This valley is made for them.
""",
            prediction=Ranking(
                "Who arrives first?",
                "arrival",
                because="AdaGrad arrives at step 51, SGD at 121. A rate for each coordinate takes the condition number "
                "away, as long as the valley follows the axes.",
            ),
            findings=(
                Finding("51", Reading("arrival", "AdaGrad")),
                Finding("121", Reading("arrival", "SGD")),
                Finding("40", "80 / 2"),
            ),
        ),
        Page(
            "The same valley, turned",
            """
The valley and the start are turned by 45 degrees. With your head tilted you see the same picture.

The racers keep their rates. Only the axes of the coordinates lie differently now.
""",
            race=_HALF_WAY,
            prediction=Ranking(
                "Who arrives first now?",
                "arrival",
                because="Momentum and SGD arrive at 82 and 121, exactly as before. Adam needs 238 steps, and AdaGrad, "
                "the first of the last race, needs 366.",
            ),
            findings=(
                Finding("82", Reading("arrival", "Momentum")),
                Finding("121", Reading("arrival", "SGD")),
                Finding("238", Reading("arrival", "Adam")),
                Finding("366", Reading("arrival", "AdaGrad")),
            ),
        ),
        Page(
            "Why",
            """
The ellipses show the rates: wide where a step is long. Their axes are **those of the coordinates**, always.

On the straight ravine AdaGrad's first rate along x is 16 times that along y: a flat ellipse, like the valley. On the
turned one both coordinates see the same mixture of steep and flat. It is 1.1 times here, nearly a circle, and nothing
is gained.

Run the race: the ellipses shrink, and stay round.
""",
            race=_HALF_WAY,
            racers=("AdaGrad", "Adam"),
            overlays=("unit_ball",),
            findings=(
                Finding("1.1", Reading("rate.x", "AdaGrad", at=1), over=Reading("rate.y", "AdaGrad", at=1)),
                Finding(
                    "16",
                    Reading("rate.x", "AdaGrad", at=1),
                    given=("landscape.rotation=0", "starts=[[5.0, 2.0]]"),
                    over=Reading("rate.y", "AdaGrad", at=1),
                ),
            ),
        ),
        Page(
            "Turn it yourself",
            """
Turn the valley with φ. The start stays where it is.

At 90 degrees the valley follows the other axis, and Adam is quick again. It is not the turning that hurts, it is
standing **between** the axes.
""",
            race=_HALF_WAY,
            racers=("Adam",),
            controls=("landscape.rotation",),
            goal=Goal("Let Adam arrive within 105 steps.", (Bound("arrival", at_most=105),)),
            hint="Turn until the valley lies along an axis.",
            solution=("landscape.rotation=90",),
            why="At 90 degrees it arrives at step 100. Each curvature belongs to one coordinate again.",
            findings=(Finding("100", Reading("arrival"), given=("landscape.rotation=90",)),),
        ),
        Page(
            "Who does not care",
            """
Newton's method reads the whole Hessian, with what couples x and y. It knows no axes: one step, turned or not.

SGD and Momentum know no axes either. They are as slow as the valley is narrow, in any direction.
""",
            race=_HALF_WAY | {"entrant": [*_FIELD, {"optimizer": "newton", "label": "Newton", "lr": 1.0}]},
            findings=(Finding("1", Reading("arrival", "Newton")),),
            questions=(
                Pick("Who is last?", "arrival", highest=True),
                Number(
                    "At which step does Newton arrive?",
                    Reading("arrival", "Newton"),
                    tolerance=0.0,
                    because="At step 1. On a quadratic its model is the landscape itself.",
                ),
            ),
        ),
        Page(
            "Not to scale",
            """
Adam is the usual choice for networks all the same. There the axes are not arbitrary: a weight belongs to one input and
one output, and some inputs are rare.

Shampoo and SOAP look for better axes: they turn the gradient of a matrix into its own principal directions first, and
scale there.

φ is yours here: turn the valley and compare all four.
""",
            race=_HALF_WAY,
            controls=("landscape.rotation",),
        ),
    ),
)
