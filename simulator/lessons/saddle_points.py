"""Saddle points: where the slope is zero and nothing is won."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking

_FIELD = [
    {"optimizer": "sgd", "label": "SGD", "lr": 0.05},
    {"optimizer": "momentum", "label": "Momentum", "lr": 0.02, "beta": 0.9},
    {"optimizer": "rmsprop", "label": "RMSProp", "lr": 0.05},
    {"optimizer": "adam", "label": "Adam", "lr": 0.1},
]
_SADDLE = {"steps": 200, "starts": [[-2.5, 0.0001]], "landscape": {"name": "bounded_saddle"}}

LESSON = Lesson(
    title="Saddle points",
    summary="Flat is not low. A ridge traps every rule that stands exactly on it, and hardly any that stands beside.",
    minutes=15,
    place=130,
    source="Dauphin et al. 2014, Identifying and attacking the saddle point problem in high-dimensional non-convex "
    "optimization; Lee et al. 2016, Gradient Descent Only Converges to Minimizers; Jin et al. 2017, How to Escape "
    "Saddle Points Efficiently",
    race=_SADDLE | {"entrant": _FIELD},
    pages=(
        Page(
            "On the ridge",
            """
Along x the ground is a valley, along y a ridge. In between lies a **saddle**: the slope there is zero, and the loss is
1 above the minima.

All four start exactly on the ridge, at y = 0. Run the race. Then turn the relief and look at where they stand.
""",
            changes=("starts=[[-2.5, 0.0]]",),
            view="relief",
            findings=(
                Finding("1", Reading("gap", "SGD")),
                Finding("0", Reading("y", "Adam")),
            ),
            questions=(
                Number(
                    "How far from the ridge is SGD after 200 steps?",
                    Reading("y", "SGD"),
                    because="On the ridge the slope across it is exactly 0. A rule that follows slopes alone stays.",
                ),
            ),
        ),
        Page(
            "A hair beside it",
            """
Now they start at y = 0.0001. Nothing else is different.

The slope across is tiny at first. But away from a ridge it **grows** as fast as the distance does.
""",
            prediction=Ranking(
                "Who is first to arrive?",
                "arrival",
                because="RMSProp and Adam divide by the size of the gradient, so a tiny slope counts as much as a "
                "large one. SGD has to wait until it has grown.",
            ),
            questions=(
                Pick("Who needed longest?", "arrival", highest=True),
                Number(
                    "At which step does SGD arrive?",
                    Reading("arrival", "SGD"),
                    tolerance=0.05,
                ),
            ),
        ),
        Page(
            "Waiting grows slowly",
            """
SGD alone. From y = 0.01 it arrives at step 79, from 0.0001 at step 127.

A hundred times nearer costs only 48 steps more. Near the ridge each step multiplies y by 1.1, so time grows with the
**logarithm** of the distance.
""",
            racers=("SGD",),
            controls=("starts",),
            goal=Goal("Move the start so that SGD arrives before step 70.", (Bound("arrival", at_most=69),)),
            hint="Click on the map, farther from the ridge.",
            solution=("starts=[[-2.5, 1.0]]",),
            why="The ridge is one line. Away from it, descent hardly notices the saddle.",
            findings=(
                Finding("79", Reading("arrival"), given=("starts=[[-2.5, 0.01]]",)),
                Finding("127", Reading("arrival")),
                Finding("48", "127 - 79"),
                Finding("1.1", "1 + 0.05 * 2"),
            ),
        ),
        Page(
            "Noise sets it free",
            """
Back on the ridge, exactly. This time the noise σ of the gradients is yours.

Any noise at all pushes the racer off the line, and the ridge does the rest.
""",
            changes=("starts=[[-2.5, 0.0]]", "seed=3"),
            racers=("SGD",),
            controls=("noise.sigma", "seed"),
            goal=Goal("Bring SGD from the ridge down to a minimum.", (Bound("arrival", at_most=200),)),
            hint="A very small σ is enough.",
            solution=("noise.sigma=0.01",),
            why="At σ = 0.01 it arrives at step 102. Ten times less noise costs only 26 steps more.",
            findings=(
                Finding("102", Reading("arrival"), given=("noise.sigma=0.01",)),
                Finding("26", "128 - 102"),
            ),
        ),
        Page(
            "Newton is drawn to it",
            """
Newton's method jumps to where its quadratic model is **flat**. A saddle is flat.

It starts at y = 0.01, beside the ridge, and jumps straight onto the saddle. There it stays, 1 above the minima.

Two variants also look at the loss, or at the sign of the curvature.
""",
            race=_SADDLE
            | {
                "starts": [[-2.5, 0.01]],
                "steps": 40,
                "entrant": [
                    {"optimizer": "newton", "label": "Newton", "lr": 1.0},
                    {"optimizer": "newton", "label": "Line search", "lr": 1.0, "globalization": "line_search"},
                    {"optimizer": "newton", "label": "Trust region", "lr": 1.0, "globalization": "trust_region"},
                ],
            },
            overlays=("curvature",),
            findings=(Finding("1", Reading("gap", "Newton")),),
            questions=(
                Pick(
                    "Which of the three ends highest?",
                    "gap",
                    highest=True,
                    because="Plain Newton is drawn to any point without slope, be it a minimum, a saddle or a hilltop.",
                ),
                Number(
                    "At which step does Trust region arrive?",
                    Reading("arrival", "Trust region"),
                    tolerance=0.01,
                ),
            ),
        ),
        Page(
            "Not to scale",
            """
In two dimensions a saddle has one way down, and it is easy to miss. A network has millions of directions.

There, most points without slope that lie high are saddles, and nearly all of them have many ways down. From a random
start and with small steps, the chance that gradient descent ends on one is zero.

What costs time is the **plateau** around them. That is where a rate for each coordinate, or momentum, helps.
""",
            questions=(
                Number(
                    "Near a ridge of curvature −2, at η = 0.05: by how much does a step multiply the distance?",
                    "1 + 0.05 * 2",
                    tolerance=0.01,
                    because="y goes to y − η·(−2y), which is 1.1·y.",
                ),
            ),
        ),
    ),
)
