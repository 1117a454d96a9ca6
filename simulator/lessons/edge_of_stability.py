"""The edge of stability in two dimensions: the steepest direction sets the rate for all."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Ranking

LESSON = Lesson(
    title="The edge of stability",
    summary="The steepest direction limits η, the flattest one sets the pace.",
    minutes=20,
    place=20,
    source="Cohen et al. 2021, Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability",
    race={
        "steps": 150,
        "starts": [[5.0, 2.0]],
        "landscape": {"name": "ravine", "kappa": 10.0},
        "entrant": [{"optimizer": "sgd", "label": "SGD", "lr": 0.05}],
    },
    pages=(
        Page(
            "Two curvatures, one rate",
            """
The loss is x² + 10y². Along x the curvature is 2, along y it is 20.

Gradient descent has **one η for both**. At η = 0.05 each step along y ends in the middle of the valley. Along x it
goes only 10 % of the way.

Run the race. Most of the time goes into the way along x.
""",
            overlays=("gradient", "step"),
            findings=(
                Finding("20", Reading("curvature")),
                Finding("10", "100 * 2 * 0.05"),
            ),
        ),
        Page(
            "How many steps?",
            "Half the limit: η = 0.05. Every step takes 10 % off the distance along x, and the loss has to fall to a "
            "millionth.",
            prediction=Number(
                "At which step does the racer arrive?",
                Reading("arrival"),
                tolerance=0.2,
                because="The loss is a square: the distance has to fall to about a thousandth, and 0.9 to the power 61 "
                "is about that.",
            ),
            findings=(Finding("0.9", "1 - 0.05*2"),),
        ),
        Page(
            "Four rates",
            "Four racers between half the limit and just above it. They differ in nothing but η.",
            race={
                "steps": 150,
                "starts": [[5.0, 2.0]],
                "landscape": {"name": "ravine", "kappa": 10.0},
                "entrant": [{"optimizer": "sgd", "label": f"η = {lr}", "lr": lr} for lr in (0.05, 0.09, 0.1, 0.101)],
            },
            prediction=Ranking(
                "Who is lowest after 150 steps?",
                "gap",
                at=150,
                because="Along y every step multiplies the distance by 1 − 20η: −0.8 at 0.09, −1 at 0.1, −1.02 at "
                "0.101. A hair above the limit is enough to climb out. At 0.09 the racer jumps from side to side and "
                "is first all the same: along x it keeps 0.82 of the distance, at 0.05 it keeps 0.9.",
            ),
            findings=(
                Finding("−0.8", "1 - 20*0.09"),
                Finding("0.82", "1 - 2*0.09"),
                Finding("0.9", "1 - 2*0.05"),
                Finding("−1", "1 - 20*0.1"),
                Finding("−1.02", "1 - 20*0.101"),
            ),
        ),
        Page(
            "Find the edge",
            """
The limit is 2 divided by the **largest** curvature.

Close to it the racer crosses the valley at every step and still gets nearer. Look at the curve of the loss: it falls
all the same.
""",
            controls=("lr",),
            goal=Goal(
                "Cross the valley 100 times or more, and arrive all the same.",
                (Bound("turns", at_least=100), Bound("arrival", at_most=150)),
            ),
            hint="The limit here is 0.1. Stay just below.",
            solution=("entrant.lr=0.096",),
            why="The path still shrinks as long as 20η is less than 2.",
            findings=(Finding("0.1", Reading("limit")),),
        ),
        Page(
            "The fastest rate",
            """
Too close to the limit, the racer loses time along y. Too far from it, along x.

In between lies the best single η. It makes both directions **equally slow**: 2 / (2 + 20) = 0.0909.
""",
            controls=("lr",),
            goal=Goal("Arrive in 40 steps or less.", (Bound("arrival", at_most=40),)),
            hint="Try rates between 0.08 and 0.095.",
            solution=("entrant.lr=0.09",),
            why="Both distances shrink by 0.82 a step at η = 0.0909. No single rate does better on this ravine.",
            findings=(
                Finding("0.0909", "2 / (2 + 20)"),
                Finding("0.82", "1 - 2*2/22"),
            ),
        ),
        Page(
            "A narrower ravine",
            """
Move κ, the ratio of the two curvatures. The larger it is, the lower is the limit, and the longer the flat direction
takes.

At κ = 100 the limit is 0.01.
""",
            changes=("entrant.lr=0.05", "steps=600"),
            controls=("landscape.kappa",),
            goal=Goal(
                "Make the ravine so narrow that the racer climbs out at η = 0.05.",
                (Bound("diverged", at_most=600),),
            ),
            hint="At η = 0.05 the largest curvature may be 40. It is twice κ.",
            solution=("landscape.kappa=30",),
            why="The rate did not change. The landscape did.",
            findings=(
                Finding("0.01", Reading("limit"), given=("landscape.kappa=100",)),
                Finding("40", "2 / 0.05"),
            ),
            questions=(
                Number(
                    "κ is 50, so the largest curvature is 100. Which η is the limit?",
                    "2 / 100",
                    tolerance=0.02,
                    because="2 divided by the largest curvature.",
                ),
            ),
        ),
    ),
)
