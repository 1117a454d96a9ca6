"""The first lesson: one number decides, and one dimension shows it."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking

LESSON = Lesson(
    title="The step size",
    summary="One number decides whether descent crawls, arrives or explodes.",
    minutes=15,
    place=10,
    source="Cauchy 1847, Méthode générale pour la résolution des systèmes d'équations simultanées",
    race={
        "steps": 60,
        "starts": [[0.0]],
        "landscape": {"name": "parabola", "centre": 3.0, "a": 1.0},
        "entrant": [{"optimizer": "sgd", "label": "SGD", "lr": 0.1}],
    },
    pages=(
        Page(
            "One step at a time",
            """
The loss is (x − 3)². The racer starts at x = 0, where the slope is −6.

A step is **η times the slope, downhill**. With η = 0.1 the first step is 0.6 long. The next is shorter, because the
slope is less.

Press → five times. Then x is at 2.017: the tab Inspect has it in the last line of the formula.
""",
            changes=("steps=40",),
            overlays=("gradient", "step"),
            findings=(
                Finding("−6", Reading("grad.x", at=1)),
                Finding("0.6", Reading("move.x", at=1)),
                Finding("2.017", Reading("x", at=5)),
            ),
            questions=(
                Number(
                    "The second step starts at x = 0.6. How long is it?",
                    Reading("move.x", at=2),
                    tolerance=0.02,
                    because="The slope at 0.6 is 2·(0.6 − 3) = −4.8. Times 0.1 that is 0.48.",
                ),
            ),
        ),
        Page(
            "Too small",
            """
Here η is 0.001: a hundredth of what it was.

After 100 steps the racer has come to x = 0.544. The minimum is at 3.

Nothing is wrong with the rule. It is only slow, and slow costs: every step is a gradient to be computed.
""",
            changes=("entrant.lr=0.001", "steps=1000"),
            prediction=Number(
                "Where is x after 1,000 steps?",
                Reading("x", at=1000),
                tolerance=0.15,
                because="Each step leaves 99.8 % of the way to go. After 1,000 of them 13.5 % are left.",
            ),
            findings=(
                Finding("0.544", Reading("x", at=100)),
                Finding("99.8", "100 * (1 - 2 * 0.001)"),
                Finding("13.5", "100 * (1 - 2 * 0.001)**1000"),
            ),
        ),
        Page(
            "Just right",
            """
Now η is yours. Move the slider and look at the path: the whole race is run again at once.

Between too small and too large there is an η that needs a **single step**.
""",
            controls=("lr",),
            goal=Goal("Arrive at the minimum in one step.", (Bound("arrival", at_most=1),)),
            hint="The first step has to be 3 long, and the slope is −6.",
            solution=("entrant.lr=0.5",),
            why="At η = 0.5, one over the curvature, the step ends where the slope is zero. The curvature here is 2.",
            findings=(Finding("2", Reading("curvature")), Finding("0.5", "1/2")),
        ),
        Page(
            "Who arrives first?",
            "Four racers, four rates, one start. One has arrived when it is down to a millionth of its first height.",
            race={
                "steps": 200,
                "starts": [[0.0]],
                "landscape": {"name": "parabola", "centre": 3.0, "a": 1.0},
                "entrant": [{"optimizer": "sgd", "label": f"η = {lr}", "lr": lr} for lr in (0.02, 0.4, 0.95, 1.05)],
            },
            prediction=Ranking(
                "Who arrives first? One who never arrives is last.",
                "arrival",
                because="Every step multiplies the distance by 1 − 2η. At η = 0.4 that is 0.2, at 0.95 it is −0.9: the "
                "racer jumps from side to side. At 1.05 it is −1.1, and the racer climbs out.",
            ),
            findings=(
                Finding("0.2", "1 - 2*0.4"),
                Finding("−0.9", "1 - 2*0.95"),
                Finding("−1.1", "1 - 2*1.05"),
            ),
            questions=(Pick("Who changed direction most often?", "turns", highest=True),),
        ),
        Page(
            "From side to side",
            """
Above η = 0.5 each step goes **past** the minimum. As long as it ends nearer than it began, the racer still arrives.

From η = 1 on it does not. At η = 1.1 the losses are 9, 12.96, 18.66: each step ends higher than it began.
""",
            controls=("lr",),
            goal=Goal(
                "Overshoot at every step, 20 times or more, and arrive all the same.",
                (Bound("turns", at_least=20), Bound("arrival", at_most=60)),
            ),
            hint="Somewhere between 0.5 and 1. Too near to 1 takes too long.",
            solution=("entrant.lr=0.85",),
            why="With 1 − 2η between −1 and 0 the sign changes at every step, and the distance shrinks.",
            findings=(
                Finding("1", Reading("limit")),
                Finding("9", Reading("loss", at=0)),
                Finding("12.96", Reading("loss", at=1), given=("entrant.lr=1.1",)),
                Finding("18.66", Reading("loss", at=2), given=("entrant.lr=1.1",)),
            ),
        ),
        Page(
            "A steeper bowl",
            """
The limit is not a property of the rule. It is **2 divided by the curvature**, and the curvature belongs to the
landscape.

Here *a* makes the bowl five times as steep. The rate that was fine before climbs out now.
""",
            changes=("landscape.a=5", "entrant.lr=0.3"),
            controls=("lr",),
            goal=Goal("Arrive within 10 steps on the steeper bowl.", (Bound("arrival", at_most=10),)),
            hint="The curvature is 10 here. What is one over that?",
            solution=("entrant.lr=0.1",),
            why="The limit is 0.2 here, a fifth of what it was.",
            findings=(Finding("10", Reading("curvature")), Finding("0.2", Reading("limit"))),
            questions=(
                Number(
                    "The curvature is 50. What is the largest η that does not diverge?",
                    "2 / 50",
                    tolerance=0.02,
                    because="2 divided by 50.",
                ),
            ),
        ),
    ),
)
