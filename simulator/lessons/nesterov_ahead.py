"""Nesterov looks ahead: the slope where the ball is going, and what that is worth."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking

BOTH = ("Momentum", "Nesterov")

LESSON = Lesson(
    title="Nesterov looks ahead",
    summary="Ask for the slope where the velocity will carry you, and brake in time.",
    minutes=15,
    place=50,
    source="Nesterov 1983, A method of solving a convex programming problem with convergence rate O(1/k²); Sutskever "
    "et al. 2013, On the importance of initialization and momentum in deep learning",
    race={
        "steps": 200,
        "starts": [[5.0, 2.0]],
        "landscape": {"name": "ravine", "kappa": 10.0},
        "entrant": [
            {"optimizer": "sgd", "label": "SGD", "lr": 0.02},
            {"optimizer": "momentum", "label": "Momentum", "lr": 0.02, "beta": 0.9},
            {"optimizer": "nesterov", "label": "Nesterov", "lr": 0.02, "beta": 0.9},
        ],
    },
    pages=(
        Page(
            "A ghost ahead of the ball",
            """
Two balls, the same η = 0.02 and β = 0.9. One thing differs: Nesterov asks for the slope **not where it is, but where
its velocity alone would carry it**. That place is drawn as a ghost ahead of the ball.

Run the race step by step. When the ghost already stands on the far slope, Nesterov brakes. Momentum learns of it one
step later.

Nesterov travels 11.1 in all, Momentum 22.2.
""",
            racers=BOTH,
            shows=3,
            overlays=("asked",),
            findings=(
                Finding("11.1", Reading("travelled", "Nesterov")),
                Finding("22.2", Reading("travelled", "Momentum")),
            ),
        ),
        Page(
            "Where is the ghost?",
            """
In one dimension: (x − 3)² from 0, η = 0.01, β = 0.9. The first step is the same for both, as nothing moves yet:
x = 0.06, v = −6.

For the second, Momentum asks at x = 0.06 and hears −5.88. Nesterov asks at the ghost, **θ − η·β·v**, and hears −5.772.
The slope there is less, and so is its step. Below are the numbers.
""",
            race={
                "steps": 60,
                "starts": [[0.0]],
                "landscape": {"name": "parabola", "centre": 3.0},
                "entrant": [
                    {"optimizer": "momentum", "label": "Momentum", "lr": 0.01, "beta": 0.9},
                    {"optimizer": "nesterov", "label": "Nesterov", "lr": 0.01, "beta": 0.9},
                ],
            },
            shows=1,
            overlays=("asked", "step"),
            panel="Nesterov.inspect",
            questions=(
                Number(
                    "After the second step x = 0.1717 and v = −11.172. Where is the ghost of the third?",
                    "0.1717 + 0.01 * 0.9 * 11.172",
                    tolerance=0.01,
                    because="0.1717 + 0.01 · 0.9 · 11.172 = 0.2722.",
                ),
            ),
            findings=(
                Finding("0.06", Reading("x", "Nesterov", at=1)),
                Finding("−6", Reading("v.x", "Nesterov", at=1)),
                Finding("−5.88", Reading("grad.x", "Momentum", at=2)),
                Finding("−5.772", Reading("grad.x", "Nesterov", at=2)),
                Finding("0.2722", "0.1717 + 0.01 * 0.9 * 11.172"),
                Finding("−5.772", "2 * (0.114 - 3)"),
            ),
        ),
        Page(
            "How far past?",
            """
Back in the ravine with a long memory: β = 0.99. Both balls run far past the minimum.

Momentum overshoots by 4.92, almost as far as it came: the start is 5.39 away.
""",
            racers=BOTH,
            changes=("Momentum.beta=0.99", "Nesterov.beta=0.99"),
            prediction=Number(
                "How far past the minimum does Nesterov go?",
                Reading("overshoot", "Nesterov"),
                tolerance=0.2,
                because="3.15. Looking ahead is a brake, not a cure. But after 200 steps Nesterov has settled to a "
                "loss of 0.0006, and Momentum still swings at 6.6.",
            ),
            findings=(
                Finding("4.92", Reading("overshoot", "Momentum")),
                Finding("5.39", Reading("distance", "Momentum", at=0)),
                Finding("3.15", Reading("overshoot", "Nesterov")),
                Finding("0.0006", Reading("loss", "Nesterov")),
                Finding("6.6", Reading("loss", "Momentum")),
            ),
        ),
        Page(
            "Tune it",
            """
With η = 0.02 and β = 0.9 Nesterov arrives at step 58, Momentum at step 102.

