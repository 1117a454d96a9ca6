"""Schedules: a large rate to travel, a small one to settle; and a short warm-up where the start is steep."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Ranking


def _sgd(label: str, lr: float = 0.2, **schedule: object) -> dict[str, object]:
    return {"optimizer": "sgd", "label": label, "lr": lr, "schedule": schedule or {"name": "constant"}}


_NOISY = {
    "steps": 400,
    "seed": 7,
    "starts": [[5.0, 2.0]],
    "landscape": {"name": "ravine", "kappa": 3.0},
    "noise": {"sigma": 3.0},
}
_STEEP = {
    "steps": 1000,
    "starts": [[-1.5, 2.5]],
    "landscape": {"name": "rosenbrock"},
    "entrant": [{"optimizer": "momentum", "label": "Momentum", "lr": 0.002, "beta": 0.9}],
}

LESSON = Lesson(
    title="Schedules and warm-up",
    summary="A large η travels, a small one settles, and a steep start wants a gentle one.",
    minutes=20,
    place=110,
    source="Robbins & Monro 1951, A Stochastic Approximation Method; Loshchilov & Hutter 2017, SGDR; Goyal et al. "
    "2017, Accurate, Large Minibatch SGD; Devlin et al. 2019, BERT; Hu et al. 2024, MiniCPM",
    race=_NOISY
    | {
        "entrant": [
            _sgd("Large η"),
            _sgd("Small η", 0.02),
            _sgd("Step", name="step", step_size=130, gamma=0.1),
            _sgd("Cosine", name="cosine"),
        ]
    },
    pages=(
        Page(
            "Fast or low",
            """
The gradients are noisy. Two racers differ in η alone: 0.2 and 0.02.

One is quick and then hovers high. The other is slow and comes lower. A constant rate has to choose.
""",
            racers=("Large η", "Small η"),
            findings=(
                Finding("1.31", Reading("gap", "Large η", at=20)),
                Finding("4.22", Reading("gap", "Small η", at=20)),
                Finding("2.0", Reading("hover", "Large η")),
                Finding("0.08", Reading("hover", "Small η")),
            ),
            questions=(
                Number(
                    "How high does the large η hover, on average over the last fifth of the race?",
                    Reading("hover", "Large η"),
                    tolerance=0.2,
                    because="At step 20 the large η is at 1.31 and the small one at 4.22. In the end they hover at 2.0 "
                    "and 0.08.",
                ),
            ),
        ),
        Page(
            "Let η fall",
            """
Two more racers begin with 0.2 and let it fall: "Step" to a tenth at step 130 and again at 260, "Cosine" along half a
wave. The tab η shows the four rates.
""",
            prediction=Ranking(
                "Who hovers lowest over the last fifth of the race?",
                "hover",
                because="The floor under noise is about proportional to η. Whoever has the smallest η at the end is "
                "lowest, provided it has arrived by then.",
            ),
            findings=(
                Finding("0.2", Reading("lr", "Step", at=129)),
                Finding("260", "2 * 130"),
            ),
        ),
        Page(
            "Your schedule",
            """
Here is the large rate alone: η = 0.2, constant. It hovers at 2.0.

You may choose the schedule, and nothing else.
""",
            racers=("Large η",),
            controls=("schedule",),
            goal=Goal("Hover lower than 0.1 over the last fifth of the race.", (Bound("hover", at_most=0.1),)),
            hint="A schedule that is already low in the last fifth: step, exponential or cosine.",
            solution=('entrant.schedule={name="step", step_size=130, gamma=0.1}',),
            why="The large rate did the travelling, the small one the settling.",
            findings=(Finding("2.0", Reading("hover")),),
        ),
        Page(
            "Half a wave",
            """
A cosine after a warm-up: 1,000 steps, the first 100 of them from 0 up to the peak of 0.001.

A cosine **begins gently**: at step 325, a quarter of the way down, the rate is still 0.0008536. Only 15 % are lost by
then. Half is lost exactly in the middle.
""",
            race={
                "steps": 1000,
                "starts": [[5.0, 2.0]],
                "landscape": {"name": "ravine", "kappa": 10.0},
                "entrant": [_sgd("Cosine", 0.001, name="cosine", warmup=100)],
            },
            findings=(
                Finding("0.0008536", Reading("lr", at=325)),
                Finding("0.001", Reading("lr", at=100)),
                Finding("15", "100 * (1 - cos(pi / 4)) / 2"),
                Finding("0.0005", Reading("lr", at=550)),
            ),
            questions=(
                Number(
                    "What is the rate at step 50?",
                    Reading("lr", at=50),
                    tolerance=0.02,
                    because="Half of the warm-up, half of the peak.",
                ),
                Number(
                    "And at step 550, half-way down?",
                    Reading("lr", at=550),
                    tolerance=0.02,
                    because="It is 0.0005 again: half of the peak.",
                ),
            ),
        ),
        Page(
            "A steep start",
            """
No noise now, but a start on a steep wall: the curvature there is 1,912, the limit for η is far below what the valley
bears.

With η = 0.002 momentum explodes at step 8.
""",
            race=_STEEP,
            controls=("schedule",),
            goal=Goal(
                "Arrive, with the same peak of η.",
                (Bound("arrival", at_most=1000), Bound("lr", at=999, at_least=0.002)),
            ),
            hint="Open the schedule and give it a warm-up of some 50 steps.",
            solution=("entrant.schedule.warmup=50",),
            why="With 50 steps of warm-up it arrives at step 581. It came off the wall while η was small.",
            findings=(
                Finding("8", Reading("diverged")),
                Finding("1,912", Reading("curvature", at=0)),
                Finding("581", Reading("arrival"), given=("entrant.schedule.warmup=50",)),
            ),
        ),
        Page(
            "Not to scale",
            """
Here the warm-up lasts 50 of 1,000 steps, which is 5 %. Usual are 1 to 5 %: for BERT it was 10,000 steps of a million.

In a network a warm-up helps Adam for another reason too: at first its averages rest on very few gradients.

A schedule also has to know **when the race ends**. One that holds the rate and drops it only at the very end,
Warm-up–stable–decay, can be prolonged.

Run the race and look at the curve in the tab η.
""",
            race=_STEEP,
            changes=("entrant.schedule.warmup=50",),
            findings=(Finding("5", "100 * 50 / 1000"), Finding("1", "100 * 10000 / 1000000")),
        ),
    ),
)
