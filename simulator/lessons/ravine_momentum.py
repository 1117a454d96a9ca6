"""The ravine and momentum: what a velocity buys, and what it costs."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Ranking

GIVEN_BETAS = (0.0, 0.7, 0.9, 0.99)

LESSON = Lesson(
    title="The ravine and momentum",
    summary="A velocity adds up slopes that agree and cancels slopes that alternate. It also overshoots.",
    minutes=20,
    place=40,
    source="Polyak 1964, Some methods of speeding up the convergence of iteration methods; Goh 2017, Why Momentum "
    "Really Works",
    race={
        "steps": 200,
        "starts": [[5.0, 2.0]],
        "landscape": {"name": "ravine", "kappa": 10.0},
        "entrant": [
            {"optimizer": "sgd", "label": "SGD", "lr": 0.015},
            {"optimizer": "momentum", "label": "Momentum", "lr": 0.015, "beta": 0.9},
        ],
    },
    pages=(
        Page(
            "A ball in a ravine",
            """
The loss is x² + 10y²: steep across, shallow along. Both racers have η = 0.015. One of them is a ball that **keeps 90 %
of its velocity** at every step.

Run the race. Plain descent slides to the floor and then crawls along it. The ball swings, runs past the minimum and
comes back.

The ball gets below a loss of 1 at step 25, plain descent at step 53.
""",
            shows=3,
            overlays=("velocity",),
            findings=(
                Finding("90", "100 * 0.9"),
                Finding("25", Reading("below", "Momentum", level=1.0)),
                Finding("53", Reading("below", "SGD", level=1.0)),
            ),
        ),
        Page(
            "The velocity",
            """
In one dimension: (x − 3)² from x = 0, η = 0.01. The velocity keeps nine tenths of itself and takes the new slope on
top:

- v: −6, −11.28, −15.81
- x: 0.06, 0.173, 0.331

Plain descent comes to 0.06, 0.119, 0.176. The slopes all point one way, so they **add up**. Below is the third step.
""",
            race={
                "steps": 60,
                "starts": [[0.0]],
                "landscape": {"name": "parabola", "centre": 3.0},
                "entrant": [
                    {"optimizer": "sgd", "label": "SGD", "lr": 0.01},
                    {"optimizer": "momentum", "label": "Momentum", "lr": 0.01, "beta": 0.9},
                ],
            },
            shows=2,
            overlays=("velocity", "step"),
            panel="Momentum.inspect",
            questions=(
                Number(
                    "A slope of 1 that never changes, β = 0.9. What does v come to?",
                    "1 / (1 - 0.9)",
                    tolerance=0.02,
                    because="v settles where 0.9·v + 1 = v: at 1/(1 − 0.9) = 10. So η works like ten times η.",
                ),
                Number(
                    "And if the slope is 1, −1, 1, −1 for ever: how large is v then?",
                    "1 / (1 + 0.9)",
                    tolerance=0.03,
                    because="v swings between plus and minus 1/(1 + 0.9) = 0.53. Slopes that alternate nearly cancel.",
                ),
            ),
            findings=(
                Finding("−6", Reading("v.x", "Momentum", at=1)),
                Finding("−11.28", Reading("v.x", "Momentum", at=2)),
                Finding("−15.81", Reading("v.x", "Momentum", at=3)),
                Finding("0.06", Reading("x", "Momentum", at=1)),
                Finding("0.173", Reading("x", "Momentum", at=2)),
                Finding("0.331", Reading("x", "Momentum", at=3)),
                Finding("0.06", Reading("x", "SGD", at=1)),
                Finding("0.119", Reading("x", "SGD", at=2)),
                Finding("0.176", Reading("x", "SGD", at=3)),
                Finding("10", "1 / (1 - 0.9)"),
                Finding("0.53", "1 / (1 + 0.9)"),
            ),
        ),
        Page(
            "Who zig-zags?",
            """
Back in the ravine, with η = 0.04 for both.

It is often said that plain descent zig-zags across a ravine. Does it, at this rate?
""",
            changes=("entrant.lr=0.04",),
            prediction=Number(
                "In 200 steps, how many times does SGD turn back?",
                Reading("turns", "SGD"),
                tolerance=0.5,
                because="Not once. Across, each step leaves 1 − 20·0.04 = 0.2 of the distance, on the same side. It "
                "zig-zags only above η = 0.05. Momentum turns 60 times, and arrives later: at step 117, not 78.",
            ),
            findings=(
                Finding("0.2", "1 - 20 * 0.04"),
                Finding("0.05", "1 / 20"),
                Finding("60", Reading("turns", "Momentum")),
                Finding("117", Reading("arrival", "Momentum")),
                Finding("78", Reading("arrival", "SGD")),
            ),
        ),
        Page(
            "Four memories",
            """
Four balls with η = 0.015. They differ in β, the share of the velocity that is kept: 0, 0.7, 0.9 and 0.99.

With β = 0 nothing is kept: that **is** plain descent, point by point.
""",
            race={
                "steps": 200,
                "starts": [[5.0, 2.0]],
                "landscape": {"name": "ravine", "kappa": 10.0},
                "entrant": [
                    {"optimizer": "momentum", "label": f"β {beta:g}", "lr": 0.015, "beta": beta} for beta in GIVEN_BETAS
                ],
            },
            prediction=Ranking(
                "Who is lowest after 200 steps?",
                "gap",
                because="A memory of about 1/(1 − β) steps: 100 steps at β = 0.99. That ball runs 4.91 past the "
                "minimum, almost as far as it came, and it is still swinging at the end.",
            ),
            findings=(
                Finding("100", "1 / (1 - 0.99)"),
                Finding("4.91", Reading("overshoot", "β 0.99")),
            ),
        ),
        Page(
            "Find the memory",
            """