Now η and β of Nesterov are yours.
""",
            racers=BOTH,
            controls=("Nesterov.lr", "Nesterov.beta"),
            shows=3,
            overlays=("asked",),
            goal=Goal("Let Nesterov arrive within 30 steps.", (Bound("arrival", "Nesterov", at_most=30),)),
            hint="A little less memory is enough.",
            solution=("Nesterov.beta=0.7",),
            why="With β = 0.7 it takes 27 steps. A larger η does more still: 20 steps at η = 0.05.",
            findings=(
                Finding("58", Reading("arrival", "Nesterov")),
                Finding("102", Reading("arrival", "Momentum")),
                Finding("27", Reading("arrival", "Nesterov"), given=("Nesterov.beta=0.7",)),
                Finding("20", Reading("arrival", "Nesterov"), given=("Nesterov.beta=0.7", "Nesterov.lr=0.05")),
            ),
        ),
        Page(
            "Three rules, one bold η",
            """
Plain descent joins in, and η is 0.08 for all three. Plain descent's limit is 2 over the largest curvature, here 0.1.
Momentum has the wider limit 2(1 + β)/L = 0.19.

Surely the one that looks ahead is the safest?
""",
            changes=("entrant.lr=0.08",),
            prediction=Ranking(
                "Who is lowest after 200 steps?",
                "gap",
                because="Nesterov is gone at step 24. Its limit is 2(1 + β)/((1 + 2β)·L) = 0.068, below plain "
                "descent's. Across the valley the ghost lands high on the far slope, and the brake throws the ball "
                "back.",
            ),
            questions=(Pick("Who has the longest path?", "travelled", highest=True),),
            findings=(
                Finding("0.1", Reading("limit", "SGD")),
                Finding("0.19", "2 * (1 + 0.9) / 20"),
                Finding("24", Reading("diverged", "Nesterov")),
                Finding("0.068", "2 * (1 + 0.9) / ((1 + 2*0.9) * 20)"),
            ),
        ),
        Page(
            "Two limits",
            """
So the order of the limits is Nesterov, plain descent, Momentum.

Less memory widens Nesterov's limit: at β = 0 it is plain descent's.
""",
            changes=("entrant.lr=0.08",),
            controls=("lr", "Nesterov.beta"),
            goal=Goal(
                "All three have η of 0.08 or more. Let all three arrive.",
                (Bound("arrival", at_most=200), Bound("lr", at_least=0.08)),
            ),
            hint="With β = 0.3, Nesterov's limit is 2·1.3/(1.6·20).",
            solution=("Nesterov.beta=0.3",),
            why="At β = 0.3 the limit is 0.081, a hair above 0.08. At β = 0.2 it is 0.086.",
            findings=(
                Finding("0.081", "2 * 1.3 / (1.6 * 20)"),
                Finding("0.136", "2 * 1.9 / (2.8 * 10)"),
                Finding("0.086", "2 * 1.2 / (1.4 * 20)"),
            ),
            questions=(
                Number(
                    "The largest curvature is 10, β = 0.9. What is Nesterov's limit?",
                    "2 * 1.9 / (2.8 * 10)",
                    tolerance=0.02,
                    because="2·1.9/(2.8·10) = 0.136.",
                ),
            ),
        ),
        Page(
            "Nothing to see ahead",
            """
The ghost only helps if the slope there is **another** slope. The smaller the steps, the nearer the ghost, and the less
there is to learn from it.

Nesterov's path is 0.5 times as long as Momentum's here. Take its advantage away.
""",
            racers=BOTH,
            controls=("lr", "beta"),
            shows=3,
            overlays=("asked",),
            goal=Goal(
                "Make Nesterov's path at least 98 % as long as Momentum's.",
                (Bound("travelled", "Nesterov", more_than="Momentum", factor=0.98),),
            ),
            hint="Steps much smaller, or no memory at all.",
            solution=("entrant.lr=0.0005",),
            why="At η = 0.0005 the ghost is too near to be of use. At β = 0 there is no ghost, and the two rules are "
            "one.",
            findings=(Finding("0.5", Reading("travelled", "Nesterov"), over=Reading("travelled", "Momentum")),),
        ),
        Page(
            "Not to scale",
            """
Nesterov proved that no rule that asks for gradients alone beats his by more than a constant factor: on **smooth
convex** losses, with the full gradient, and with a β that grows step by step. Here β stands still and the valley is a
plain bowl.

With mini-batches nothing of the kind is proved, and the gain is often small.

Libraries store the ghost as the parameter. While η is constant, their path is the path of our ghost; when a schedule
moves η, the two differ.

Noise, η and β are yours here.
""",
            racers=BOTH,
            changes=("noise.sigma=5", "steps=1000"),
            controls=("lr", "beta", "noise.sigma"),
            shows=3,
            overlays=("asked",),
        ),
    ),
)
