"""Tuning beats choosing: the learning rate is swept before any rule is compared."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking


def _field(sgd: float, momentum: float, rmsprop: float, adam: float) -> list[dict[str, object]]:
    return [
        {"optimizer": "sgd", "label": "SGD", "lr": sgd},
        {"optimizer": "momentum", "label": "Momentum", "lr": momentum, "beta": 0.9},
        {"optimizer": "rmsprop", "label": "RMSProp", "lr": rmsprop},
        {"optimizer": "adam", "label": "Adam", "lr": adam},
    ]


_GROUND = {
    "steps": 300,
    "starts": [[2.12, 4.95]],
    "landscape": {"name": "ravine", "kappa": 40.0, "rotation": 45.0},
}

LESSON = Lesson(
    title="Tuning beats choosing",
    summary="A well-tuned SGD beats a badly tuned Adam. Sweep η first, then compare.",
    minutes=20,
    place=140,
    source="Choi et al. 2019, On Empirical Comparisons of Optimizers for Deep Learning; Schmidt, Schneider & Hennig "
    "2021, Descending through a Crowded Valley",
    race=_GROUND | {"entrant": _field(0.024, 0.0063, 0.25, 0.001)},
    pages=(
        Page(
            "The better rule",
            """
Adam is the newer rule. Here it races with η = 0.001, the default of every library.

SGD has no memory at all. Somebody has tried a dozen rates for it, and kept 0.024.
""",
            racers=("SGD", "Adam"),
            prediction=Pick(
                "Who is lower after 300 steps?",
                "gap",
                because="SGD arrives at step 121. Adam is still 127 above the minimum: its steps are about η long, so "
                "300 of them cover 0.3 at most along each coordinate.",
            ),
            findings=(
                Finding("121", Reading("arrival", "SGD")),
                Finding("127", Reading("gap", "Adam")),
                Finding("0.3", "300 * 0.001"),
            ),
        ),
        Page(
            "Tune it",
            "Now Adam gets what SGD got: a few tries. Move its η. The slider is logarithmic, so **multiply** rather "
            "than add: 0.001, 0.01, 0.1, 1.",
            racers=("Adam",),
            controls=("lr",),
            goal=Goal("Let Adam arrive sooner than SGD, which needs 121 steps.", (Bound("arrival", at_most=120),)),
            hint="Its steps are about η long, and the minimum is 5 away.",
            solution=("Adam.lr=0.7",),
            why="At η = 0.7 it arrives at step 104. The rule did not change, one number did.",
            findings=(
                Finding("5", Reading("distance", at=0)),
                Finding("104", Reading("arrival"), given=("Adam.lr=0.7",)),
            ),
        ),
        Page(
            "The same η for all",
            """
"The same learning rate for all" sounds fair. Here all four have η = 0.01.
""",
            changes=("entrant.lr=0.01",),
            prediction=Ranking(
                "Who is lowest after 300 steps?",
                "gap",
                because="Momentum is far ahead. For RMSProp and Adam 0.01 is a tiny step: they are still on their way.",
            ),
        ),
        Page(
            "The same η, ten times larger",
            """
Still the same η for all, but now it is 0.1. Nothing else was changed.

If η were a fair measure, the order would stay as it was.
""",
            changes=("entrant.lr=0.1",),
            prediction=Pick(
                "Who is lowest now?",
                "gap",
                because="RMSProp arrives at step 208. SGD and Momentum have exploded: their limits here are 0.025 and "
                "0.0475. The number η means something else in each rule.",
            ),
            findings=(
                Finding("208", Reading("arrival", "RMSProp")),
                Finding("0.025", Reading("limit", "SGD", at=0)),
                Finding("0.0475", "2 * (1 + 0.9) / 80"),
            ),
        ),
        Page(
            "Each at its best",
            """
A fair race gives each rule **the same number of tries**, and takes the best of them. These are the best of 51 rates
each, from 0.0001 to 10.
""",
            changes=("SGD.lr=0.024", "Momentum.lr=0.0063", "RMSProp.lr=0.25", "Adam.lr=0.79"),
            prediction=Ranking(
                "Who arrives first?",
                "arrival",
                because="82, 99, 121 and 126 steps: tuned, the four lie close together. A wrong η costs far more than "
                "the wrong rule.",
            ),
            findings=(
                Finding("82", Reading("arrival", "Momentum")),
                Finding("99", Reading("arrival", "Adam")),
                Finding("121", Reading("arrival", "SGD")),
                Finding("126", Reading("arrival", "RMSProp")),
                Finding("51", "(1 + 4) * 10 + 1"),
            ),
        ),
        Page(
            "Room for error",
            """
There is a second prize: how **wrong** may η be?

With η = 0.01 SGD arrives at step 293, with 0.0245 at step 168, with 0.025 never. Its largest good rate is 2.45 times
the smallest.

Adam arrives with 0.2, and still does with 10.
""",
            racers=("SGD", "Adam"),
            changes=("SGD.lr=0.024", "Adam.lr=0.1"),
            controls=("lr",),
            goal=Goal(
                "Find one η for both at which Adam arrives and SGD does not.",
                (
                    Bound("arrival", "Adam", at_most=300),
                    Bound("lr", "SGD", at_least=0.2),
                    Bound("lr", "Adam", at_least=0.2),
                ),
            ),
            hint="Tick “One η for all” and try 0.2.",
            solution=("entrant.lr=0.2",),
            why="From 0.2 to 10 is a factor of 50. That makes Adam a good first choice where nobody has time to tune.",
            findings=(
                Finding("293", Reading("arrival", "SGD"), given=("SGD.lr=0.01",)),
                Finding("168", Reading("arrival", "SGD"), given=("SGD.lr=0.0245",)),
                Finding("never", Reading("arrival", "SGD"), given=("SGD.lr=0.025",)),
                Finding("2.45", "0.0245 / 0.01"),
                Finding("50", "10 / 0.2"),
            ),
            questions=(
                Number(
                    "A sweep from 0.0001 to 1, each rate 10 times the last. How many rates are that?",
                    "5",
                    tolerance=0.0,
                    because="0.0001, 0.001, 0.01, 0.1 and 1.",
                ),
            ),
        ),
        Page(
            "Not to scale",
            """
The numbers belong to this ravine. On a network the best rates are others, and they move with batch size, schedule and
weight decay.

The order of work stays:

1. Sweep η on a logarithmic axis, for each rule on its own.
2. If the best rate lies at the edge of the sweep, go on.
3. Only then compare, and say how many tries each had.

Run the race once more: each racer at its best rate.
""",
            changes=("SGD.lr=0.024", "Adam.lr=0.79"),
        ),
    ),
)
