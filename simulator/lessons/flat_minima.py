"""Flat and sharp minima: where a rule ends, and what SAM looks for."""

from typing import Any

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick

_GROUND: dict[str, Any] = {"steps": 500, "starts": [[2.2, 0.2]], "landscape": {"name": "sharp_wide"}}
_FIELD = [
    {"optimizer": "sgd", "label": "SGD", "lr": 0.015},
    {"optimizer": "sgd", "label": "SGD, large η", "lr": 0.1},
    {"optimizer": "sam", "label": "SAM", "lr": 0.1, "rho": 0.4},
]

LESSON = Lesson(
    title="Flat and sharp minima",
    summary="Two minima: one a little deeper, and 92 times as sharp. Who ends where, and whether it matters.",
    minutes=15,
    place=160,
    source="Hochreiter & Schmidhuber 1997, Flat Minima; Foret et al. 2021, Sharpness-Aware Minimization for "
    "Efficiently Improving Generalization; Dinh et al. 2017, Sharp Minima Can Generalize For Deep Nets",
    race=_GROUND | {"entrant": _FIELD},
    pages=(
        Page(
            "The deeper one",
            """
To the right lies a narrow hole, to the left a wide bowl. The hole is deeper: −1.15 against −0.95.

SGD starts beside the hole with a small η. Run the race.
""",
            racers=("SGD",),
            view="relief",
            findings=(
                Finding("−1.15", Reading("loss", "SGD")),
                Finding("−0.95", Reading("loss", "SGD"), given=("entrant.lr=0.1",)),
            ),
            questions=(
                Number(
                    "How large is the curvature where SGD ends?",
                    Reading("curvature", "SGD"),
                    tolerance=0.05,
                    because="96. Seen from above, the level lines of the hole are tiny circles.",
                ),
            ),
        ),
        Page(
            "Too sharp to stay in",
            """
A minimum of curvature 96 can only hold a racer whose η is below 2/96, which is 0.0208.

SGD has come to rest in the hole. Give it a larger η: it is thrown out, and must look elsewhere.
""",
            racers=("SGD",),
            controls=("lr",),
            shows=300,
            goal=Goal(
                "End in the wide bowl, where the curvature is below 2.",
                (Bound("curvature", at_most=2.0), Bound("x", at_most=-1.0)),
            ),
            hint="A little above 0.02 it only rattles around the hole. Go farther.",
            solution=("entrant.lr=0.1",),
            why="A large η has a taste of its own: it can only stay where the ground is flat.",
            findings=(
                Finding("96", Reading("curvature")),
                Finding("0.0208", Reading("limit")),
            ),
        ),
        Page(
            "SAM asks next door",
            """
SAM does not use the slope where it stands. It first goes ρ uphill, to the **worst place nearby**, and takes the slope
there.

In a narrow hole the worst place nearby is outside of the hole.
""",
            racers=("SAM",),
            changes=("SAM.rho=0.2",),
            controls=("rho",),
            overlays=("asked", "step"),
            goal=Goal("Set ρ so that SAM ends in the wide bowl.", (Bound("x", at_most=-1.0),)),
            hint="The hole is about 0.3 wide. ρ should be more than that.",
            solution=("SAM.rho=0.4",),
            why="With ρ = 0.2 it looks around inside the hole and stays near it. With 0.4 it looks beyond.",
        ),
        Page(
            "What it costs",
            """
Each step of SAM asks for **two** gradients: one to know where uphill is, one there.

After 500 steps it has asked for 1,000. A fair race gives the others twice the steps, or counts gradients instead of
steps.
""",
            findings=(
                Finding("500", Reading("evals", "SGD")),
                Finding("1,000", Reading("evals", "SAM")),
            ),
            questions=(
                Pick(
                    "Who ends at the lowest loss?",
                    "loss",
                    because="SGD with the small η, in the sharp hole. Lowest is not the same as best to have.",
                ),
                Pick("And who ends where the curvature is largest?", "curvature", highest=True),
            ),
        ),
        Page(
            "Does flat matter?",
            """
The loss on new data is a slightly **shifted** landscape. Where the ground is flat, a shift costs little.

Look at the level lines where the two have ended: tiny circles, and wide ones.

Within 0.3 of the sharp minimum the loss rises up to +0.04. Around the wide one it stays below −0.89.

That is an argument, not a proof: by scaling the weights of a network one can make any minimum look sharp, and it still
computes the same.
""",
            racers=("SGD", "SGD, large η"),
            shows=500,
            questions=(
                Number(
                    "The curvature is 50. A shift of 0.2: by how much does the loss rise?",
                    "0.5 * 50 * 0.2**2",
                    tolerance=0.02,
                    because="Half the curvature times the square of the shift.",
                ),
            ),
        ),
    ),
)
