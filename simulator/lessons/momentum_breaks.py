"""Three ways in which momentum breaks, and what mends each."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking


def _momentum(label: str, **settings: object) -> dict[str, object]:
    return {"optimizer": "momentum", "label": label, **settings}


_ANEW = {"restart": True, "schedule": {"name": "step", "step_size": 100, "gamma": 1.0}}
_SHIFT = {
    "steps": 200,
    "starts": [[5.0, 2.0]],
    "landscape": {"name": "sudden_shift", "kappa": 10.0, "shift": 100},
    "entrant": [
        _momentum("As it was", lr=0.001, beta=0.98),
        _momentum("Half η", lr=0.0005, beta=0.98),
        _momentum("β 0.9", lr=0.001, beta=0.9),
        _momentum("Begun anew", lr=0.001, beta=0.98, **_ANEW),
    ],
}
_VALLEY = {
    "steps": 600,
    "starts": [[-1.5, 2.5]],
    "landscape": {"name": "rosenbrock"},
    "entrant": [
        _momentum("As it was", lr=0.001, beta=0.99),
        _momentum("Half η", lr=0.0005, beta=0.99),
        _momentum("β 0.9", lr=0.001, beta=0.9),
        _momentum("Begun anew", lr=0.001, beta=0.99, **_ANEW),
    ],
}

LESSON = Lesson(
    title="Three ways momentum breaks",
    summary="It oscillates, it overshoots, it remembers what is no longer true. Each has its own cure.",
    minutes=20,
    place=120,
    source="Polyak 1964, Some methods of speeding up the convergence of iteration methods; O'Donoghue & Candès 2015, "
    "Adaptive Restart for Accelerated Gradient Schemes",
    race={
        "steps": 200,
        "starts": [[5.0, 2.0]],
        "landscape": {"name": "ravine", "kappa": 10.0},
        "entrant": [_momentum("Momentum", lr=0.185, beta=0.9)],
    },
    pages=(
        Page(
            "It oscillates",
            """
The largest curvature is 20. Momentum is stable up to η = 2(1 + β)/20, which is 0.19 at β = 0.9.

Here η is 0.185, a hair below. The loss begins at 65 and climbs to 972 before it comes down.

The first cure to try: **halve η**.
""",
            controls=("lr",),
            goal=Goal(
                "Arrive without ever being higher than at the start.",
                (Bound("peak", at_most=65.0), Bound("arrival", at_most=200)),
            ),
            hint="Half of 0.185 will do.",
            solution=("entrant.lr=0.0925",),
            why="It still crosses the valley often. But every swing is smaller than the one before.",
            findings=(
                Finding("20", Reading("curvature")),
                Finding("0.19", "2 * (1 + 0.9) / 20"),
                Finding("65", Reading("loss", at=0)),
                Finding("972", Reading("peak")),
            ),
        ),
        Page(
            "It overshoots",
            """
Now η is 0.01, far from the limit, and β is 0.99. The velocity adds up about 100 gradients, and it has not forgotten
them when the racer comes to the minimum.

It runs 4.8 past it, almost as far as it came: the start is 5.4 away.

The cure: **lower β**.
""",
            changes=("entrant.lr=0.01", "entrant.beta=0.99"),
            controls=("beta",),
            shows=3,
            overlays=("velocity",),
            goal=Goal("Arrive within 60 steps.", (Bound("arrival", at_most=60),)),
            hint="At 0.9 it takes 105 steps. Go on in that direction.",
            solution=("entrant.beta=0.8",),
            why="At β = 0.8 it goes only 0.15 past the minimum. Below that, the slow direction waits again.",
            findings=(
                Finding("100", "1 / (1 - 0.99)"),
                Finding("4.8", Reading("overshoot")),
                Finding("5.4", Reading("distance", at=0)),
                Finding("105", Reading("arrival"), given=("entrant.beta=0.9",)),
                Finding("0.15", Reading("overshoot"), given=("entrant.beta=0.8",)),
            ),
            questions=(
                Number(
                    "How many gradients does the velocity add up at β = 0.95?",
                    "1 / (1 - 0.95)",
                    because="About 1 / (1 − β).",
                ),
            ),
        ),
        Page(
            "It remembers",
            """