β = 0.9 is where most people begin. On this ravine it is not the best: the ball arrives at step 102, after a long swing
past the minimum.

Only β is yours here. Watch the path grow straighter, and then slow.
""",
            racers=("Momentum",),
            controls=("beta",),
            shows=3,
            overlays=("velocity",),
            goal=Goal("Arrive within 45 steps.", (Bound("arrival", at_most=45),)),
            hint="Less memory than 0.9, more than 0.5.",
            solution=("Momentum.beta=0.7",),
            why="At β = 0.7 it arrives at step 39 and hardly overshoots. More memory swings, less memory crawls.",
            findings=(
                Finding("102", Reading("arrival", "Momentum")),
                Finding("39", Reading("arrival", "Momentum"), given=("Momentum.beta=0.7",)),
            ),
        ),
        Page(
            "A wider limit",
            """
Plain descent is stable below η = 2/L, where L is the largest curvature. Here that is 0.1.

Momentum is stable below **2(1 + β)/L**: at β = 0.9 that is 0.19. Across the valley the slopes alternate, and
alternating slopes cancel.
""",
            changes=("entrant.lr=0.05",),
            controls=("lr",),
            goal=Goal(
                "Find an η, the same for both, at which SGD diverges and Momentum arrives.",
                (
                    Bound("diverged", "SGD", at_most=200),
                    Bound("arrival", "Momentum", at_most=200),
                    Bound("lr", "Momentum", at_least=0.1),
                ),
            ),
            hint="Between the two limits, 0.1 and 0.19.",
            solution=("entrant.lr=0.15",),
            why="At 0.15 SGD is gone at step 13 and the ball still arrives. Stable is not fast, though: it swings "
            "across 139 times.",
            findings=(
                Finding("0.1", Reading("limit", "SGD")),
                Finding("0.19", "2 * (1 + 0.9) / 20"),
                Finding("13", Reading("diverged", "SGD"), given=("entrant.lr=0.15",)),
                Finding("139", Reading("turns", "Momentum"), given=("entrant.lr=0.15",)),
                Finding("0.015", "2 * 1.5 / 200"),
            ),
            questions=(
                Number(
                    "L = 200 and β = 0.5. Below which η is momentum stable?",
                    "2 * (1 + 0.5) / 200",
                    tolerance=0.02,
                    because="2 · 1.5 / 200 = 0.015.",
                ),
            ),
        ),
        Page(
            "Where it pays",
            """
So far the ravine was mild, κ = 10. At its best rate plain descent would need 33 steps there: no ball is needed.

Now κ = 100; in networks it can be far more. Plain descent, close to its limit at η = 0.0098, needs **278 steps**.
The ball has η = 0.003 and β = 0.9.
""",
            changes=("landscape.kappa=100", "SGD.lr=0.0098", "Momentum.lr=0.003", "steps=400"),
            controls=("Momentum.lr", "Momentum.beta"),
            prediction=Number(
                "At which step does Momentum arrive?",
                Reading("arrival", "Momentum"),
                tolerance=0.25,
                because="90 steps. At the best rates plain descent needs about κ steps, momentum about √κ, times the "
                "same factor.",
            ),
            goal=Goal("Now tune the ball: arrive within 60 steps.", (Bound("arrival", "Momentum", at_most=60),)),
            hint="A larger η, close to plain descent's, and a little less memory.",
            solution=("Momentum.lr=0.01", "Momentum.beta=0.8"),
            why="With η = 0.01 and β = 0.8 it takes 49 steps.",
            findings=(
                Finding("33", Reading("arrival", "SGD"), given=("landscape.kappa=10", "SGD.lr=0.089")),
                Finding("278", Reading("arrival", "SGD")),
                Finding("90", Reading("arrival", "Momentum")),
                Finding("49", Reading("arrival", "Momentum"), given=("Momentum.lr=0.01", "Momentum.beta=0.8")),
            ),
        ),
        Page(
            "Noise, and what is not to scale",
            """
Add noise to the gradient, σ = 5. At the same η = 0.015 the ball now hovers 11.5 times as high as plain descent.
Momentum does not average noise away: its η works like η/(1 − β), ten times η, and so does its noise.

Two dimensions flatter nobody here, but they hide one thing: with a million weights there are ravines of every width at
once, and no single η and β suits them all.
""",
            changes=("noise.sigma=5", "steps=1000"),
            controls=("Momentum.lr", "Momentum.beta"),
            goal=Goal(
                "Make the ball hover no higher than 1.3 times plain descent.",
                (Bound("hover", "Momentum", less_than="SGD", factor=1.3),),
            ),
            hint="Make η/(1 − β) as large as plain descent's η. There are two ways.",
            solution=("Momentum.lr=0.0015",),
            why="η = 0.0015 with β = 0.9 makes 0.0015/0.1 = 0.015 again. Compare rules at equal η/(1 − β), or you "
            "compare rates.",
            findings=(
                Finding("0.015", "0.0015 / (1 - 0.9)"),
                Finding("11.5", Reading("hover", "Momentum"), over=Reading("hover", "SGD")),
            ),
        ),
    ),
)
