"""The same racer, from the same step on, with one setting changed: what was to blame?"""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Ranking


def _momentum(label: str, **settings: object) -> dict[str, object]:
    return {"optimizer": "momentum", "label": label, **settings}


_SWINGING = {"lr": 0.02, "beta": 0.97}
_FORKED = {"forked": {"step": 15, "label": "As it was", **_SWINGING}}
_RATTLING = {"lr": 0.02, "beta": 0.9}
_NOISY = {
    "steps": 300,
    "seed": 3,
    "starts": [[5.0, 2.0]],
    "landscape": {"name": "ravine", "kappa": 10.0},
    "noise": {"sigma": 2.0},
    "entrant": [
        _momentum("As it was", **_RATTLING),
        _momentum("Branch", **_RATTLING, forked={"step": 100, "label": "As it was", **_RATTLING}),
    ],
}
_SWING = {
    "steps": 300,
    "starts": [[5.0, 2.0]],
    "landscape": {"name": "ravine", "kappa": 40.0},
}

LESSON = Lesson(
    title="A fork on the way",
    summary="One racer, one step, two ways on: change one setting there, and see what it was good for.",
    minutes=10,
    place=125,
    source="Sutskever et al. 2013, On the importance of initialization and momentum in deep learning",
    race={
        **_SWING,
        "entrant": [
            _momentum("As it was", **_SWINGING),
            _momentum("η ÷ 4", lr=0.005, beta=0.97, **_FORKED),
            _momentum("β 0.8", lr=0.02, beta=0.8, **_FORKED),
        ],
    },
    pages=(
        Page(
            "Three ways on",
            """
Momentum runs past the minimum. At step 15 it is 4.3 away on the other side; the start was 5.4 away.

There it **forks**. Two branches begin at that very place, with that very velocity. One takes a quarter of η. The other
takes β = 0.8 instead of 0.97.

Up to step 15 all three are one path.
""",
            prediction=Ranking(
                "After 100 steps: who is nearest to the minimum?",
                "distance",
                at=100,
                because="The velocity was to blame. At β = 0.97 it lasts 33 steps, whatever η is: a smaller η makes "
                "the swings slower, and hardly shorter.",
            ),
            findings=(
                Finding("4.3", Reading("distance", "As it was", at=15)),
                Finding("5.4", Reading("distance", "As it was", at=0)),
                Finding("33", "1 / (1 - 0.97)"),
            ),
        ),
        Page(
            "Your branch",
            """
Now the branch is yours. It is still as the original is: both are one path to the end, and neither arrives.

What you change holds from step 15 on. What was before stays.
""",
            race={
                **_SWING,
                "entrant": [_momentum("As it was", **_SWINGING), _momentum("Branch", **_SWINGING, **_FORKED)],
            },
            controls=("Branch.beta",),
            goal=Goal("Let the branch arrive within 80 steps.", (Bound("arrival", "Branch", at_most=80),)),
            hint="Try the β of the better branch of the page before.",
            solution=("Branch.beta=0.8",),
            why="At β = 0.8 it arrives at step 66. At β = 0.9 it takes 119: the old velocity fades more slowly.",
            findings=(
                Finding("66", Reading("arrival", "Branch"), given=("Branch.beta=0.8",)),
                Finding("119", Reading("arrival", "Branch"), given=("Branch.beta=0.9",)),
            ),
        ),
        Page(
            "Where a smaller rate is right",
            """
Another race, with noise on every gradient. The racer has come to the minimum and cannot rest there: it hovers at a loss
of 0.73.

At step 100 it forks. Only η is yours.
""",
            race=_NOISY,
            controls=("Branch.lr",),
            goal=Goal("Let the branch hover at 0.05 at most.", (Bound("hover", "Branch", at_most=0.05),)),
            hint="Noise is multiplied with η: a tenth of it will do.",
            solution=("Branch.lr=0.002",),
            why="At η = 0.002 it hovers at 0.029. From the start so small a rate would have been slow; here the way is "
            "done. That is what a falling schedule does.",
            findings=(
                Finding("0.73", Reading("hover", "As it was")),
                Finding("0.029", Reading("hover", "Branch"), given=("Branch.lr=0.002",)),
            ),
        ),
        Page(
            "In any race",
            """
Stop at a step, press Ctrl+B and choose a racer. Its branch has a card of its own.

- Change **one** setting. Then the difference is that setting's, and nothing else's.
- A branch without a change stays on the path to the last bit, noise included.
- The original may go. The branch keeps its past.

Not to scale: with a network this is going on from a saved checkpoint. There the optimizer's memory must be saved too.
""",
            race=_NOISY,
        ),
    ),
)