At step 100 the minimum jumps: think of data that change, or of another task.

The velocity still points to where the minimum **was**. So does every rule that averages.

One racer forgets its velocity at step 100, "Begun anew". Two others are milder: half of η, or β = 0.9.
""",
            race=_SHIFT,
            overlays=("velocity",),
            prediction=Ranking(
                "Ten steps after the jump: who is lowest?",
                "loss",
                at=110,
                because="Who forgot starts downhill at once. Who did not runs on in the old direction first. At half "
                "of η the velocity is old too, but happened to point nearly the right way. A smaller β forgets within "
                "some 10 steps.",
            ),
            findings=(Finding("10", "1 / (1 - 0.9)"),),
            questions=(
                Pick(
                    "Whose loss was highest right after the jump?",
                    "loss",
                    at=100,
                    highest=True,
                    because="At half of η it was still the farthest away when the minimum moved.",
                ),
            ),
        ),
        Page(
            "Three cures, one valley",
            """
The curved valley of Rosenbrock, with η = 0.001 and β = 0.99: too much momentum to take the bend.

Three cures race against it. They are measured twice: **how far from the minimum** after 600 steps, and **how often
they turned back**.
""",
            race=_VALLEY,
            prediction=Ranking(
                "Who ends nearest to the minimum?",
                "distance",
                because="Forgetting every 100 steps ends nearest, at 0.009. Half of η and β = 0.9 end at 0.084 and "
                "0.108.",
            ),
            questions=(
                Pick(
                    "And who turned back least often?",
                    "turns",
                    because="β = 0.9 turned 27 times, begun anew 180 times. No cure wins on both counts.",
                ),
            ),
            findings=(
                Finding("0.009", Reading("distance", "Begun anew")),
                Finding("0.084", Reading("distance", "Half η")),
                Finding("0.108", Reading("distance", "β 0.9")),
                Finding("27", Reading("turns", "β 0.9")),
                Finding("180", Reading("turns", "Begun anew")),
            ),
        ),
        Page(
            "Now you",
            """
Both at once: near to the minimum **and** calm. You have η and β.

At η = 0.001 and β = 0.99 it turns back 174 times and ends 0.2 away.
""",
            race=_VALLEY,
            racers=("As it was",),
            controls=("lr", "beta"),
            goal=Goal(
                "Come nearer than 0.01 in 600 steps, and turn back 100 times at most.",
                (Bound("distance", at_most=0.01), Bound("turns", at_most=100)),
            ),
            hint="Leave η where it is. Try β between 0.9 and 0.99.",
            solution=("entrant.beta=0.95",),
            why="At β = 0.95 it arrives at step 286. It remembers 20 gradients instead of 100, and takes the bend.",
            findings=(
                Finding("174", Reading("turns")),
                Finding("0.2", Reading("distance")),
                Finding("286", Reading("arrival"), given=("entrant.beta=0.95",)),
                Finding("20", "1 / (1 - 0.95)"),
                Finding("100", "1 / (1 - 0.99)"),
            ),
        ),
        Page(
            "Which cure when",
            """
- The loss swings up and down at every step: **halve η**.
- It shoots past and comes back in wide arcs: **lower β**.
- It was fine until something changed: **forget the velocity**.

Not to scale: in a network the data change a little with every batch. There the velocity is always somewhat stale,
which is one reason why β = 0.9 is more usual than 0.99.
""",
            changes=("entrant.lr=0.0475",),
            questions=(
                Number(
                    "The largest curvature is 8 and β is 0.9. Up to which η is momentum stable?",
                    "2 * (1 + 0.9) / 8",
                    tolerance=0.02,
                    because="2(1 + β) divided by the largest curvature.",
                ),
            ),
        ),
    ),
)
